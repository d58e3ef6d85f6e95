/**
 * P(K > x) of Kolmogorov's distribution, the limit of sqrt(nm / (n + m)) times the largest distance of two empirical
 * distributions of the same population. 1 for x <= 0.
 *
 * Source: A. N. Kolmogorov (1933); the second form, by the theta function, converges where the first does not.
 *
 * @example kolmogorovSurvival(1.3580986393225507) // 0.05
 */
export function kolmogorovSurvival(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 1;
  if (x < 1) {
    const factor = Math.PI ** 2 / (8 * x * x);
    let sum = 0;
    for (let k = 1; k <= 9; k += 2) sum += Math.exp(-factor * k * k);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 1; k <= 8; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return Math.max(0, Math.min(1, 2 * sum));
}
