/**
 * The error of Stirling's formula: ln Γ(z) - [(z - 1/2) ln z - z + ln(2π)/2], for z > 0.
 *
 * Small where ln Γ is large, so gamma functions of large arguments can be divided without losing digits:
 * Γ(z) = sqrt(2π/z) (z/e)^z e^error. Absolute error below 2e-15.
 *
 * Source: DLMF 5.11.1 (asymptotic series) from z = 16 on, below it through Γ(z + 1) = z Γ(z); the use is
 * C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000).
 *
 * @example stirlingError(1) // 0.081061466795, which is 1 - ln(2π)/2
 */
export function stirlingError(z: number): number {
  if (z >= SERIES_FROM) return series(z);
  for (let i = 0; i < RECENT; i++) if (recent.arguments[i] === z) return recent.errors[i] as number;
  const error = fromSeries(z);
  recent.arguments[recent.next] = z;
  recent.errors[recent.next] = error;
  recent.next = (recent.next + 1) % RECENT;
  return error;
}

/** Who looks for a quantile asks for the same few arguments again and again; small ones are dear. */
const RECENT = 6;
const recent = { arguments: new Float64Array(RECENT).fill(Number.NaN), errors: new Float64Array(RECENT), next: 0 };

function fromSeries(z: number): number {
  let argument = z;
  let shifted = 0;
  for (; argument < SERIES_FROM; argument++) shifted += (argument + 0.5) * Math.log1p(1 / argument) - 1;
  return shifted + series(argument);
}

const SERIES_FROM = 16;

/** B(2k) / (2k (2k - 1)) for k = 1, 2, …: the coefficients of 1/z, 1/z³, … */
const COEFFICIENTS = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400] as const;

function series(z: number): number {
  const inverseSquare = 1 / (z * z);
  let sum = 0;
  for (let k = COEFFICIENTS.length - 1; k >= 0; k--) sum = sum * inverseSquare + (COEFFICIENTS[k] as number);
  return sum / z;
}
