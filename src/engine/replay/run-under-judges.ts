import type { CanaryAnalysisResult, CanaryJudgeResult, Verdict } from '../../domain/canary-judge-result.ts';
import { VERDICTS } from '../../domain/canary-judge-result.ts';
import { coverageOf, isOverNothing } from '../../domain/coverage.ts';
import type { ChangedMetric, JudgedSide, JudgedVerdict, RunUnderJudges } from '../../domain/judge-diff.ts';
import type { Run } from '../../domain/run.ts';
import { toInstant } from '../../domain/values/instant.ts';

/** The run with both verdicts, and what they call differently. */
export function runUnderJudges(run: Run, left: CanaryJudgeResult, right: CanaryJudgeResult): RunUnderJudges {
  const [one, other] = [toSide(left), toSide(right)];
  return {
    ...namesOf(run),
    ...{ left: one, right: other, changed: one.verdict !== other.verdict },
    metrics: changedMetrics(left.results, right.results),
  };
}

/** A run that one of the two could not judge. */
export function notJudged(run: Run, reason: string, left?: CanaryJudgeResult): RunUnderJudges {
  const side = left === undefined ? {} : { left: toSide(left) };
  return { ...namesOf(run), ...side, changed: false, metrics: [], notJudged: reason };
}

function namesOf({ id, application, canaryConfigId, config, buildTime }: Run) {
  const named = config.name === undefined ? {} : { config: config.name };
  return { runId: id, application, canaryConfigId, ...named, buildTimeIso: toInstant(buildTime) };
}

function toSide({ judgeName, score, results }: CanaryJudgeResult): JudgedSide {
  const { score: points, classification, classificationReason } = score;
  return {
    judge: judgeName,
    verdict: verdictOf(classification, isOverNothing(coverageOf(results))),
    score: points,
    reason: classificationReason,
  };
}

/** A word that no judge here writes is no pass. */
function verdictOf(classification: string, overNothing: boolean): JudgedVerdict {
  if (classification === 'Pass' && overNothing) return 'Nothing judged';
  return (VERDICTS as readonly string[]).includes(classification) ? (classification as Verdict) : 'Nothing judged';
}

function changedMetrics(
  left: readonly CanaryAnalysisResult[],
  right: readonly CanaryAnalysisResult[],
): ChangedMetric[] {
  const [ofLeft, ofRight] = [byKey(left), byKey(right)];
  return [...new Set([...ofLeft.keys(), ...ofRight.keys()])].flatMap((key) => {
    const [one, other] = [ofLeft.get(key), ofRight.get(key)];
    return one?.classification === other?.classification ? [] : [changedMetric(one, other)];
  });
}

function changedMetric(left: CanaryAnalysisResult | undefined, right: CanaryAnalysisResult | undefined): ChangedMetric {
  const { name = '', tags = {} } = left ?? right ?? {};
  return {
    name,
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...(left && { left: left.classification }),
    ...(right && { right: right.classification }),
    ...(left?.classificationReason && { leftReason: left.classificationReason }),
    ...(right?.classificationReason && { rightReason: right.classificationReason }),
  };
}

/** By the pair that was judged, else by name and labels. */
function byKey(results: readonly CanaryAnalysisResult[]): Map<string, CanaryAnalysisResult> {
  return new Map(
    results.map((result) => [
      result.id ?? JSON.stringify([result.name, Object.entries(result.tags ?? {}).toSorted()]),
      result,
    ]),
  );
}
