import type { CanaryAnalysisResult, CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import { coverageInWords, coverageOf, silenceInWords } from '../../src/domain/coverage.ts';
import { type ScoreRules, scoreCanary } from '../../src/domain/score.ts';
import { cappedScore, type Worst } from '../steps/capped-score.ts';
import { formatPercent } from '../steps/format-number.ts';
import { weightedScore } from '../steps/weighted-score.ts';
import type { Consequence, DecidedMetric } from './decided-metric.ts';
import { pInWords } from './explain-metric.ts';
import type { HaldaneSettings } from './haldane-settings.ts';
import type { JointChange } from './joint-change.ts';
import { isTested } from './tested-metric.ts';

export interface VerdictParts {
  readonly decided: readonly DecidedMetric[];
  /** In the order of `decided`. */
  readonly results: readonly CanaryAnalysisResult[];
  readonly rules: Omit<ScoreRules, 'order'>;
  readonly settings: HaldaneSettings;
  /** Of all metrics together, where none is flagged by itself. */
  readonly joint: JointChange | undefined;
}

type CanaryVerdict = Pick<CanaryJudgeResult, 'groupScores' | 'score'>;

/**
 * The verdict on the canary. Clients of Kayenta compare the score with the thresholds themselves, so the score says what the
 * verdict says: below the marginal threshold when a metric was flagged, below the pass threshold when nobody can tell.
 */
export function canaryVerdict(parts: VerdictParts): CanaryVerdict {
  const { results, rules, settings, joint } = parts;
  const weighted = scoreCanary(results.map(asScored), rules);
  const worst = worstOf(parts, joint, settings);
  const groupScores = weighted.groups.map(({ name, score }) => {
    return { name, score, classification: '', classificationReason: '' };
  });
  return { groupScores, score: cappedScore(weightedScore(weighted, results), worst, rules.thresholds) };
}

/** An inconclusive metric is not one without data: it does not count in its groups. */
function asScored(result: CanaryAnalysisResult): CanaryAnalysisResult {
  const isInconclusive = result.evidence?.outcome !== undefined && result.classification === 'Nodata';
  return { ...result, ...(isInconclusive && { classification: 'Error' }), groups: result.groups ?? [] };
}

function worstOf(
  { decided, results }: VerdictParts,
  joint: JointChange | undefined,
  { verdict, marginal }: HaldaneSettings,
): Worst {
  // By name: what is said of a canary does not depend on the order of its metrics.
  const counted = decided
    .filter(({ rules }) => !rules.muted)
    .toSorted((one, other) => (one.metric.name < other.metric.name ? -1 : 1));
  const having = (consequence: Consequence) => counted.filter(({ decision }) => decision.consequence === consequence);
  const judged = counted.filter(
    ({ decision: { clause }, test }) => clause === 'beyondLimit' || (isTested(test) && !UNJUDGED.includes(clause)),
  );
  const ended = counted.filter(({ decision }) => decision.clause === 'dataEnd');
  const atOnce = having('failsAtOnce');
  if (atOnce.length > 0) return { at: 'zero', reason: `Canary Failed, by a critical metric: ${failedNames(atOnce)}` };
  if (judged.length === 0) return { at: 'zero', reason: nothingJudged(results, ended, counted) };
  const failed = verdict === 'weightedScore' ? [] : having('fails');
  if (failed.length > 0) return { at: 'belowMarginal', reason: `Canary Failed: ${failedNames(failed)}` };
  if (joint && marginal === 'fail') return { at: 'belowMarginal', reason: `Canary Failed: ${jointInWords(joint)}` };
  const unsaid = halfUnsaid(ended, counted);
  if (unsaid !== undefined) return { at: 'belowPass', reason: `Marginal at best: ${unsaid}` };
  const doubtful = having('marginal');
  if (doubtful.length > 0) return { at: 'belowPass', reason: `Marginal at best: ${doubtfulNames(doubtful)}` };
  if (joint && marginal === 'inconclusive')
    return { at: 'belowPass', reason: `Marginal at best: ${jointInWords(joint)}` };
  return { at: 'asScored', reason: joint ? `Note: ${jointInWords(joint)}` : loweredBy(counted) };
}

/** Why half of the metrics or more say nothing of the canary. */
function halfUnsaid(ended: readonly DecidedMetric[], counted: readonly DecidedMetric[]): string | undefined {
  const same = counted.filter(({ metric }) => metric.sameQuestion).length;
  if (ended.length >= counted.length / 2) return endInWords(ended, counted);
  if (same < counted.length / 2) return undefined;
  return `both sides were asked the same question in ${same} of ${counted.length} metrics`;
}

function loweredBy(counted: readonly DecidedMetric[]): string {
  const lowering = counted.filter(
    ({ decision }) => decision.consequence !== 'none' && decision.classification !== 'Pass',
  );
  return lowering.length === 0 ? '' : `The score is lowered by ${failedNames(lowering)}`;
}

function nothingJudged(
  results: readonly CanaryAnalysisResult[],
  ended: readonly DecidedMetric[],
  counted: readonly DecidedMetric[],
): string {
  const coverage = coverageOf(results);
  const silence = silenceInWords(coverage) ?? (ended.length > 0 ? `${endInWords(ended, counted)}.` : undefined);
  const words = `Canary Failed: ${coverageInWords({ ...coverage, judged: 0 })}`;
  const unpaired =
    counted.find(({ metric }) => metric.unpaired !== undefined)?.metric.unpaired ??
    (counted.some(({ metric }) => metric.sameQuestion) ? 'both sides were asked the same question' : undefined);
  if (silence === undefined) return unpaired === undefined ? words : `${words}: ${unpaired}`;
  return `${words}. ${silence}`;
}

/** Tested perhaps, but it says nothing of the canary. */
const UNJUDGED: readonly string[] = [
  'noDataIsZero',
  'tooLittleTraffic',
  'doubtfulHarm',
  'dataEnd',
  'sameQuestion',
  'limitUnchecked',
];

/** "the data of the canary end early in 5 of 8 metrics" */
function endInWords(ended: readonly DecidedMetric[], counted: readonly DecidedMetric[]): string {
  const sides = new Set(ended.map(({ metric }) => metric.silentEnd?.side));
  const whose = sides.size > 1 ? 'one side' : sides.has('control') ? 'the baseline' : 'the canary';
  return `the data of ${whose} end early in ${ended.length} of ${counted.length} metrics`;
}

/** 'latency (High), errors (no data)' */
function failedNames(metrics: readonly DecidedMetric[]): string {
  return metrics.map(({ metric, decision }) => `${metric.name} (${wordOf(decision)})`).join(', ');
}

function wordOf({ clause, outcome, classification }: DecidedMetric['decision']): string {
  if (clause === 'limitUnchecked') return 'nothing to hold against its limits';
  return clause === 'noDataFails' ? 'no data' : (outcome ?? classification);
}

function doubtfulNames(metrics: readonly DecidedMetric[]): string {
  return metrics
    .map(
      ({ metric, decision }) =>
        `${metric.name} ${decision.outcome === 'Recovered' ? 'has recovered' : 'is inconclusive'}`,
    )
    .join(', ');
}

function jointInWords({ changes, deviates, p }: JointChange): string {
  const sizes = changes
    .toSorted((one, other) => one - other)
    .map((change) => `${change < 0 ? '−' : '+'}${formatPercent(Math.abs(change))}`);
  const each = deviates.every((deviate) => deviate > 0) ? 'are each' : 'are on the whole';
  return `${changes.length} metrics ${each} a little worse (${sizes.join(', ')}); together that is unlikely to be chance (${pInWords(p)})`;
}
