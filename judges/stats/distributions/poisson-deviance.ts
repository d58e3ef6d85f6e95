/**
 * Half the Poisson deviance of an observed x > 0 against a mean m > 0: x ln(x/m) + m - x, never negative.
 *
 * Keeps its relative accuracy where x is close to m and the two terms cancel.
 *
 * Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000), function bd0.
 *
 * @example poissonDeviance(3, 2) // 0.216395324324, which is 3 ln(3/2) - 1
 */
export function poissonDeviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  let sum = difference * v;
  let power = 2 * x * v;
  for (let k = 3; ; k += 2) {
    power *= v * v;
    const next = sum + power / k;
    if (!(Math.abs(next - sum) > 0)) return next;
    sum = next;
  }
}
