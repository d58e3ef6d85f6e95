import { mean, sampleVariance } from 'simple-statistics';

export interface SampleMoments {
  readonly size: number;
  readonly mean: number;
  /** The sample variance (divided by size - 1); NaN for fewer than two values, exactly 0 for equal ones. */
  readonly variance: number;
}

/**
 * Size, mean and variance of finite values, each multiplied by `unit` first.
 *
 * simple-statistics sums with compensation and takes the deviations from the mean in a second pass, which holds
 * the variance to 1e-13 where mean² / variance is up to 1e16; equal values are looked for here, because their
 * rounded mean may miss them.
 *
 * @example sampleMoments([1, 2, 6]) // { size: 3, mean: 3, variance: 7 }
 */
export function sampleMoments(values: ArrayLike<number>, unit = 1): SampleMoments {
  const size = values.length;
  // The library asks for an array but reads typed ones as well; a copy of a million values takes longer than the sum.
  const scaled = (unit === 1 ? values : Array.from(values, (value) => value * unit)) as number[];
  if (size === 0) return { size, mean: Number.NaN, variance: Number.NaN };
  if (areEqual(scaled)) return { size, mean: scaled[0] as number, variance: size === 1 ? Number.NaN : 0 };
  return { size, mean: mean(scaled), variance: sampleVariance(scaled) };
}

/**
 * A power of two to multiply the values by so that their squares neither overflow nor vanish; 1 for most data.
 *
 * @example momentsUnit([1, 5], [3]) // 1
 */
export function momentsUnit(...samples: readonly ArrayLike<number>[]): number {
  let largest = 0;
  for (const sample of samples) {
    for (let index = 0; index < sample.length; index++) largest = Math.max(largest, Math.abs(sample[index] as number));
  }
  if (largest === 0 || largest === Number.POSITIVE_INFINITY || (largest > 1e-60 && largest < 1e60)) return 1;
  return 2 ** -Math.max(-1022, Math.floor(Math.log2(largest)));
}

function areEqual(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index++) if (values[index] !== values[0]) return false;
  return true;
}
