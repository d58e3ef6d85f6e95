import type { Side } from '../../domain/canary-scope.ts';
import type { CompanionSeries, MetricSetPair } from '../../domain/metric-set-pair.ts';
import { toInstant } from '../../domain/values/instant.ts';

/** A stretch of the past, judged as if it were a canary's. */
export interface PastWindow {
  /** of its first point, in milliseconds since 1970; undefined where the series do not say */
  readonly startMillis: number | undefined;
  /** the run of a release that passed */
  readonly run?: string | undefined;
  readonly pairs: readonly MetricSetPair[];
}

/** How many whole windows there are in the series: as many as the shortest has. */
export function countWindows(pairs: readonly MetricSetPair[], windowMillis: number): number {
  const counts = pairs.map((pair) => Math.floor(pointsOf(pair) / windowPoints(pair, windowMillis)));
  return counts.length === 0 ? 0 : Math.min(...counts);
}

/**
 * The window at `index`, counted from 0, of series that are longer: one after the other, none overlaps another. A history
 * is the time before each window.
 */
export function windowAt(pairs: readonly MetricSetPair[], windowMillis: number, index: number): PastWindow {
  const cut = pairs.map((pair) => cutPair(pair, windowPoints(pair, windowMillis), index));
  return { startMillis: cut[0]?.scopes?.control?.startTimeMillis, pairs: cut };
}

/** How many points a window of a pair has; of one that does not say how far apart they are, minutes are taken. */
export function windowPoints({ scopes }: CompanionSeries, windowMillis: number): number {
  const step = scopes?.experiment?.stepMillis || scopes?.control?.stepMillis || 60_000;
  return Math.max(1, Math.round(windowMillis / step));
}

function pointsOf({ values }: CompanionSeries): number {
  return Math.max(values.control?.length ?? 0, values.experiment?.length ?? 0);
}

function cutPair(pair: MetricSetPair, points: number, index: number): MetricSetPair {
  const from = index * points;
  const { denominator, traffic, history } = pair;
  return {
    ...pair,
    ...cut(pair, from, points),
    ...(denominator && { denominator: cut(denominator, from, points) }),
    ...(traffic && { traffic: cut(traffic, from, points) }),
    ...(history && { history: historyBefore(pair, history, from) }),
  };
}

function cut(series: CompanionSeries, from: number, points: number): CompanionSeries {
  const of = (side: Side) => {
    const values = (series.values[side] ?? []).slice(from, from + points);
    // A side whose series ends early has gaps there, as it would have in a run.
    return [...values, ...new Array<number>(points - values.length).fill(Number.NaN)];
  };
  return {
    ...series,
    values: { control: of('control'), experiment: of('experiment') },
    scopes: scopesLater(series, from),
  };
}

function scopesLater({ scopes = {} }: CompanionSeries, points: number): NonNullable<CompanionSeries['scopes']> {
  const later = (scope: (typeof scopes)[Side]) => {
    const { startTimeMillis, stepMillis = 0 } = scope ?? {};
    if (startTimeMillis === undefined) return scope;
    const start = startTimeMillis + points * stepMillis;
    return { stepMillis, startTimeMillis: start, startTimeIso: toInstant(start) };
  };
  return { control: later(scopes.control), experiment: later(scopes.experiment) };
}

/** As long as the one that was fetched, up to the window. */
function historyBefore(pair: MetricSetPair, history: CompanionSeries, from: number): CompanionSeries {
  const before = history.values.control ?? [];
  // One that is missing stays missing: what lies before later windows would be shorter than the config asks for.
  if (before.length === 0) return history;
  const known = [...before, ...(pair.values.control ?? []).slice(0, from)];
  const scopes = { control: scopesLater(history, from).control };
  return { ...history, values: { control: known.slice(-before.length), experiment: [] }, scopes };
}
