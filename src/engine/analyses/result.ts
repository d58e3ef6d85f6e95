import type { CanaryClassifierThresholdsConfig } from '../../domain/canary-config.ts';
import type { Run } from '../../domain/run.ts';
import type {
  CanaryAnalysisExecutionRequest,
  CanaryAnalysisExecutionResult,
  CanaryExecutionResult,
} from '../../domain/standalone-analysis.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { times } from '../answers/times.ts';
import type { Judgement } from './judgement.ts';
import { controlWindow } from './plan.ts';

const FEW_POINTS = 50;
const FEW_POINTS_WARNING = `One of the metrics returned fewer than ${FEW_POINTS} data points, which can reduce confidence in the final canary score.`;

interface ResultOptions {
  readonly request: CanaryAnalysisExecutionRequest;
  readonly judgements: readonly Judgement[];
  /** the metrics store chooses how close its points are, so few of them say nothing */
  readonly ownResolution: boolean;
}

/** The result of an analysis's judgements: the last score decides. */
export function analysisResult({ request, judgements, ownResolution }: ResultOptions): CanaryAnalysisExecutionResult {
  const canaryExecutionResults = judgements.map((judgement) => judgementResult(request, judgement, ownResolution));
  const canaryScores = judgements.map(({ run }) => scoreOf(run));
  const { passed, message } = verdictOf(canaryScores.at(-1) ?? 0, request.thresholds);
  return {
    didPassThresholds: passed,
    hasWarnings: canaryExecutionResults.some(({ warnings }) => warnings.length > 0),
    canaryScoreMessage: withReason(message, judgements.at(-1)),
    canaryScores,
    canaryExecutionResults,
  };
}

/** Whether an analysis ends after this judgement: a run without a verdict, or a score that is not above marginal. */
export function endsEarly(run: Run, { marginal }: CanaryClassifierThresholdsConfig): boolean {
  return run.result === undefined || (marginal !== undefined && !(scoreOf(run) > marginal));
}

/** Why no further judgement was made, if the judge said so. */
function withReason(message: string, last: Judgement | undefined): string {
  const { settled } = last?.run.result?.judgeResult.look ?? {};
  return settled === undefined ? message : `${message} ${settled}`;
}

function scoreOf({ result }: Run): number {
  return result?.judgeResult.score.score ?? 0;
}

function verdictOf(final: number, thresholds: CanaryClassifierThresholdsConfig | undefined) {
  const score = `Final canary score ${Number.isInteger(final) ? final.toFixed(1) : final}`;
  if (thresholds?.marginal === undefined) return { passed: true, message: 'No score thresholds were specified.' };
  // A score that is no number, as 0.1.0 stored them, is not above anything.
  if (!(final > thresholds.marginal)) {
    return { passed: false, message: `${score} is not above the marginal score threshold.` };
  }
  if (thresholds.pass === undefined) return { passed: true, message: 'No pass score threshold was specified.' };
  if (!(final >= thresholds.pass)) return { passed: false, message: `${score} is below the pass score threshold.` };
  return { passed: true, message: `${score} met or exceeded the pass score threshold.` };
}

function judgementResult(
  request: CanaryAnalysisExecutionRequest,
  { run, window }: Judgement,
  ownResolution: boolean,
): CanaryExecutionResult {
  const { exception, result, metricSetPairListId, configurationAccountName } = run;
  const few = result?.judgeResult.results.some(({ controlMetadata }) => controlMetadata.stats.count < FEW_POINTS);
  const control = controlWindow(request, window);
  return {
    executionId: run.id,
    executionStatus: run.status.toUpperCase() as CanaryExecutionResult['executionStatus'],
    ...(exception === undefined ? {} : { exception }),
    ...(result === undefined ? {} : { result }),
    warnings: [...(few && !ownResolution ? [FEW_POINTS_WARNING] : []), ...(run.warnings ?? [])],
    ...(metricSetPairListId === undefined ? {} : { metricSetPairListId }),
    judgementStartTimeIso: toInstant(control.start),
    judgementStartTimeMillis: control.start,
    judgementEndTimeIso: toInstant(control.end),
    judgementEndTimeMillis: control.end,
    buildTimeMillis: run.buildTime,
    buildTimeIso: toInstant(run.buildTime),
    ...times('start', run.startTime),
    ...times('end', run.endTime),
    storageAccountName: run.storageAccountName,
    ...(configurationAccountName === undefined ? {} : { configurationAccountName }),
  };
}
