import { SIDES } from '../domain/canary-scope.ts';
import type { MetricSetPair } from '../domain/metric-set-pair.ts';
import { isAsKayenta } from '../domain/series-shape.ts';

const WINDOWS: Readonly<Record<string, string>> = {
  closed: 'with the point at the end of the window, should the store have one',
  halfOpen: 'without the point at the end of the window',
};

const GAPS: Readonly<Record<string, string>> = {
  squeezed: 'missing points are left out and later values move up',
  inner: 'missing points are gaps between the first point and the last',
  kept: 'missing points are gaps',
};

/** What was done to the series of a run, one sentence for each way; nothing for the usual series. */
export function seriesWords(pairs: readonly MetricSetPair[]): string[] {
  const all = pairs.flatMap(({ attributes }) => SIDES.map((side) => attributes?.[side] ?? {}));
  const words = all.filter(isAsKayenta).map(({ window = 'halfOpen', gaps = 'kept' }) => {
    return `as Kayenta fetches them: ${WINDOWS[window] ?? window}; ${GAPS[gaps] ?? gaps}`;
  });
  return [...new Set(words)];
}
