import type { CanaryExecutionRequest } from '../domain/canary-execution-request.ts';
import { type RampTime, rampTimes } from '../domain/ramp-times.ts';
import type { TimeToDecision } from '../domain/time-to-decision.ts';
import { instantMillis } from '../domain/values/instant.ts';
import { count, formatDuration } from './format.ts';

const MOST_NAMED = 3;
/** As much traffic as the baseline. */
const EQUAL_PERCENT = 50;

/** How long a run's metrics need, a sentence each; none where the judge forecasts nothing. */
export function decisionTimeInWords(time: TimeToDecision | undefined, ramp: readonly RampTime[] = []): string[] {
  if (time === undefined) return [];
  const { minutes, metric = '', never } = time;
  return [
    ...(minutes === undefined ? [] : [slowestInWords(minutes, metric)]),
    ...neverInWords(never),
    ...rampInWords(ramp),
  ];
}

function slowestInWords(minutes: number, metric: string): string {
  if (minutes === 0) return 'a change of the allowed size would already have been found, with 90 % probability';
  return `about ${formatDuration(Math.ceil(minutes) * 60_000)} more until a change of the allowed size would be found, with 90 % probability; ${metric} needs longest`;
}

function neverInWords(never: readonly string[]): string[] {
  if (never.length === 0) return [];
  const named = never.slice(0, MOST_NAMED).join(', ');
  const more = never.length > MOST_NAMED ? ` and ${count(never.length - MOST_NAMED, 'other')}` : '';
  return [`however long the window, not in ${named}${more}: allow a larger change there`];
}

function rampInWords(ramp: readonly RampTime[]): string[] {
  const steps = ramp.flatMap(({ percent, minutes }) =>
    minutes === undefined ? [] : [`${formatDuration(Math.ceil(minutes) * 60_000)} at ${percent} %`],
  );
  return steps.length === 0 ? [] : [`a ramp of the traffic would need ${steps.join(', ')}`];
}

/**
 * How long the steps of a ramp must be, from how long this window would have had to be; undefined where that is not known,
 * or the judge forecasts nothing.
 */
export function rampOf(
  { scopes = {}, trafficPercent = EQUAL_PERCENT }: CanaryExecutionRequest,
  time: TimeToDecision | undefined,
): RampTime[] | undefined {
  const [{ experimentScope: { start, end } = {} } = {}] = Object.values(scopes);
  const isKnown = start !== undefined && end !== undefined && trafficPercent > 0 && trafficPercent < 100;
  if (time?.minutes === undefined || !isKnown) return undefined;
  const windowMinutes = (instantMillis(end) - instantMillis(start)) / 60_000;
  return rampTimes({ minutes: windowMinutes + time.minutes, percent: trafficPercent });
}
