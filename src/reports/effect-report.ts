import { z } from 'zod';
import type { CanaryAnalysisResult, Evidence } from '../domain/canary-judge-result.ts';
import { estimatedChange, estimatedRatio } from '../domain/estimated-change.ts';

/**
 * The canary's change against the baseline as a ratio: 0.18 is 18 % more. Absent ends are open. Only when both means
 * have the same sign; a ratio means nothing otherwise.
 */
export const EffectReport = z
  .object({
    change: z
      .number()
      .describe('0.18: canary is 18 % above baseline, by the estimate that the interval is of, or else by the means'),
    lower: z.number().optional(),
    upper: z.number().optional(),
    confidence: z.number().optional().describe('0.98 is 98 %'),
    ofMeans: z.number().optional().describe('the change from mean to mean; absent: it has none'),
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
  if (!(count > 0 && others > 0)) return undefined;
  const ratio = experiment / control - 1;
  const ofMeans = control > 0 && experiment >= 0 && Number.isFinite(ratio) ? ratio : undefined;
  const estimate = ofMeans === undefined ? estimatedRatio(evidence ?? {}) : estimatedChange(evidence ?? {}, control);
  if (estimate === undefined && ofMeans === undefined) return undefined;
  return {
    change: ofMeans ?? 0,
    ...estimate,
    ...(ofMeans === undefined ? {} : { ofMeans }),
    allowed: allowedOf(evidence),
  };
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
