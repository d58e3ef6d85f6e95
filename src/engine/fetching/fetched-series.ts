import type { Side } from '../../domain/canary-scope.ts';
import type { Companion } from '../../domain/companion-series.ts';
import type { MetricSet } from '../../domain/metric-set.ts';
import { isAsKayenta } from '../../domain/series-shape.ts';
import { CanaryError } from '../../errors.ts';
import { causeOf } from '../failure.ts';
import { type MetricQuery, withStep } from './plan-queries.ts';

/** All series of a run: each metric's own, and beside them what was fetched for its judge. */
export interface FetchedSeries {
  readonly control: MetricSet[];
  readonly experiment: MetricSet[];
  readonly companions: readonly FetchedCompanion[];
  /** of the further windows of a baseline that is history; none where it is not */
  readonly earlier: readonly FetchedWindow[];
}

/** What the control was in a window of the past. */
export type FetchedWindow = Pick<FetchedSeries, 'control' | 'companions'>;

export interface FetchedCompanion {
  readonly metricIndex: number;
  readonly companion: Companion;
  readonly side: Side;
  readonly sets: readonly MetricSet[];
  /** why there are none */
  readonly missing?: string;
}

/** A query with what it was answered. */
export interface Answer {
  readonly query: MetricQuery;
  readonly sets: readonly MetricSet[];
  readonly missing?: string;
}

/** Of a query whose failure is no failure of the run. */
export function withoutAnswer(query: MetricQuery, error: unknown): Answer {
  const cause = causeOf(error);
  return { query, sets: [], missing: cause instanceof CanaryError ? cause.message : 'an internal error; see the log' };
}

export function fetchedSeries(answers: readonly Answer[]): FetchedSeries {
  const windows = Map.groupBy(answers, ({ query }) => query.earlier ?? 0);
  const own = windows.get(0) ?? [];
  const numbers = [...windows.keys()].filter((number) => number > 0).sort((one, other) => one - other);
  return {
    control: ownSets(own, 'control'),
    experiment: ownSets(own, 'experiment'),
    companions: companionsOf(own),
    earlier: numbers.map((number) => {
      const its = windows.get(number) ?? [];
      return { control: ownSets(its, 'control'), companions: companionsOf(its) };
    }),
  };
}

function ownSets(answers: readonly Answer[], side: Side): MetricSet[] {
  return answers.flatMap(({ query, sets }) => (query.side === side && query.companion === undefined ? sets : []));
}

function companionsOf(answers: readonly Answer[]): FetchedCompanion[] {
  return answers.flatMap(({ query: { metricIndex, companion, side }, ...answer }) =>
    companion === undefined ? [] : [{ metricIndex, companion, side, ...answer }],
  );
}

/**
 * Queries to repeat with a longer step: a store may answer in longer steps than requested, and all series of a metric
 * must be made alike. Kayenta does not, so neither do series that are to be what it would have fetched. A history is
 * longer and may be coarser; the metric itself is not made so for it.
 */
export function queriesAtFinerStep(answers: readonly Answer[]): MetricQuery[] {
  const longest = new Map<number, number>();
  for (const { query, sets } of answers) {
    if (query.companion === 'history') continue;
    longest.set(query.metricIndex, Math.max(longest.get(query.metricIndex) ?? 0, stepOf(sets)));
  }
  return answers.flatMap(({ query, sets }) => {
    if (sets.some(({ attributes }) => isAsKayenta(attributes))) return [];
    const [own, wanted] = [stepOf(sets), longest.get(query.metricIndex) ?? 0];
    return own > 0 && own < wanted && wanted % 1000 === 0 ? [withStep(query, wanted)] : [];
  });
}

function stepOf(sets: readonly MetricSet[]): number {
  return Math.max(0, ...sets.map(({ stepMillis = 0 }) => stepMillis));
}

/** Equal for queries that ask for the same series, at whatever step. */
export function placeOf({ metricIndex, side, companion, earlier = 0 }: MetricQuery): string {
  return `${metricIndex} ${side} ${companion} ${earlier}`;
}
