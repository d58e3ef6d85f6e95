import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryScope } from '../../domain/canary-scope.ts';
import { instantMillis, toInstant } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';
import type { RunCheck } from './refuse-run.ts';

/**
 * What a run does about a window that has not ended: `wait` for the end, or judge the `partial` window, as a client asked
 * for. An analysis chooses the time itself: its runs are judged `at once` whatever their windows are, and say what they
 * lack; runs that it starts `later` are not looked at yet.
 */
export type OpenWindowChoice = 'wait' | 'partial' | 'at once' | 'later';

/** Points of scopes without a step are this far apart, in seconds. */
const DEFAULT_STEP = 60;
const DAY_MILLIS = 86_400_000;
/** No run waits longer for the end of its window. */
export const LONGEST_WAIT_DAYS = 30;

/** A window whose end is more than a step away: clocks differ, and the last point may still be on its way. */
interface OpenWindow {
  /** `scopes.default.experimentScope` */
  readonly field: string;
  readonly start: string | undefined;
  readonly end: string;
  /** when all its points are in the store, in milliseconds since 1970 */
  readonly completeMillis: number;
}

export interface WindowCheck extends RunCheck {
  readonly openWindow: OpenWindowChoice;
  readonly nowMillis: number;
}

/** How a run stands to its windows, if they have not ended. */
export interface WindowWait {
  /** milliseconds since 1970: when all windows have ended and their points are in the store */
  readonly waitsUntil?: number;
  /** judged at once nevertheless */
  readonly partial?: true;
}

/** Whether a run waits, and for how long. */
export function windowWait(check: WindowCheck): WindowWait {
  const windows = openWindows(check);
  if (windows.length === 0) return {};
  if (check.openWindow !== 'wait') return { partial: true };
  return { waitsUntil: Math.max(...windows.map(({ completeMillis }) => completeMillis)) };
}

/** @throws CanaryError REQUEST_INVALID for a run that would wait too long, or judge a window that has not begun */
export function checkOpenWindows(check: WindowCheck): void {
  const { openWindow, nowMillis } = check;
  for (const { field, start, end, completeMillis } of openWindows(check)) {
    const latest = nowMillis + LONGEST_WAIT_DAYS * DAY_MILLIS;
    if (openWindow === 'wait' && completeMillis > latest) {
      throw new CanaryError(
        'REQUEST_INVALID',
        `${field}: end ${end} is more than ${LONGEST_WAIT_DAYS} days away, and a run waits for its window to end; ` +
          `give an end before ${toInstant(latest)}, or start it with partial=true to judge at once what there is.`,
      );
    }
    if (openWindow === 'partial' && start !== undefined && instantMillis(start) >= nowMillis) {
      throw new CanaryError(
        'REQUEST_INVALID',
        `${field}: start ${start} is in the future, so there is nothing to judge yet; leave out partial=true, and the ` +
          `run waits for the end of its window.`,
      );
    }
  }
}

/** What to say of a run that judges a window before its end; undefined for every other run. */
export function partialWarning(check: WindowCheck): string | undefined {
  if (check.openWindow === 'wait') return undefined;
  const ends = openWindows(check).map(({ end }) => end);
  const last = ends.toSorted((one, other) => instantMillis(one) - instantMillis(other)).at(-1);
  if (last === undefined) return undefined;
  return check.openWindow === 'partial'
    ? `The window ends at ${last}; with partial=true the run judges at once what there is of it.`
    : `A window ends at ${last}, and the analysis judges at once what there is of it.`;
}

/**
 * The request with windows that end at this moment at the latest: what has not been yet is no missing value, which a
 * judge might count as 0 or take for a side that fell silent.
 */
export function untilMoment(request: CanaryExecutionRequest, millis: number): CanaryExecutionRequest {
  const moment = Math.floor(millis / 1000) * 1000;
  const cut = (scope: CanaryScope | undefined) => {
    if (scope?.start === undefined || scope.end === undefined) return scope;
    const hasPart = instantMillis(scope.start) < moment && moment < instantMillis(scope.end);
    return hasPart ? { ...scope, end: toInstant(moment) } : scope;
  };
  const scopes = Object.entries(request.scopes ?? {}).map(([name, { controlScope, experimentScope }]) => {
    return [name, { controlScope: cut(controlScope), experimentScope: cut(experimentScope) }];
  });
  return { ...request, scopes: Object.fromEntries(scopes) };
}

/** The windows of the metrics that end more than a step from now. */
function openWindows(check: WindowCheck): OpenWindow[] {
  const { request, openWindow, nowMillis } = check;
  const ends = Object.values(request.scopes ?? {}).flatMap((pair) => [
    pair.controlScope?.end,
    pair.experimentScope?.end,
  ]);
  // Most windows are in the past: only the others are worth a plan.
  if (openWindow === 'later' || !ends.some((end) => end !== undefined && instantMillis(end) > nowMillis)) return [];
  return check.queries().flatMap(({ side, companion, request: { metric, scope, account } }) => {
    if (companion !== undefined) return [];
    const stepMillis = (scope.step || DEFAULT_STEP) * 1000;
    if (scope.end === undefined || instantMillis(scope.end) <= nowMillis + stepMillis) return [];
    const completeMillis = instantMillis(scope.end) + (account.ingestionDelaySeconds ?? 0) * 1000;
    const field = `scopes.${metric.scopeName ?? ''}.${side}Scope`;
    return [{ field, start: scope.start, end: scope.end, completeMillis }];
  });
}
