import { brentRoot } from '../../judges/stats/numerics/brent-root.ts';
import type { Comparison, SamplePair } from '../../judges/steps/comparison.ts';

const QUANTILE = 2.326347874040841;

/**
 * A literal implementation of NetflixACAJudge-v1.0's comparison: shift, merge both samples, sort, rank, count ties;
 * repeated at every step of every root. The bench's yardstick.
 */
export function compareStraightforwardly({ control, experiment }: SamplePair): Comparison {
  const from = Math.min(...experiment.values) - Math.max(...control.values);
  const to = Math.max(...experiment.values) - Math.min(...control.values);
  const root = (quantile: number): number => {
    const f = (shift: number) => deviate(experiment.values, control.values, shift) - quantile;
    const low = f(from);
    const high = f(to);
    if (low <= 0) return from;
    return high >= 0 ? to : brentRoot(f, { from, to, low, high }, 1e-4, 1000);
  };
  const [lower, upper, estimate] = [root(QUANTILE), root(-QUANTILE), root(0)];
  const tolerance = 0.25 * Math.abs(estimate);
  return {
    test: 'Mann-Whitney',
    higher: lower > tolerance,
    lower: upper < -tolerance,
    evidence: { estimate, interval: { lower, upper, confidence: 0.98 }, tolerance },
  };
}

function deviate(x: Float64Array, y: Float64Array, shift: number): number {
  const [n, m] = [x.length, y.length];
  const pooled = [...x.map((value) => value - shift), ...y];
  const order = pooled.map((_, index) => index).sort((a, b) => (pooled[a] as number) - (pooled[b] as number));
  let rankSum = 0;
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && pooled[order[end] as number] === pooled[order[start] as number]) end++;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) if ((order[i] as number) < n) rankSum += rank;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  const difference = rankSum - (n * (n + 1)) / 2 - (n * m) / 2;
  const standardError = Math.sqrt(((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1))));
  return (difference - Math.sign(difference) * 0.5) / standardError;
}
