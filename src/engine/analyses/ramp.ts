import { DEFAULT_RAMP_MINUTES, type Ramp } from '../../domain/ramp.ts';
import type {
  AnalysisStage,
  CanaryAnalysisExecutionRequest,
  StandaloneAnalysis,
} from '../../domain/standalone-analysis.ts';
import { CanaryError } from '../../errors.ts';

const MINUTE = 60_000;

/**
 * A judgement as the steps of a ramp have it, by which the ramp is checked at its start.
 *
 * @param now milliseconds since 1970
 * @throws CanaryError REQUEST_INVALID for what has no meaning in a ramp, or is missing
 */
export function sampleOfRamp(request: CanaryAnalysisExecutionRequest, ramp: Ramp, now: number): AnalysisStage {
  const problem = problemOf(request, ramp);
  if (problem !== undefined) throw new CanaryError('REQUEST_INVALID', problem);
  const start = now + request.beginAfterMins * MINUTE;
  const window = { start, end: start + (request.analysisIntervalMins ?? 0) * MINUTE };
  return { type: 'runCanary', name: 'Run Canary #1', status: 'not_started', window };
}

function problemOf(request: CanaryAnalysisExecutionRequest, { shares = [] }: Ramp): string | undefined {
  const { scopes, thresholds, analysisIntervalMins = 0, lookbackMins } = request;
  const timed = (['startTimeIso', 'endTimeIso'] as const).find((field) =>
    scopes.some((scope) => scope[field] !== undefined),
  );
  if (timed !== undefined) {
    return `scopes: ${timed} has no meaning in a ramp, whose windows begin when a step is announced; leave it out.`;
  }
  if (lookbackMins > 0)
    return 'lookbackMins has no meaning in a ramp: a step is judged from its announcement; leave it out.';
  if (analysisIntervalMins === 0) {
    return 'analysisIntervalMins is missing; give the minutes after which a step is judged that names none itself.';
  }
  if (thresholds?.pass === undefined || thresholds.marginal === undefined) {
    return 'thresholds: a ramp needs pass and marginal, else no step could fail; give both, such as 95 and 75.';
  }
  const at = shares.findIndex((share, index) => share <= (shares[index - 1] ?? 0));
  if (at < 0) return undefined;
  return `ramp.shares[${at}]: ${shares[at]} does not rise above ${shares[at - 1]}; write them from the smallest to the largest.`;
}

/** When a ramp ends that nobody continues, in milliseconds since 1970. */
export function endOfRamp({ request, startTime, buildTime }: StandaloneAnalysis): number {
  return (startTime ?? buildTime) + (request.lifetimeDurationMins ?? DEFAULT_RAMP_MINUTES) * MINUTE;
}

/** Whether the last share of a ramp was judged, so that no step can follow. */
export function isComplete({ request, stages = [] }: StandaloneAnalysis): boolean {
  const last = request.ramp?.shares?.at(-1) ?? 100;
  return stages.some(
    ({ type, status, step }) => type === 'runCanary' && status === 'succeeded' && step?.share === last,
  );
}

/** How a ramp ends that nobody continued in time. */
export function forgotten({ stages = [] }: StandaloneAnalysis): CanaryError {
  const share = stages.findLast(({ step }) => step !== undefined)?.step?.share;
  const since = share === undefined ? 'No share of the traffic was announced' : `No step followed that at ${share} %`;
  return new CanaryError(
    'EXECUTION_ABANDONED',
    `${since} before the time of the ramp was over; start another, with a longer lifetimeDurationMins if it needs one.`,
  );
}
