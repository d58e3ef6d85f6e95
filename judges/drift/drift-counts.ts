import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { percentile } from '../stats/samples/percentile.ts';
import { type Per, perOfQuery, requestsInOne } from '../steps/per-of-query.ts';
import { valuesOf } from '../steps/values-of.ts';
import { finiteOf } from './drift-values.ts';

/** Counts of the same categories on both sides, with their names. */
export interface NamedCounts {
  readonly names: readonly string[];
  readonly control: readonly number[];
  readonly experiment: readonly number[];
}

/** Why there are no counts, as the end of a sentence. */
export interface Uncountable {
  readonly uncountable: string;
}

type Side = 'control' | 'experiment';

/** How often each number occurs. */
export function countCategories(pair: MetricSetPair): NamedCounts {
  const sides = { control: finiteOf(pair, 'control'), experiment: finiteOf(pair, 'experiment') };
  const codes = [...new Set([...sides.control, ...sides.experiment])].sort((one, other) => one - other);
  const count = (side: Side) => {
    const counts = Map.groupBy(sides[side], (code) => code);
    return codes.map((code) => counts.get(code)?.length ?? 0);
  };
  return { names: codes.map(String), control: count('control'), experiment: count('experiment') };
}

/** The values as they are; one that is missing counts nothing. */
export function countsGiven(pair: MetricSetPair): NamedCounts {
  const length = Math.max(valuesOf(pair, 'control').length, valuesOf(pair, 'experiment').length);
  const side = (name: Side) => Array.from({ length }, (_, index) => whole(valuesOf(pair, name)[index]));
  const names = Array.from({ length }, (_, index) => String(index + 1));
  return { names, control: side('control'), experiment: side('experiment') };
}

/** Samples in the tenths of both sides together, so that the tenths do not depend on which side a value is of. */
export function countDeciles(control: Float64Array, experiment: Float64Array): NamedCounts {
  const all = Float64Array.from([...control, ...experiment]).sort();
  const bounds = [...new Set(Array.from({ length: 9 }, (_, index) => percentile(all, (index + 1) * 10)))];
  const count = (values: Float64Array) => {
    const counts = new Array<number>(bounds.length + 1).fill(0);
    for (const value of values) {
      const at = bounds.findIndex((bound) => value <= bound);
      const place = at < 0 ? bounds.length : at;
      counts[place] = (counts[place] as number) + 1;
    }
    return counts;
  };
  const names = [...bounds.map((bound) => `up to ${bound}`), 'above'];
  return { names, control: count(control), experiment: count(experiment) };
}

export function keyOfTags(tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, value]) => `${name}=${value}`).join(', ');
}

const USUAL_STEP_SECONDS = 60;

export function perOfPair({ attributes }: MetricSetPair, side: Side): Per {
  return perOfQuery(attributes?.[side]?.query ?? '');
}

/** Everything that was counted in the window; a rate a second stands for all of its point. */
export function total(pair: MetricSetPair, side: Side): number {
  const stepMillis = pair.scopes?.[side]?.stepMillis ?? 0;
  const stepSeconds = stepMillis > 0 ? stepMillis / 1000 : USUAL_STEP_SECONDS;
  const inOne = requestsInOne(perOfPair(pair, side), stepSeconds);
  return finiteOf(pair, side).reduce((sum, value) => sum + value * inOne, 0);
}

function whole(count: number | undefined): number {
  return count !== undefined && count > 0 && Number.isFinite(count) ? Math.round(count) : 0;
}
