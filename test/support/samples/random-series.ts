import { createSeededRandom } from '../../../judges/stats/numerics/seeded-random.ts';

/** Draws of one seed; the same on every repetition. */
export interface Draws {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** A whole number from `from` to `to`, both possible. */
  whole(from: number, to: number): number;
  /** Normal with mean 0 and standard deviation 1, with its tails (by Box and Muller). */
  normal(): number;
  /** The number of events when `mean` are expected. */
  poisson(mean: number): number;
  /** Gamma with this shape and mean 1. */
  gamma(shape: number): number;
  /** Student's t with three degrees of freedom. */
  t3(): number;
}

/** Draws seeded with words and numbers. */
export function drawsOf(...seed: readonly (string | number)[]): Draws {
  const random = createSeededRandom(...seed.map(seedOf));
  // The first words of seeds that differ little look alike.
  for (let i = 0; i < 20; i++) random.uniform();
  const uniform = () => random.uniform();
  const between = (from: number, to: number) => from + (to - from) * uniform();
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    between,
    normal,
    whole: (from, to) => Math.floor(between(from, to + 1)),
    poisson: (mean) => poisson(mean, uniform, normal),
    gamma: (shape) => gamma(shape, uniform, normal) / shape,
    t3: () => normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3),
  };
}

function seedOf(part: string | number): Float64Array {
  return typeof part === 'number' ? Float64Array.of(part) : Float64Array.from(part, (c) => c.codePointAt(0) ?? 0);
}

/** By multiplication up to 30; beyond that as a sum of smaller ones, and from 1,000 on as a normal one. */
function poisson(mean: number, uniform: () => number, normal: () => number): number {
  if (mean > 1000) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  if (mean > 30) return poisson(mean / 2, uniform, normal) + poisson(mean / 2, uniform, normal);
  const end = Math.exp(-mean);
  let count = 0;
  for (let product = uniform(); product > end; product *= uniform()) count++;
  return count;
}

/** G. Marsaglia and W. W. Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26 (2000). Shape >= 1. */
function gamma(shape: number, uniform: () => number, normal: () => number): number {
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A series by its place. */
export function seriesOf(points: number, value: (t: number) => number): number[] {
  return Array.from({ length: points }, (_, t) => value(t));
}

/** Standard normal values, each correlated with the one before by `rho`. */
export function autoregressive(draws: Draws, points: number, rho: number): number[] {
  let last = draws.normal();
  return seriesOf(points, () => {
    const value = last;
    last = rho * last + Math.sqrt(1 - rho ** 2) * draws.normal();
    return value;
  });
}
