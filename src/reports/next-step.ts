import type { NextStep, RampStepView } from '../domain/ramp.ts';
import type { CanaryAnalysisExecutionStatusResponse, CanaryExecutionResult } from '../domain/standalone-analysis.ts';
import type { VerdictReport } from '../domain/verdict-report.ts';
import { formatDuration, formatNumber } from './format.ts';
import { reportFailure } from './run-report.ts';
import { judgementAsRun, linksOf, small, type VerdictContext, verdictOfRun } from './run-verdict.ts';

type StageView = CanaryAnalysisExecutionStatusResponse['stageStatus'][number];

/** The latest step of a ramp, and what its judgement says. */
interface LatestStep {
  readonly step: RampStepView;
  readonly stage: StageView;
  /** absent until it has ended */
  readonly judged?: CanaryExecutionResult | undefined;
  readonly verdict: Pick<VerdictReport, 'verdict' | 'score' | 'failed' | 'reason'>;
}

interface NextStepContext extends VerdictContext {
  /** when the latest step is judged; undefined: there is none */
  readonly judgedAtMillis: number | undefined;
}

/** Whether a ramp may go on. Only a step that was judged, and passed, lets it. */
export async function nextStepOf(
  response: CanaryAnalysisExecutionStatusResponse,
  context: NextStepContext,
): Promise<NextStep> {
  const { ramp, thresholds } = response.canaryAnalysisExecutionRequest;
  const latest = await latestStep(response, context);
  const { verdict = 'running', score = null, failed = [] } = latest?.verdict ?? {};
  const done = response.complete;
  const ended = done && response.status !== 'succeeded' && verdict !== 'fail';
  const go = goOf(done, verdict, ended);
  const share = latest?.step.share ?? 0;
  const left =
    context.judgedAtMillis === undefined ? null : Math.ceil((context.judgedAtMillis - context.nowMillis) / 1000);
  return small({
    go,
    rollback: verdict === 'fail',
    verdict: ended ? (response.status === 'canceled' ? 'canceled' : 'error') : verdict,
    done,
    reason: reasonOf(response, latest, { go, ended, left }),
    step: latest?.step ?? null,
    nextShare: done ? null : (ramp?.shares?.find((planned) => planned > share) ?? null),
    score,
    thresholds: { pass: thresholds?.pass ?? null, marginal: thresholds?.marginal ?? null },
    failed,
    secondsLeft: go === 'wait' ? left && Math.max(0, left) : 0,
    minutesNeeded: minutesNeeded(latest?.judged),
    links: linksOfStep(response.pipelineId, latest?.stage.executionId, context),
  });
}

function goOf(done: boolean, verdict: VerdictReport['verdict'], ended: boolean): NextStep['go'] {
  if (ended) return 'no';
  if (verdict === 'pass') return 'yes';
  return verdict === 'running' && !done ? 'wait' : 'no';
}

async function latestStep(
  response: CanaryAnalysisExecutionStatusResponse,
  context: VerdictContext,
): Promise<LatestStep | undefined> {
  const stage = response.stageStatus.findLast(({ type, step }) => type === 'runCanary' && step !== undefined);
  if (stage?.step === undefined) return undefined;
  const { step, status, executionId } = stage;
  const { canaryExecutionResults = [] } = response.canaryAnalysisExecutionResult ?? response.resultsSoFar ?? {};
  const judged = canaryExecutionResults.find((result) => result.executionId === executionId);
  // Until the analysis itself says that the step has ended, what it found is not carried on.
  const isOpen = status === 'NOT_STARTED' || status === 'RUNNING';
  const run = { ...judgementAsRun(response, isOpen ? {} : (judged ?? {})), complete: !isOpen };
  const state = isOpen
    ? 'running'
    : status === 'CANCELED' || judged?.executionStatus === 'CANCELED'
      ? 'canceled'
      : 'succeeded';
  const verdict = await verdictOfRun({ ...run, status: state }, context);
  return { step, stage, judged: isOpen ? undefined : judged, verdict };
}

interface Decided {
  readonly go: NextStep['go'];
  readonly ended: boolean;
  readonly left: number | null;
}

function reasonOf(
  response: CanaryAnalysisExecutionStatusResponse,
  latest: LatestStep | undefined,
  { go, ended, left }: Decided,
): string {
  if (ended) return howItEnded(response);
  if (latest === undefined) return 'No share of the traffic was announced yet: announce the first one.';
  const { step, verdict } = latest;
  const name = `Step ${step.number} at ${formatNumber(step.share)} % of the traffic`;
  if (go === 'wait') {
    if (left === null || left <= 0) return `${name} is being judged.`;
    return `${name} is watched for ${formatDuration(left * 1000)} more, then judged.`;
  }
  if (go === 'yes') {
    const next = response.complete ? 'the ramp is over, promote the canary' : 'go on';
    return `${name} passed, ${next}: ${verdict.reason}`;
  }
  if (verdict.verdict === 'fail') return `${name} failed, roll back: ${verdict.reason}`;
  return `${name} did not pass, do not go on: ${verdict.reason}${remedyOf(response)}`;
}

function howItEnded({ status, exception }: CanaryAnalysisExecutionStatusResponse): string {
  if (status === 'canceled') return 'The ramp was canceled, so nothing may go on.';
  return `The ramp ended without a verdict: ${exception === undefined ? 'no reason is known' : reportFailure(exception).message}`;
}

function remedyOf({
  complete,
  canaryAnalysisExecutionRequest: { ramp },
}: CanaryAnalysisExecutionStatusResponse): string {
  if (complete || ramp?.shares !== undefined) return '';
  return ' To watch it longer, announce the same share with another Idempotency-Key.';
}

/** Of the metric that needs the longest; null when one never gets there, or nothing is known of it. */
function minutesNeeded(judged: CanaryExecutionResult | undefined): number | null {
  const counted = (judged?.result?.judgeResult.results ?? []).filter(({ muted }) => !muted);
  const minutes = counted.map(({ evidence }) => Number(evidence?.minutesToDecision ?? Number.NaN));
  const most = Math.max(...minutes);
  return minutes.length > 0 && Number.isFinite(most) ? Math.ceil(most) : null;
}

function linksOfStep(id: string, executionId: string | undefined, context: VerdictContext): NextStep['links'] {
  const { report } = linksOf(id, context);
  return { report, judgement: executionId === undefined ? null : linksOf(executionId, context).report };
}
