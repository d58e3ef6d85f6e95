import type { NextStep, RampStep } from '../../domain/ramp.ts';
import type { StandaloneAnalysis } from '../../domain/standalone-analysis.ts';
import { CanaryError } from '../../errors.ts';

/** Every step reads and writes all of them. */
const MOST_JUDGEMENTS = 500;

/** A share of the traffic, as somebody announces it. */
export interface AskedStep {
  /** percent */
  readonly share: number;
  readonly minutes?: number | undefined;
  /** the same key announces once */
  readonly key?: string | undefined;
  /** announce it although the step before has not passed */
  readonly override: boolean;
}

/** Whether it was announced before. @throws CanaryError IDEMPOTENCY_KEY_REUSED */
export function announcedBefore(analysis: StandaloneAnalysis, { share, key }: AskedStep): boolean {
  const steps = stepsOf(analysis);
  if (key === undefined) return steps.at(-1)?.share === share;
  const known = steps.find((step) => step.key === key);
  if (known === undefined || known.share === share) return known !== undefined;
  throw new CanaryError(
    'IDEMPOTENCY_KEY_REUSED',
    `The Idempotency-Key '${key}' announced ${known.share} %, not ${share} %; use another one for another step.`,
  );
}

/** @throws CanaryError STEP_REFUSED or REQUEST_INVALID, with what to do instead. @param before what holds before it */
export function refuseStep(analysis: StandaloneAnalysis, asked: AskedStep, before: NextStep): void {
  const { shares } = analysis.request.ramp ?? {};
  const { share } = asked;
  if (before.done) throw refused(`The ramp has ended, so no step can follow. ${before.reason}`);
  if (shares?.includes(share) === false) {
    throw new CanaryError(
      'REQUEST_INVALID',
      `share: ${share} is none of the shares of this ramp: ${shares.join(', ')}.`,
    );
  }
  const latest = stepsOf(analysis).at(-1);
  if (latest === undefined) return;
  if (stepsOf(analysis).length >= MOST_JUDGEMENTS) {
    throw refused(`This ramp has ${MOST_JUDGEMENTS} judgements, and can have no more; start another.`);
  }
  if (share < latest.share) {
    throw refused(
      `share: ${share} is below the ${latest.share} that was announced last, and a ramp only rises. ` +
        'If the traffic was taken back, cancel this analysis, and start another for the next attempt.',
    );
  }
  if (share === latest.share) refuseAgain(analysis, latest, before);
  else if (before.go !== 'yes' && !asked.override) {
    throw refused(
      `${before.reason} Announce ${share} % after that, or with "override": true if the traffic has moved.`,
    );
  }
}

/** The same share again, with another key: it is watched longer. */
function refuseAgain(
  { request, stages = [] }: StandaloneAnalysis,
  { share }: RampStep,
  { go, reason }: NextStep,
): void {
  if (go === 'wait') throw refused(`share: ${share} is announced and not judged yet. ${reason}`);
  if (request.ramp?.shares === undefined) return;
  const wasJudged = stages.some(({ status, step }) => status === 'succeeded' && step?.share === share);
  if (!wasJudged) return;
  throw refused(
    `share: ${share} was judged, and with planned shares each is judged once; announce the next one, ` +
      'or start the ramp without ramp.shares to judge one again.',
  );
}

function stepsOf({ stages = [] }: StandaloneAnalysis): RampStep[] {
  return stages.flatMap(({ type, step }) => (type === 'runCanary' && step !== undefined ? [step] : []));
}

function refused(message: string): CanaryError {
  return new CanaryError('STEP_REFUSED', message);
}
