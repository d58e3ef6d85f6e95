import type { ConfigProblem } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import { earlierWindowsForJudge, readerOf } from '../../domain/series-for-judge.ts';
import { instantMillis } from '../../domain/values/instant.ts';
import type { RunCheck } from './refuse-run.ts';
import type { WindowCheck } from './window-wait.ts';

const FIELD = 'executionRequest.baseline';
const DAY_MINUTES = 1440;
/** Of fewer windows nobody knows how much they differ by themselves. */
const FEWEST_WINDOWS = 3;

/** A run that is looked at before it starts; one that nobody starts has no choice about its window. */
export type AskedRun = RunCheck & Partial<Pick<WindowCheck, 'openWindow'>>;

/** What is odd about a baseline that is history, and about arms that were measured at different times without one. */
export function historyAdvice(check: AskedRun): ConfigProblem[] {
  const { baseline } = check.request;
  if (baseline === undefined) return differentTimes(check);
  const { kind, offsets = [], missing = [], windows = [] } = baseline;
  const otherHours = offsets.filter((minutes) => minutes % DAY_MINUTES !== 0);
  const hours = otherHours.map((minutes) => `${Number((minutes / 60).toFixed(2))} h`).join(', ');
  return [
    ...missing.map((text) => problemOf('history-incomplete', `${FIELD}.releases`, text)),
    ...(otherHours.length === 0
      ? []
      : [
          problemOf(
            'history-other-hour',
            `${FIELD}.offsets`,
            `${hours} is no whole number of days: the baseline is another hour of the day, with another load; use 24h, 48h or 168h.`,
          ),
        ]),
    ...(kind === 'sameAge' || windows.length === 0 ? [] : windowAdvice(check, windows.length)),
  ];
}

/** How many windows a judge compares with, and what that is worth. */
function windowAdvice({ judges, config, request }: RunCheck, windows: number): ConfigProblem[] {
  const judge = readerOf(judges, config)?.name ?? config.judge?.name ?? '';
  const read = earlierWindowsForJudge(judges, config, request).length + 1;
  if (read < windows) {
    const message =
      `${judge} compares with one window, the newest of ${windows}, and does not know how much they differ; ` +
      'HaldaneJudge-v1.0 compares with all.';
    return [problemOf('history-newest-only', FIELD, message)];
  }
  if (windows >= FEWEST_WINDOWS) return [];
  const message =
    `${windows === 1 ? 'One window' : 'Two windows'} of the past: how much such windows differ by themselves is not ` +
    'known, so that a change may be only that of the day. Give three or more, better seven.';
  return [problemOf('history-few-windows', FIELD, message)];
}

/** A comparison of before and after is sound only if nothing but the release changed between the two. */
function differentTimes({ request: { scopes = {} }, openWindow = 'wait' }: AskedRun): ConfigProblem[] {
  // An analysis says itself how much earlier its control is.
  if (openWindow === 'at once' || openWindow === 'later') return [];
  return Object.entries(scopes).flatMap(([name, { controlScope, experimentScope }]) => {
    const [one, other] = [controlScope?.start, experimentScope?.start];
    if (one === undefined || other === undefined || instantMillis(one) === instantMillis(other)) return [];
    const message =
      `it starts at ${one}, the canary's window at ${other}: the arms were measured at different times, so load, age ` +
      'and time of day may differ. If that is meant, say how in executionRequest.baseline.';
    return [problemOf('arms-apart', `executionRequest.scopes.${name}.controlScope.start`, message)];
  });
}
