import { stirlingError } from './stirling-error.ts';

const HALF_LOG_2PI = 0.9189385332046727;

/**
 * ln Γ(z) for z > 0. Relative error about 1e-15 but near 1 and 2, where ln Γ is 0 and the error is absolute.
 *
 * Source: Stirling's formula with its error term, DLMF 5.11.1.
 *
 * @example logGamma(5) // 3.1780538303479458, which is ln 24
 */
export function logGamma(z: number): number {
  return (z - 0.5) * Math.log(z) - z + HALF_LOG_2PI + stirlingError(z);
}

/**
 * ln of n over k: how many ways there are to choose k of n.
 *
 * @example Math.exp(logChoose(5, 2)) // 10
 */
export function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
