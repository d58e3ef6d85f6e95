import type { CanaryClassifierThresholdsConfig } from './canary-config.ts';
import type { CanaryAnalysisResult, Verdict } from './canary-judge-result.ts';
import { type CoveredResult, coverageInWords, coverageOf, silenceInWords } from './coverage.ts';
import { roundHalfUp } from './values/round-half-up.ts';

/** The part of a metric's result that the score depends on. */
export type ScoredResult = CoveredResult & Pick<CanaryAnalysisResult, 'classificationReason' | 'groups' | 'critical'>;

export interface ScoreRules {
  readonly groupWeights: Readonly<Record<string, number | null>>;
  readonly thresholds: CanaryClassifierThresholdsConfig;
  /** the order in which weights are summed, since the last bits of a sum depend on it; absent: as they appear */
  readonly order?: (groups: readonly string[]) => readonly string[];
  /** a canary of which nothing counts fails; absent: it passes, as with Kayenta */
  readonly nothingFails?: true;
}

/** A group of metrics and its share of the score. */
export interface GroupScore {
  readonly name: string;
  /** 0 to 100 when the weights add up to 100; a group without a weight has a share of the rest */
  readonly weight: number;
  /** a warning counts half */
  readonly passed: number;
  /** metrics that count: not muted, with data, and comparable */
  readonly counted: number;
  /** 0 to 100; 0 when nothing counts, although the group then passes */
  readonly score: number;
}

export interface CanaryScore {
  readonly groups: readonly GroupScore[];
  /** 0 to 100 */
  readonly score: number;
  readonly verdict: Verdict;
  /** why the canary fails whatever its groups score */
  readonly failure?: string;
}

/** The outcome of a metric beyond its limits but within those of a warning. */
export const WARNING = 'Warning';

/** How much of a pass a metric is. */
export function creditOf({ classification, evidence }: Pick<ScoredResult, 'classification' | 'evidence'>): number {
  if (classification === 'Pass') return 1;
  return evidence?.outcome === WARNING ? 0.5 : 0;
}

const asTheyAppear = (groups: readonly string[]) => groups;

/**
 * Turns the metrics' verdicts into the canary's, by Kayenta's rules. Muted metrics are ignored; metrics without data or
 * with an error do not count in group scores.
 */
export function scoreCanary(results: readonly ScoredResult[], rules: ScoreRules): CanaryScore {
  const scored = results.filter((result) => !result.muted);
  const groups = scoreGroups(scored, rules);
  const nothing = rules.nothingFails && nothingCounts(scored, groups);
  const failure = nothing || findFailure(scored, rules);
  if (failure === undefined) {
    const score = roundHalfUp(weightedSum(groups));
    return { groups, score, verdict: verdictOf(score, rules.thresholds) };
  }
  // A threshold of 0 lets a score of 0 pass, but not nothing.
  return { groups, score: 0, verdict: nothing ? 'Fail' : verdictOf(0, rules.thresholds), failure };
}

function scoreGroups(results: readonly ScoredResult[], rules: ScoreRules): GroupScore[] {
  const { order = asTheyAppear } = rules;
  const tallies = new Map<string, { passed: number; counted: number }>();
  for (const result of results) {
    const { groups = [], classification } = result;
    for (const name of groups) {
      const tally = tallies.get(name) ?? { passed: 0, counted: 0 };
      tallies.set(name, tally);
      if (classification === 'Nodata' || classification === 'Error') continue;
      tally.counted++;
      tally.passed += creditOf(result);
    }
  }
  const names = order([...tallies.keys()]);
  const weightOf = weigh(names, rules);
  return names.map((name) => {
    const { passed = 0, counted = 0 } = tallies.get(name) ?? {};
    const score = counted === 0 ? 0 : (passed / counted) * 100;
    return { name, weight: weightOf(name), passed, counted, score };
  });
}

/** Groups without a weight share the rest of 100, after the weights of all others, even those without a metric. */
function weigh(
  groups: readonly string[],
  { groupWeights, order = asTheyAppear }: ScoreRules,
): (group: string) => number {
  const weights = new Map(Object.entries(groupWeights).map(([name, weight]) => [name, weight ?? 0]));
  const weighted = order([...weights.keys()]).reduce((sum, name) => sum + (weights.get(name) ?? 0), 0);
  const unweighted = groups.filter((name) => !weights.has(name)).length;
  const share = unweighted > 0 ? (100 - weighted) / unweighted : 0;
  return (group) => weights.get(group) ?? share;
}

/** Why a pass would be one over nothing. */
function nothingCounts(results: readonly ScoredResult[], groups: readonly GroupScore[]): string | undefined {
  const coverage = coverageOf(results);
  if (coverage.judged === 0) {
    const unpaired = results.find(({ evidence }) => evidence?.unpaired !== undefined)?.evidence?.unpaired;
    const critical = firstCritical(results)?.classificationReason;
    const words = `Canary Failed: ${coverageInWords(coverage)}`;
    const why = [silenceInWords(coverage), critical].filter(Boolean).join(' ');
    if (why === '') return unpaired === undefined ? words : `${words}: ${unpaired}`;
    return `${words}. ${why}`;
  }
  if (groups.some(({ counted, weight }) => counted > 0 && weight > 0)) return undefined;
  const critical = firstCritical(results);
  if (critical !== undefined) return undefined;
  return 'Canary Failed: no metric that could be judged is in a group with a weight';
}

function firstCritical(results: readonly ScoredResult[]): ScoredResult | undefined {
  return results.find((result) => result.critical && result.classification !== 'Pass');
}

/** Why the canary fails whatever its groups score. */
function findFailure(results: readonly ScoredResult[], { nothingFails }: ScoreRules): string | undefined {
  const silence = nothingFails && silenceInWords(coverageOf(results));
  const critical = firstCritical(results);
  if (critical !== undefined)
    return `Canary Failed: ${[silence, critical.classificationReason].filter(Boolean).join(' ')}`;
  const empty = results.filter((result) => result.classification === 'Nodata').length;
  return (empty / results.length) * 100 >= 50 ? 'Canary Failed: 50% or more metrics returned NODATA' : undefined;
}

/** A group in which nothing counts passes. */
function weightedSum(groups: readonly GroupScore[]): number {
  return groups.reduce((sum, { score, counted, weight }) => sum + (counted > 0 ? score : 100) * (weight / 100), 0);
}

function verdictOf(score: number, { pass = 0, marginal = 0 }: CanaryClassifierThresholdsConfig): Verdict {
  if (score >= pass) return 'Pass';
  return score >= marginal ? 'Marginal' : 'Fail';
}
