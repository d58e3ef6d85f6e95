/**
 * Common language effect size: the share of pairs, one value from each sample, of which the experiment's is the
 * larger; equal ones count half. 0.5 is no difference. Both ascending; linear time.
 *
 * Source: K. O. McGraw, S. P. Wong, "A common language effect size statistic", Psychological Bulletin 111 (1992).
 *
 * @example commonLanguageEffectSize([0, 2, 5], [0, 3]) // 0.4166666666666667
 */
export function commonLanguageEffectSize(control: ArrayLike<number>, experiment: ArrayLike<number>): number {
  let below = 0;
  let upTo = 0;
  let wins = 0;
  for (let i = 0; i < experiment.length; i++) {
    const value = experiment[i] as number;
    while (below < control.length && (control[below] as number) < value) below++;
    while (upTo < control.length && (control[upTo] as number) <= value) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (control.length * experiment.length);
}
