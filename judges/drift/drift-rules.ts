/** Which rule decided on a metric, in the words of `evidence.clause`, and the rule itself. */
export const DRIFT_RULES = {
  drift: 'A metric whose outputs have drifted more than chance explains, within the error budget of the canary, fails.',
  noDrift: 'A metric whose drift chance explains passes.',
  belowMinimum: 'Drift that is no chance, but smaller than the config counts, passes.',
  notTested: 'A metric of which too few outputs can be compared is inconclusive; a critical one fails the canary.',
  together: 'Series that make one distribution are judged together; one of them counts.',
} as const;

export type DriftClause = keyof typeof DRIFT_RULES;
