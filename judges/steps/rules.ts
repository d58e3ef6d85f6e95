/** The rules by `evidence.clause`, each as a sentence. */
export const RULES = {
  noData: 'A metric without data is not compared and does not count.',
  noDataAllowed: 'Missing values count as 0 (nanStrategy is replace), so no data passes.',
  requiredDataMissing: 'A metric that must have data fails without it.',
  unpaired: 'Series that pair with none of the other side are not compared and do not count.',
  criticalDataMissing: 'A critical metric without data fails the canary.',
  identical: 'Identical data pass.',
  oneValue: 'The same single value on both sides passes.',
  untestable: 'A metric that cannot be compared does not count.',
  requiredUntestable: 'A metric that must have data fails when it has too little to be compared.',
  criticalUntestable: 'A critical metric that cannot be compared fails the canary.',
  noDifference: 'No clear difference passes.',
  harmlessIncrease: 'An increase passes where only a decrease counts.',
  harmlessDecrease: 'A decrease passes where only an increase counts.',
  allowedIncrease: 'A clear increase within the allowed one passes.',
  allowedDecrease: 'A clear decrease within the allowed one passes.',
  increase: 'A clear increase beyond the allowed one fails.',
  decrease: 'A clear decrease beyond the allowed one fails.',
  criticalIncrease: 'A clear increase of a critical metric, beyond its critical limit, fails the canary.',
  criticalDecrease: 'A clear decrease of a critical metric, beyond its critical limit, fails the canary.',
} as const;

export type Clause = keyof typeof RULES;
