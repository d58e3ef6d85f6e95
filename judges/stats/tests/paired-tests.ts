import { logChoose } from '../distributions/log-gamma.ts';
import { normalSurvival } from '../distributions/normal-survival.ts';
import type { Alternative } from './alternative.ts';

/**
 * McNemar's exact test of pairs of yes and no: among the pairs that disagree, both ways are as likely. `greater`: more
 * became a yes in the experiment. 1 where none disagrees.
 *
 * Source: Q. McNemar, Psychometrika 12 (1947); exact as the binomial test.
 *
 * @example mcnemarTest({ onlyControl: 2, onlyExperiment: 10 }, 'two-sided') // 0.0386
 */
export function mcnemarTest(
  { onlyControl, onlyExperiment }: { readonly onlyControl: number; readonly onlyExperiment: number },
  alternative: Alternative,
): number {
  const n = onlyControl + onlyExperiment;
  if (alternative === 'less') return binomialHalfTail(n, onlyControl);
  if (alternative === 'greater') return binomialHalfTail(n, onlyExperiment);
  return Math.min(1, 2 * binomialHalfTail(n, Math.max(onlyControl, onlyExperiment)));
}

/** P(X >= k) of n throws of a fair coin. */
function binomialHalfTail(n: number, k: number): number {
  let sum = 0;
  for (let i = k; i <= n; i++) sum += Math.exp(logChoose(n, i) - n * Math.LN2);
  return Math.min(1, sum);
}

/** Up to so many differences without ties the distribution is counted out. */
const EXACT_UP_TO = 50;

/**
 * Wilcoxon's signed-rank test of differences, experiment minus control: whether they lie around 0. Differences of 0 are
 * left out. Exact up to 50 differences without ties, else the normal distribution with corrections for ties and
 * continuity. NaN where no difference is left.
 *
 * Source: F. Wilcoxon, Biometrics Bulletin 1 (1945); M. Hollander, D. A. Wolfe (1999), 3.1.
 *
 * @example signedRankTest([1, 2, 3, -0.5, 4, 5], 'two-sided') // 0.0625
 */
export function signedRankTest(differences: readonly number[], alternative: Alternative): number {
  const kept = differences.filter((difference) => difference !== 0);
  const n = kept.length;
  if (n === 0) return Number.NaN;
  const { positive, ties, tied } = rankSums(kept);
  const survival = !tied && n <= EXACT_UP_TO ? exactSurvival(n) : normalApproximation(n, ties);
  const total = (n * (n + 1)) / 2;
  if (alternative === 'greater') return survival(positive);
  if (alternative === 'less') return survival(total - positive);
  return Math.min(1, 2 * survival(Math.max(positive, total - positive)));
}

function rankSums(differences: readonly number[]) {
  const order = [...differences].sort((one, other) => Math.abs(one) - Math.abs(other));
  let positive = 0;
  let ties = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && Math.abs(order[to] as number) === Math.abs(order[from] as number)) to++;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if ((order[i] as number) > 0) positive += rank;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { positive, ties, tied: ties > 0 };
}

/** P(W >= w): every subset of the ranks is as likely. */
function exactSurvival(n: number): (w: number) => number {
  const total = (n * (n + 1)) / 2;
  let chances = new Float64Array(total + 1);
  chances[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    const next = new Float64Array(total + 1);
    for (let w = 0; w <= total; w++)
      next[w] = ((chances[w] as number) + (w < rank ? 0 : (chances[w - rank] as number))) / 2;
    chances = next;
  }
  return (w) => chances.subarray(w).reduce((sum, chance) => sum + chance, 0);
}

function normalApproximation(n: number, ties: number): (w: number) => number {
  const mean = (n * (n + 1)) / 4;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48);
  return (w) => normalSurvival((w - mean - 0.5) / deviation);
}
