import { LIMIT_RULES } from '../steps/limit-finding.ts';

/** Which rule decided on a metric, in the words of `evidence.clause`, and the rule itself. */
export const THRESHOLD_RULES = {
  ...LIMIT_RULES,
  withinLimits: 'A metric whose canary keeps to all its limits passes.',
  warning: 'A metric beyond its limits, but within those of its warning, is a warning: half a pass.',
  noLimits: 'A metric without limits is shown, not judged, and does not count.',
} as const;

export type ThresholdClause = keyof typeof THRESHOLD_RULES;
