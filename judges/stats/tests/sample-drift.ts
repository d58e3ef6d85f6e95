import { kolmogorovSurvival } from '../distributions/kolmogorov-survival.ts';
import { createSeededRandom } from '../numerics/seeded-random.ts';

export type SampleMeasure = 'ks' | 'wasserstein';

export interface SampleDrift {
  /** KS: the largest distance of the two distributions, 0 to 1; Wasserstein: in the unit of the values */
  readonly statistic: number;
  readonly pValue: number;
  /** the value of the measure that would have had p = alpha */
  readonly criticalValue: number;
  readonly method: 'permutation' | 'asymptotic';
}

/** From so many values on KS has its limit distribution; Wasserstein has none that does not depend on the values. */
const ASYMPTOTIC_FROM = 10_000;
/** Fewer for long samples: the p-value is exact with any number, only coarser. */
const PERMUTATIONS = { few: 199, many: 999 } as const;
const MANY_UP_TO = 2000;

/**
 * Whether two samples have one distribution, by the largest distance between their distribution functions (Kolmogorov and
 * Smirnov) or the area between them (Wasserstein's distance of order 1). For ascending values without NaN, both not empty.
 *
 * The p-value is by permutation, seeded with the values: exact, ties or not.
 *
 * @example sampleDrift(Float64Array.of(1, 2, 3), Float64Array.of(2, 3, 4), 'wasserstein', 0.05).statistic // 1
 */
export function sampleDrift(
  control: Float64Array,
  experiment: Float64Array,
  measure: SampleMeasure,
  alpha: number,
): SampleDrift {
  const steps = sampleDriftInSteps(control, experiment, measure, alpha);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, with a pause after every permutation of a long sample. */
export function* sampleDriftInSteps(
  control: Float64Array,
  experiment: Float64Array,
  measure: SampleMeasure,
  alpha: number,
): Generator<undefined, SampleDrift, undefined> {
  const merged = mergedOf(control, experiment);
  const statistic = distance(merged, measure, control.length, experiment.length);
  const size = merged.values.length;
  if (measure === 'ks' && size >= ASYMPTOTIC_FROM) {
    const scale = Math.sqrt((control.length * experiment.length) / size);
    const criticalValue = kolmogorovQuantile(alpha) / scale;
    return { statistic, pValue: kolmogorovSurvival(statistic * scale), criticalValue, method: 'asymptotic' };
  }
  const random = createSeededRandom(control, experiment);
  const permutations = size <= MANY_UP_TO ? PERMUTATIONS.many : PERMUTATIONS.few;
  const permuted = new Float64Array(permutations);
  for (let i = 0; i < permutations; i++) {
    const isExperiment = chosen(size, experiment.length, random.uniform);
    permuted[i] = distance({ ...merged, isExperiment }, measure, control.length, experiment.length);
    if (size > MANY_UP_TO) yield;
  }
  const asLarge = permuted.filter((value) => value >= statistic * (1 - 1e-12)).length;
  const place = Math.max(0, permutations - Math.floor(alpha * (permutations + 1)));
  const criticalValue = permuted.sort()[place] ?? Number.NaN;
  return { statistic, pValue: (1 + asLarge) / (permutations + 1), criticalValue, method: 'permutation' };
}

interface Merged {
  /** of both sides, ascending */
  readonly values: Float64Array;
  /** 1 where a value is of the experiment */
  readonly isExperiment: Uint8Array;
}

function mergedOf(control: Float64Array, experiment: Float64Array): Merged {
  const size = control.length + experiment.length;
  const values = new Float64Array(size);
  const isExperiment = new Uint8Array(size);
  for (let i = 0, j = 0; i + j < size; ) {
    const fromExperiment = i >= control.length || (experiment[j] as number) < (control[i] as number);
    isExperiment[i + j] = fromExperiment ? 1 : 0;
    values[i + j] = (fromExperiment ? experiment[j] : control[i]) as number;
    if (fromExperiment) j++;
    else i++;
  }
  return { values, isExperiment };
}

/** Which `count` of `size` places are chosen, each choice being as likely. */
function chosen(size: number, count: number, uniform: () => number): Uint8Array {
  const places = new Uint8Array(size);
  let left = count;
  for (let i = 0; i < size; i++) {
    if (uniform() * (size - i) >= left) continue;
    places[i] = 1;
    left--;
  }
  return places;
}

function distance({ values, isExperiment }: Merged, measure: SampleMeasure, n: number, m: number): number {
  let below = 0;
  let largest = 0;
  let area = 0;
  for (let i = 0; i < values.length; i++) {
    below += isExperiment[i] === 1 ? 1 / m : -1 / n;
    const next = values[i + 1];
    const value = values[i] as number;
    if (next === value) continue;
    const gap = Math.abs(below);
    if (gap > largest) largest = gap;
    if (next !== undefined) area += gap * (next - value);
  }
  return measure === 'ks' ? largest : area;
}

function kolmogorovQuantile(alpha: number): number {
  let [low, high] = [0, 5];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (kolmogorovSurvival(middle) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
