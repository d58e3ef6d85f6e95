import { mean } from '../stats/samples/mean.ts';
import { outlierFences } from '../stats/samples/outlier-fences.ts';
import { sampleStandardDeviation } from '../stats/samples/sample-standard-deviation.ts';
import type { Sample } from './comparison.ts';
import type { MetricSettings } from './metric-settings.ts';

/** Handles missing values, then outliers, and computes statistics of the rest. */
export function cleanSample(given: readonly number[], settings: MetricSettings): Sample {
  const present = settings.nanStrategy === 'replace' ? replaceMissing(given) : removeMissing(given);
  const sorted = present.slice().sort();
  if (settings.outlierFactor === undefined) return describe(given.length, present, sorted);
  const fences = outlierFences(sorted, settings.outlierFactor);
  const stays = (value: number) => !(value > fences.upper || value < fences.lower);
  const sample = describe(given.length, present.filter(stays), sorted.filter(stays));
  return sample.sorted.length < sorted.length ? { ...sample, fences } : sample;
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

function describe(given: number, values: Float64Array, sorted: Float64Array): Sample {
  const count = values.length;
  if (count === 0) return { given, values, sorted, stats: { count: 0, mean: 0, min: 0, std: 0, max: 0 } };
  const average = mean(values);
  const stats = {
    count,
    mean: average,
    min: sorted[0] as number,
    std: sampleStandardDeviation(values, average),
    max: sorted[count - 1] as number,
  };
  return { given, values, sorted, stats };
}
