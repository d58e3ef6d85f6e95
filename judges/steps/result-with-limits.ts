import type { CanaryAnalysisResult, Evidence } from '../../src/domain/canary-judge-result.ts';
import { LIMIT_RULES, type LimitFinding } from './limit-finding.ts';

/** The limits of a metric as its evidence shows them. */
export function limitEvidence({ checks }: LimitFinding): NonNullable<Evidence['limits']> {
  return checks.map(({ name, bound, found, kind, held, at }) => {
    return { name, bound, found, kind, held, ...(at !== undefined && Number.isFinite(at) ? { at } : {}) };
  });
}

/**
 * The result of a comparison, and the limits beside it: both must hold. A metric that fails already keeps its reason; one
 * that nothing could be held against does not pass.
 */
export function resultWithLimits(
  result: CanaryAnalysisResult,
  finding: LimitFinding | undefined,
  { critical: isCritical }: { readonly critical: boolean },
): CanaryAnalysisResult {
  if (finding === undefined || result.evidence === undefined) return result;
  const limits = limitEvidence(finding);
  const { evidence } = result;
  const failsAnyway = FAILED.includes(result.classification) && (result.critical || !isCritical);
  if (finding.state === 'held' || failsAnyway) {
    return { ...result, evidence: { ...evidence, sentence: `${evidence.sentence} ${finding.sentence}`, limits } };
  }
  const clause = finding.state === 'beyond' ? ('beyondLimit' as const) : ('limitUnchecked' as const);
  const end = isCritical && !result.muted ? ' The metric is critical, so the canary fails.' : '';
  return {
    ...result,
    classification: finding.state === 'beyond' ? finding.side : 'NodataFailMetric',
    classificationReason: finding.sentence,
    critical: isCritical,
    evidence: {
      ...evidence,
      clause,
      rule: LIMIT_RULES[clause],
      sentence: `${finding.sentence}${end} The comparison says: ${evidence.sentence}`,
      wouldPass: [...finding.wouldHold, ...(FAILED.includes(result.classification) ? (evidence.wouldPass ?? []) : [])],
      limits,
    },
  };
}

const FAILED: readonly string[] = ['High', 'Low', 'NodataFailMetric'];
