import type { CanaryAnalysisResult, CanaryJudgeResult } from '../../domain/canary-judge-result.ts';

/** One metric under both judges. A side without a label has no such metric. */
export interface MetricComparison {
  readonly metric: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kayenta?: MetricVerdict;
  readonly haldane?: MetricVerdict;
  readonly equal: boolean;
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
 * Compares two verdicts on the same series. Metrics are equal when their labels are, runs when their metrics, score and
 * label are. Ratios are shown only: when both sides are constant, Kayenta adds random noise to them.
 */
export function compareVerdicts(kayenta: CanaryJudgeResult, haldane: CanaryJudgeResult): VerdictComparison {
  const others = new Map(haldane.results.map((result) => [keyOf(result), result]));
  const keys = new Set(kayenta.results.map(keyOf));
  const metrics = [
    ...kayenta.results.map((result) => compareMetric(result, others.get(keyOf(result)))),
    ...haldane.results.filter((result) => !keys.has(keyOf(result))).map((result) => compareMetric(undefined, result)),
  ];
  const [one, other] = [scoreOf(kayenta), scoreOf(haldane)];
  const score = {
    kayenta: one,
    haldane: other,
    equal: one.classification === other.classification && one.score === other.score,
  };
  return { metrics, score, equal: score.equal && metrics.every(({ equal }) => equal) };
}

function compareMetric(one: CanaryAnalysisResult | undefined, other: CanaryAnalysisResult | undefined) {
  const { name = '', tags = {} } = one ?? other ?? {};
  return {
    metric: name,
    tags,
    ...(one === undefined ? {} : { kayenta: verdictOf(one) }),
    ...(other === undefined ? {} : { haldane: verdictOf(other) }),
    equal: one?.classification === other?.classification,
  };
}

/** The id of the judged pair; verdicts without one are matched by name and tags. */
function keyOf({ id, name, tags = {} }: CanaryAnalysisResult): string {
  return id ?? JSON.stringify([name, Object.entries(tags).sort()]);
}

function verdictOf({ classification, resultMetadata }: CanaryAnalysisResult): MetricVerdict {
  const ratio = resultMetadata?.ratio;
  return { classification, ...(ratio === undefined ? {} : { ratio }) };
}

function scoreOf({ score: { score, classification } }: CanaryJudgeResult): Score {
  return { score, classification };
}
