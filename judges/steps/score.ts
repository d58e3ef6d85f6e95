import type { CanaryClassifierThresholdsConfig } from '../../src/domain/canary-config.ts';
import type { CanaryAnalysisResult, CanaryJudgeResult, Verdict } from '../../src/domain/canary-judge-result.ts';
import { CanaryError } from '../../src/errors.ts';
import { groupOrder } from '../netflix-aca/group-order.ts';
import { roundHalfUp } from '../stats/numerics/round-half-up.ts';

type GroupWeights = Readonly<Record<string, number | null>>;

interface GroupScore {
  readonly name: string;
  /** 0 to 100 */
  readonly score: number;
  /** false when none of its metrics has a Pass, High, Low or NodataFailMetric */
  readonly counts: boolean;
}

/**
 * From verdicts on metrics to the verdict on the canary. Muted metrics take no part; those without data or with an
 * error take part in no group score.
 *
 * @throws CanaryError JUDGEMENT_FAILED when a metric that takes part is in no group
 */
export function scoreCanary(
  results: readonly CanaryAnalysisResult[],
  groupWeights: GroupWeights,
  thresholds: CanaryClassifierThresholdsConfig,
): Pick<CanaryJudgeResult, 'groupScores' | 'score'> {
  const scored = results.filter((result) => !result.muted);
  const groups = scoreGroups(scored);
  const failure = findFailure(scored);
  const score = failure === undefined ? roundHalfUp(weightedSum(groups, groupWeights)) : 0;
  return {
    groupScores: groups.map(({ name, score }) => ({ name, score, classification: '', classificationReason: '' })),
    score: { score, classification: verdictOf(score, thresholds), classificationReason: failure ?? '' },
  };
}

function scoreGroups(results: readonly CanaryAnalysisResult[]): GroupScore[] {
  const groups = new Map<string, { passed: number; counted: number }>();
  for (const result of results) {
    for (const name of groupsOf(result)) {
      const group = groups.get(name) ?? { passed: 0, counted: 0 };
      groups.set(name, group);
      if (result.classification === 'Nodata' || result.classification === 'Error') continue;
      group.counted++;
      if (result.classification === 'Pass') group.passed++;
    }
  }
  return groupOrder([...groups.keys()]).map((name) => {
    const { passed = 0, counted = 0 } = groups.get(name) ?? {};
    return { name, score: counted === 0 ? 0 : (passed / counted) * 100, counts: counted > 0 };
  });
}

function groupsOf(result: CanaryAnalysisResult): readonly string[] {
  if (result.groups !== undefined) return result.groups;
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `Metric '${result.name}' has no 'groups'; write the groups it counts in, [] for none, or mute it.`,
  );
}

/** Why the canary fails whatever its groups say. */
function findFailure(results: readonly CanaryAnalysisResult[]): string | undefined {
  const critical = results.find((result) => result.critical && result.classification !== 'Pass');
  if (critical !== undefined) return `Canary Failed: ${critical.classificationReason}`;
  const empty = results.filter((result) => result.classification === 'Nodata').length;
  return (empty / results.length) * 100 >= 50 ? 'Canary Failed: 50% or more metrics returned NODATA' : undefined;
}

/** Groups without a weight share what the others leave of 100. A group in which nothing counts passes. */
function weightedSum(groups: readonly GroupScore[], groupWeights: GroupWeights): number {
  const weights = new Map(Object.entries(groupWeights).map(([name, weight]) => [name, weight ?? 0]));
  const weighted = groupOrder([...weights.keys()]).reduce((sum, name) => sum + (weights.get(name) ?? 0), 0);
  const unweighted = groups.filter(({ name }) => !weights.has(name)).length;
  const share = unweighted > 0 ? (100 - weighted) / unweighted : 0;
  return groups.reduce(
    (sum, { name, score, counts }) => sum + (counts ? score : 100) * ((weights.get(name) ?? share) / 100),
    0,
  );
}

function verdictOf(score: number, { pass = 0, marginal = 0 }: CanaryClassifierThresholdsConfig): Verdict {
  if (score >= pass) return 'Pass';
  return score >= marginal ? 'Marginal' : 'Fail';
}
