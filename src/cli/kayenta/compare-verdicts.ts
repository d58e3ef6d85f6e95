import type { CanaryAnalysisResult, CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { compareSeries, type SeriesComparison } from './compare-series.ts';

/** One metric under both judges. A side without a label has no such metric. */
export interface MetricComparison {
  readonly metric: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kayenta?: MetricVerdict;
  readonly haldane?: MetricVerdict;
  /** only where the series were fetched anew: else both verdicts are on the same ones */
  readonly series?: SeriesComparison;
  readonly equal: boolean;
}

/** The series of both verdicts. */
export interface BothSeries {
  /** absent: Kayenta has them no more */
  readonly kayenta: readonly MetricSetPair[] | undefined;
  readonly haldane: readonly MetricSetPair[];
}

interface MetricVerdict {
  readonly classification: string;
  /** mean of experiment over mean of control */
  readonly ratio?: number;
}

interface Score {
  readonly score: number;
  readonly classification: string;
}

/** A run under both judges. */
export interface VerdictComparison {
  readonly metrics: readonly MetricComparison[];
  readonly score: { readonly kayenta: Score; readonly haldane: Score; readonly equal: boolean };
  readonly equal: boolean;
}

/**
 * Compares two verdicts. Metrics are equal when their labels are, runs when their metrics, score and label are. Ratios
 * are shown only: when both sides are constant, Kayenta adds random noise to them.
 *
 * @param series given when the series were fetched anew: pairs have other ids then, and are matched by name and tags
 */
export function compareVerdicts(
  kayenta: CanaryJudgeResult,
  haldane: CanaryJudgeResult,
  series?: BothSeries,
): VerdictComparison {
  const ours = keyed(haldane.results, series !== undefined);
  const theirs = keyed(kayenta.results, series !== undefined);
  const keys = [...theirs.keys(), ...[...ours.keys()].filter((key) => !theirs.has(key))];
  const metrics = keys.map((key) => compareMetric(theirs.get(key), ours.get(key), series));
  const [one, other] = [scoreOf(kayenta), scoreOf(haldane)];
  const score = {
    kayenta: one,
    haldane: other,
    equal: one.classification === other.classification && one.score === other.score,
  };
  return { metrics, score, equal: score.equal && metrics.every(({ equal }) => equal) };
}

function compareMetric(
  one: CanaryAnalysisResult | undefined,
  other: CanaryAnalysisResult | undefined,
  series: BothSeries | undefined,
): MetricComparison {
  const { name = '', tags = {} } = one ?? other ?? {};
  const pairOf = (pairs: readonly MetricSetPair[] = [], id: string | undefined) => pairs.find((pair) => pair.id === id);
  return {
    metric: name,
    tags,
    ...(one === undefined ? {} : { kayenta: verdictOf(one) }),
    ...(other === undefined ? {} : { haldane: verdictOf(other) }),
    ...(series === undefined
      ? {}
      : { series: compareSeries(pairOf(series.kayenta, one?.id), pairOf(series.haldane, other?.id)) }),
    equal: one?.classification === other?.classification,
  };
}

/** Results by the id of the judged pair, else by name and tags; further ones of the same key are numbered. */
function keyed(results: readonly CanaryAnalysisResult[], byName: boolean): Map<string, CanaryAnalysisResult> {
  const found = new Map<string, CanaryAnalysisResult>();
  for (const result of results) {
    const { id, name, tags = {} } = result;
    const key = byName || id === undefined ? JSON.stringify([name, Object.entries(tags).sort()]) : id;
    let number = 1;
    while (found.has(`${key} ${number}`)) number += 1;
    found.set(`${key} ${number}`, result);
  }
  return found;
}

function verdictOf({ classification, resultMetadata }: CanaryAnalysisResult): MetricVerdict {
  const ratio = resultMetadata?.ratio;
  return { classification, ...(ratio === undefined ? {} : { ratio }) };
}

function scoreOf({ score: { score, classification } }: CanaryJudgeResult): Score {
  return { score, classification };
}
