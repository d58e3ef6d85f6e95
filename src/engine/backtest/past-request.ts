import type { Backtest, BacktestOptions } from '../../domain/backtest.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryScope, CanaryScopePair } from '../../domain/canary-scope.ts';
import { instantMillis, toInstant } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';

const MINUTE_MILLIS = 60_000;
/** Points of one query: what every store answers at once. */
const POINTS_A_QUERY = 5000;
/** `now` is read once for each scope. */
const READ_WITHIN_MILLIS = 1000;
/** Of a scope without a step, for that count. */
const USUAL_STEP_SECONDS = 60;

/** What is tried on which windows. */
export type AskedWindows = Pick<Backtest, 'request' | 'options' | 'releases'>;

export function windowMillisOf({ windowMinutes }: Pick<BacktestOptions, 'windowMinutes'>): number {
  return windowMinutes * MINUTE_MILLIS;
}

/**
 * How many windows the time of a request has, or how many releases there are. All scopes have the same time, which is over.
 *
 * @throws CanaryError REQUEST_INVALID naming field, value and remedy
 */
export function pastWindows({ request, options, releases }: AskedWindows, nowMillis: number): number {
  if (releases !== undefined) return releases.length;
  const { start, end } = timeOf(request, nowMillis);
  const windowMillis = windowMillisOf(options);
  const windows = Math.floor((end - start) / windowMillis);
  const needed = options.arms === 'before' ? 2 : 1;
  if (windows < needed) {
    throw new CanaryError(
      'REQUEST_INVALID',
      `backtest.windowMinutes is ${options.windowMinutes}; the time from start to end has ${Math.floor((end - start) / MINUTE_MILLIS)} ` +
        `minutes, which must be at least ${needed} windows, and should be 100: choose an earlier start or a shorter window.`,
    );
  }
  return windows + 1 - needed;
}

/** How many windows are fetched with one query. */
export function windowsAtOnce({ request: { scopes = {} }, options, releases }: AskedWindows): number {
  if (releases !== undefined) return 1;
  const steps = Object.values(scopes).flatMap(({ controlScope, experimentScope }) => [
    controlScope?.step || USUAL_STEP_SECONDS,
    experimentScope?.step || USUAL_STEP_SECONDS,
  ]);
  const points = windowMillisOf(options) / 1000 / Math.min(...steps, Number.MAX_SAFE_INTEGER);
  return Math.max(1, Math.floor(POINTS_A_QUERY / Math.max(1, points)));
}

/**
 * Windows are cut out of longer series: each must have the same points.
 *
 * @throws CanaryError REQUEST_INVALID naming field, value and remedy
 */
export function refuseUnevenSteps({ scopes = {} }: CanaryExecutionRequest, options: BacktestOptions): void {
  const windowSeconds = windowMillisOf(options) / 1000;
  for (const [name, pair] of Object.entries(scopes)) {
    for (const side of ['controlScope', 'experimentScope'] as const) {
      const step = pair[side]?.step ?? USUAL_STEP_SECONDS;
      if (windowSeconds % step === 0 && windowSeconds >= 2 * step) continue;
      invalid(
        `executionRequest.scopes.${name}.${side}.step is ${step} seconds, and a window has ${options.windowMinutes} minutes: ` +
          'write a step that divides it into at least 2 points',
      );
    }
  }
}

/** The request for the windows from `from` to before `to`. */
export function requestForWindows(
  { request, options, releases }: AskedWindows,
  { from, to }: { readonly from: number; readonly to: number },
): CanaryExecutionRequest {
  if (releases !== undefined) return { ...request, scopes: releases[from]?.scopes ?? {} };
  const windowMillis = windowMillisOf(options);
  const { start } = timeOf(request, Number.POSITIVE_INFINITY);
  const moved = (scope: CanaryScope, windowsLater: number): CanaryScope => ({
    ...scope,
    start: toInstant(start + (from + windowsLater) * windowMillis),
    end: toInstant(start + (to + windowsLater) * windowMillis),
  });
  const pairOf = ({ controlScope = {}, experimentScope = {} }: CanaryScopePair): CanaryScopePair =>
    options.arms === 'before'
      ? { controlScope: moved(controlScope, 0), experimentScope: moved(controlScope, 1) }
      : { controlScope: moved(controlScope, 0), experimentScope: moved(experimentScope, 0) };
  const scopes = Object.entries(request.scopes ?? {}).map(([name, pair]) => [name, pairOf(pair)] as const);
  return { ...request, scopes: Object.fromEntries(scopes) };
}

/** The whole time, in milliseconds since 1970. */
function timeOf({ scopes = {} }: CanaryExecutionRequest, nowMillis: number): { start: number; end: number } {
  const sides = Object.entries(scopes).flatMap(([name, { controlScope, experimentScope }]) => [
    { field: `executionRequest.scopes.${name}.controlScope`, scope: controlScope ?? {} },
    { field: `executionRequest.scopes.${name}.experimentScope`, scope: experimentScope ?? {} },
  ]);
  const [first] = sides;
  if (first === undefined)
    invalid('executionRequest.scopes is missing; name the scopes, with start and end of the whole time');
  for (const { field, scope } of sides) {
    for (const end of ['start', 'end'] as const) {
      if (scope[end] === undefined) invalid(`${field}.${end} is missing; write the ${end} of the whole time`);
      if (first.scope[end] === undefined) continue;
      if (apart(scope[end], first.scope[end]) > READ_WITHIN_MILLIS) {
        invalid(
          `${field}.${end} is ${scope[end]}; all scopes of a backtest have the same time: write ${first.scope[end]}`,
        );
      }
    }
  }
  const [start, end] = [instantMillis(first.scope.start ?? ''), instantMillis(first.scope.end ?? '')];
  if (end <= start)
    invalid(`${first.field}.end is ${first.scope.end}, not after its start ${first.scope.start}; swap them`);
  if (end > nowMillis) {
    invalid(
      `${first.field}.end is ${first.scope.end}, which is not over; a backtest is of the past: choose an earlier end`,
    );
  }
  return { start, end };
}

function apart(one: string | undefined, other: string | undefined): number {
  return Math.abs(instantMillis(one ?? '') - instantMillis(other ?? ''));
}

function invalid(message: string): never {
  throw new CanaryError('REQUEST_INVALID', `${message}.`);
}
