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
  const estimate = estimatedRatio(evidence) ?? (ofMeans === undefined ? undefined : ofDifference(evidence, control));
  if (estimate === undefined && ofMeans === undefined) return undefined;
  return {
    change: ofMeans ?? 0,
    ...estimate,
    ...(ofMeans === undefined ? {} : { ofMeans }),
    allowed: allowedOf(evidence),
  };
}

type Estimate = Pick<EffectReport, 'lower' | 'upper' | 'confidence'> & { readonly change?: number };

/** A judge's own estimate of the ratio, to which its interval belongs. */
function estimatedRatio({ ratioEstimate, ratioInterval }: Partial<Evidence> = {}): Estimate | undefined {
  if (ratioEstimate === undefined || !Number.isFinite(ratioEstimate)) return undefined;
  return { change: ratioEstimate - 1, ...(ratioInterval && shareOf(ratioInterval, 1, 1)) };
}

/** The interval of a ratio without an estimate is of the ratio of means; that of a difference has its estimate. */
function ofDifference(
  { estimate, interval, ratioInterval }: Partial<Evidence> = {},
  control: number,
): Estimate | undefined {
  if (ratioInterval !== undefined) return shareOf(ratioInterval, 1, 1);
  if (interval === undefined) return undefined;
  const change = estimate === undefined || !Number.isFinite(estimate) ? {} : { change: estimate / control };
  return { ...change, ...shareOf(interval, 0, control) };
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
