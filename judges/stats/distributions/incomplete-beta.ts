import { poissonDeviance } from './poisson-deviance.ts';
import { stirlingError } from './stirling-error.ts';

/**
 * The regularized incomplete beta function I_x(a, b) for 0 <= x <= 1, a > 0, b > 0.
 *
 * Relative error about 1e-13 for a and b up to 1e6, small values in the tails included.
 *
 * Source: the even part of the continued fraction DLMF 8.17.22 (Didonato and Morris, "Algorithm 708", ACM TOMS 18,
 * 1992, formula 9), evaluated by Lentz's method as modified by Thompson and Barnett
 * (J. Comput. Phys. 64, 1986); the factor in front of it in Loader's saddle-point form, because the logarithm of
 * the beta function would lose as many digits as a and b have.
 *
 * @param complement 1 - x, where the caller knows it without the rounding of the subtraction
 * @example incompleteBeta(0.4, 2, 3) // 0.5248, the chance of 2 or more hits in 4 tries of 0.4
 */
export function incompleteBeta(x: number, a: number, b: number, complement = 1 - x): number {
  if (Number.isNaN(x + a + b)) return Number.NaN;
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  if (x <= (a + 1) / (a + b + 2)) return lowerTail({ x, a, b, complement });
  return 1 - lowerTail({ x: complement, a: b, b: a, complement: x });
}

/**
 * x^a (1 - x)^b / B(a, b): what the function grows by when the logarithm of the odds x / (1 - x) grows.
 *
 * Source: as `incompleteBeta`.
 *
 * @example incompleteBetaSlope(0.4, 2, 3) // 0.41472
 */
export function incompleteBetaSlope(x: number, a: number, b: number, complement = 1 - x): number {
  return powerTerm({ x, a, b, complement });
}

interface BetaArguments {
  readonly x: number;
  readonly a: number;
  readonly b: number;
  /** 1 - x */
  readonly complement: number;
}

function lowerTail(at: BetaArguments): number {
  return powerTerm(at) * continuedFraction(at);
}

/** x^a (1 - x)^b / B(a, b). */
function powerTerm({ x, a, b, complement }: BetaArguments): number {
  const n = a + b;
  const deviance = poissonDeviance(a, n * x) + poissonDeviance(b, n * complement);
  const gammas = stirlingError(n) - stirlingError(a) - stirlingError(b);
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(gammas - deviance);
}

const ENOUGH_ITERATIONS = 100_000;
const TINY = 1e-300;

/** Written with a (1 - x) - b x, not with the difference of two fractions near 1: a large `a` would cancel there. */
function continuedFraction({ x, a, b, complement }: BetaArguments): number {
  const offset = a * complement - b * x + 1;
  let c = nonZero((a * offset) / (a + 1));
  let d = 0;
  let fraction = c;
  for (let m = 1; m <= ENOUGH_ITERATIONS; m++) {
    const odd = a + 2 * m - 1;
    const numerator = ((a + m - 1) * (a + b + m - 1) * m * (b - m) * x * x) / (odd * odd);
    const denominator = m + (m * (b - m) * x) / odd + ((a + m) * (offset + m * (2 - x))) / (odd + 2);
    d = 1 / nonZero(denominator + numerator * d);
    c = nonZero(denominator + numerator / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) <= Number.EPSILON) break;
  }
  return 1 / fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
