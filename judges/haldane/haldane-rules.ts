import { LIMIT_RULES } from '../steps/limit-finding.ts';

/** Which rule decided on a metric, in the words of `evidence.clause`, and the rule itself. */
export const HALDANE_RULES = {
  ...LIMIT_RULES,
  noDataIgnored: 'A metric without data on both sides is not compared and does not count.',
  noDataInconclusive: 'A metric without data on both sides is inconclusive where its config says so.',
  noDataFails: 'A metric that must have data, or is critical, fails without it.',
  noDataIsZero: 'No value at all passes where missing values count as 0.',
  dataEnd:
    'A metric whose data end a quarter of the window before those of the other side is inconclusive, unless harm shows.',
  sameQuestion: 'A metric of which both sides were asked the same question says nothing of the canary.',
  stopped:
    'A metric that is 0 throughout in the canary alone fails where a fall is harm, and is Marginal at best where it may be.',
  tooFewPoints: 'Fewer than five points on both sides are not tested; the metric is inconclusive.',
  tooLittleTraffic:
    'A percentile of too few requests is inconclusive, unless both sides have as few or it shows harm that fewer do not explain.',
  doubtfulHarm: 'Harm in a percentile of too few requests is no proof, but the canary is Marginal at best.',
  noHarm: 'A change that chance and harmless machine differences explain passes.',
  windowsDiffer:
    'A metric that is worse than in every window of the past, but within what these differ, is Marginal at best.',
  inconclusive: 'Data that exclude neither no harm nor more than the allowed change are inconclusive.',
  rareEvents:
    'Events too rare to exclude more than the allowed change pass when nothing points to harm; inconclusive, if set, decides.',
  withinAllowed: 'A change that is no chance, but within the allowed one, passes.',
  belowFloor: 'A change that is no chance, but smaller in its unit than the floor of the config, passes.',
  advisoryHarm: 'An advisory metric with harm that is no chance lowers the score by its weight.',
  weightedHarm:
    'A metric with harm that is no chance lowers the score by its weight, where the config lets the score decide.',
  harm: 'A metric with harm that is no chance, within the error budget of the canary, fails the canary.',
  criticalHarm: 'A critical metric with harm that is no chance fails the canary with a score of 0.',
  recovered: 'A metric that was worse than allowed, and provably is not any more, has recovered.',
} as const;

export type HaldaneClause = keyof typeof HALDANE_RULES;
