/** The rules by which the judges decide on a metric, by the `clause` of its evidence. */
const RULES: Readonly<Record<string, string>> = {
  noData: 'a metric without data is not compared and does not count',
  noDataAllowed: 'missing values count as 0 (nanStrategy is replace), so no data passes',
  requiredDataMissing: 'a metric that must have data fails without it',
  criticalDataMissing: 'a critical metric without data fails the canary',
  identical: 'identical data pass',
  oneValue: 'one and the same value throughout passes',
  untestable: 'what cannot be compared does not count',
  noDifference: 'no clear difference passes',
  harmlessIncrease: 'an increase passes where only a decrease counts',
  harmlessDecrease: 'a decrease passes where only an increase counts',
  allowedIncrease: 'a clear increase within the allowed one passes',
  allowedDecrease: 'a clear decrease within the allowed one passes',
  increase: 'a clear increase beyond the allowed one fails',
  decrease: 'a clear decrease beyond the allowed one fails',
  criticalIncrease: 'a clear increase of a critical metric, beyond its critical limit, fails the canary',
  criticalDecrease: 'a clear decrease of a critical metric, beyond its critical limit, fails the canary',
};

/** A rule in words; a judge elsewhere may have others, which are shown as they are called. */
export function ruleInWords(clause: string): string {
  return Object.hasOwn(RULES, clause) ? (RULES[clause] ?? clause) : clause;
}
