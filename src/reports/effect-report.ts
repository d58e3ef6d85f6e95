import { z } from 'zod';
import type { CanaryAnalysisResult, Evidence } from '../domain/canary-judge-result.ts';

/**
 * The canary's change against the baseline as a ratio: 0.18 is 18 % more. Absent ends are open. Only when both means
 * have the same sign; a ratio means nothing otherwise.
 */
export const EffectReport = z
  .object({
    change: z
      .number()
      .describe('0.18: canary is 18 % above baseline, as the judge estimates it, or else by the ratio of the means'),
    lower: z.number().optional(),
    upper: z.number().optional(),
    confidence: z.number().optional().describe('0.98 is 98 %'),
    allowed: z
      .object({ increase: z.number().optional(), decrease: z.number().optional() })
      .optional()
      .describe('changes up to these limits pass; an absent limit means none, both absent: unknown'),
  })
  .meta({ id: 'EffectReport' });
export type EffectReport = z.infer<typeof EffectReport>;

/** Undefined when the change cannot be expressed as a ratio. */
export function reportEffect(result: CanaryAnalysisResult): EffectReport | undefined {
  const { evidence, controlMetadata, experimentMetadata } = result;
  const { count, mean: control } = controlMetadata.stats;
  const { count: others, mean: experiment } = experimentMetadata.stats;
  const estimate = estimatedEffect(evidence);
  if (estimate !== undefined && count > 0 && others > 0) return estimate;
  const change = experiment / control - 1;
  if (!(count > 0 && others > 0 && control > 0 && experiment >= 0) || !Number.isFinite(change)) return undefined;
  const { ratioInterval, interval } = evidence ?? {};
  const shares = ratioInterval ? shareOf(ratioInterval, 1, 1) : interval && shareOf(interval, 0, control);
  return { change, ...shares, allowed: allowedOf(evidence) };
}

/** A judge's own estimate, to which its interval belongs. */
function estimatedEffect(evidence: Evidence | undefined): EffectReport | undefined {
  const { ratioEstimate, ratioInterval } = evidence ?? {};
  if (ratioEstimate === undefined || !Number.isFinite(ratioEstimate)) return undefined;
  const range = ratioInterval && shareOf(ratioInterval, 1, 1);
  return { change: ratioEstimate - 1, ...range, allowed: allowedOf(evidence) };
}

function shareOf({ lower, upper, confidence }: NonNullable<Evidence['interval']>, from: number, of: number) {
  const open = (value: number) => (Number.isFinite(value) ? (value - from) / of : undefined);
  return { lower: open(lower), upper: open(upper), confidence };
}

/** Only limits on a ratio can be drawn. */
function allowedOf(evidence: Evidence | undefined): EffectReport['allowed'] {
  const { effect, direction } = evidence ?? {};
  if (effect === undefined || effect.measure === 'cles') return undefined;
  const share = (limit: number | undefined, counts: boolean) =>
    limit !== undefined && counts && Number.isFinite(limit) ? limit - 1 : undefined;
  return {
    increase: share(effect.allowedIncrease, direction !== 'decrease'),
    decrease: share(effect.allowedDecrease, direction !== 'increase'),
  };
}
