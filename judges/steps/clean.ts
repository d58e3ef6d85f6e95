import { mean } from '../stats/samples/mean.ts';
import { outlierFences } from '../stats/samples/outlier-fences.ts';
import { sampleStandardDeviation } from '../stats/samples/sample-standard-deviation.ts';
import type { Sample } from './comparison.ts';
import type { MetricSettings } from './metric-settings.ts';

interface Cleaning extends Pick<MetricSettings, 'nanStrategy' | 'outlierFactor'> {
  /** infinite values are compared as they are, as Kayenta does; otherwise they are missing, and never count as 0 */
  readonly keepsInfinities: boolean;
}

/** Handles missing and infinite values, then outliers, and computes statistics of the rest. */
export function cleanSample(given: readonly number[], { nanStrategy, outlierFactor, ...cleaning }: Cleaning): Sample {
  const infinite = given.filter(isInfinite).length;
  const finite = cleaning.keepsInfinities || infinite === 0 ? given : given.filter((value) => !isInfinite(value));
  const taken = removeMissing(finite);
  const before = { given: given.length, present: taken.length, infinite };
  const values = nanStrategy === 'replace' ? replaceMissing(finite) : taken;
  const sorted = values.slice().sort();
  if (outlierFactor === undefined) return describe(before, values, sorted);
  const fences = outlierFences(sorted, outlierFactor);
  const stays = (value: number) => !(value > fences.upper || value < fences.lower);
  const sample = describe(before, values.filter(stays), sorted.filter(stays));
  return sample.sorted.length < sorted.length ? { ...sample, fences } : sample;
}

function isInfinite(value: number): boolean {
  return value === Infinity || value === -Infinity;
}

function replaceMissing(given: readonly number[]): Float64Array {
  const values = new Float64Array(given.length);
  for (let i = 0; i < given.length; i++) values[i] = Number.isNaN(given[i]) ? 0 : (given[i] as number);
  return values;
}

function removeMissing(given: readonly number[]): Float64Array {
  const values = new Float64Array(given.length);
  let count = 0;
  for (let i = 0; i < given.length; i++) {
    const value = given[i] as number;
    if (!Number.isNaN(value)) values[count++] = value;
  }
  return values.subarray(0, count);
}

function describe(
  before: Pick<Sample, 'given' | 'present' | 'infinite'>,
  values: Float64Array,
  sorted: Float64Array,
): Sample {
  const count = values.length;
  if (count === 0) return { ...before, values, sorted, stats: { count: 0, mean: 0, min: 0, std: 0, max: 0 } };
  const average = mean(values);
  const stats = {
    count,
    mean: average,
    min: sorted[0] as number,
    std: sampleStandardDeviation(values, average),
    max: sorted[count - 1] as number,
  };
  return { ...before, values, sorted, stats };
}
