import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryScopePair } from '../../domain/canary-scope.ts';
import type {
  AnalysisStage,
  CanaryAnalysisExecutionRequest,
  CanaryAnalysisExecutionRequestScope,
} from '../../domain/standalone-analysis.ts';
import { hasInstant, instantMillis, toInstant } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';

const MINUTE = 60_000;

/** Every step reads and writes the whole plan: with more judgements than this the service would do little else. */
const MAX_JUDGEMENTS = 2000;

/**
 * The waits and judgements of an analysis, in order. Windows are fixed here; waiting does not move them.
 *
 * @param now milliseconds since 1970: the start of an analysis that gives none
 * @throws CanaryError REQUEST_INVALID when there is nothing to judge
 */
export function planStages(request: CanaryAnalysisExecutionRequest, now: number): AnalysisStage[] {
  if (request.ramp !== undefined) return []; // its stages come as its steps are announced
  const { start, end } = timesOf(request);
  const from = start ?? now;
  const lifetime = lifetimeMinutes(request, from, end);
  refuseOtherYears(request, from, lifetime);
  const asked = request.analysisIntervalMins ?? 0;
  const interval = asked === 0 || asked > lifetime ? lifetime : asked;
  const count = Math.floor(lifetime / interval);
  if (count > MAX_JUDGEMENTS) {
    throw new CanaryError('REQUEST_INVALID', `${count} judgements are too many; lengthen analysisIntervalMins`);
  }
  const warmUp = request.beginAfterMins > 0 ? [wait('Warmup Wait', request.beginAfterMins)] : [];
  const judgements = Array.from({ length: count }, (_, index) => {
    const window = windowOf(request, {
      from,
      shift: end === undefined ? request.beginAfterMins : 0,
      elapsed: (index + 1) * interval,
    });
    const run: AnalysisStage = { type: 'runCanary', name: `Run Canary #${index + 1}`, status: 'not_started', window };
    return end === undefined ? [wait(`Interval Wait #${index + 1}`, interval), run] : [run];
  });
  return [...warmUp, ...judgements.flat()];
}

/** A judgement's request: the first scope's times and step apply to all. */
export function judgementRequest(
  request: CanaryAnalysisExecutionRequest,
  window: { start: number; end: number },
): CanaryExecutionRequest {
  const step = request.scopes[0]?.step ?? 60;
  const scopes = request.scopes.map((scope): [string, CanaryScopePair] => [
    scope.scopeName,
    {
      controlScope: sideOf(scope, 'control', window, step),
      experimentScope: sideOf(scope, 'experiment', window, step),
    },
  ]);
  return {
    scopes: Object.fromEntries(scopes),
    ...(request.baseline === undefined ? {} : { baseline: request.baseline }),
    ...(request.thresholds === undefined ? {} : { thresholds: request.thresholds }),
    ...(request.siteLocal === undefined ? {} : { siteLocal: request.siteLocal }),
  };
}

/** The control window of a judgement, of the first scope. */
export function controlWindow({ scopes }: CanaryAnalysisExecutionRequest, window: { start: number; end: number }) {
  const offset = (scopes[0]?.controlOffsetInMinutes ?? 0) * MINUTE;
  return { start: window.start - offset, end: window.end - offset };
}

function timesOf(request: CanaryAnalysisExecutionRequest) {
  const first = firstScope(request);
  const millis = (instant: string | undefined) => (instant === undefined ? undefined : instantMillis(instant));
  return { start: millis(first.startTimeIso), end: millis(first.endTimeIso) };
}

/** @throws CanaryError REQUEST_INVALID when there is none, or one whose name cannot be that of a scope */
export function firstScope({ scopes }: CanaryAnalysisExecutionRequest): CanaryAnalysisExecutionRequestScope {
  const [first] = scopes;
  if (first === undefined) {
    throw new CanaryError('REQUEST_INVALID', 'Canary stage configuration must contain at least one scope.');
  }
  // The name becomes a key of the requests of the runs.
  const lost = scopes.findIndex(({ scopeName }) => scopeName === '__proto__');
  if (lost >= 0) {
    const field = `scopes[${lost}].scopeName`;
    throw new CanaryError('REQUEST_INVALID', `${field}: nothing can be called __proto__; choose another name`);
  }
  return first;
}

/** @param end absent: the lifetime says how long */
function lifetimeMinutes(request: CanaryAnalysisExecutionRequest, from: number, end: number | undefined) {
  const lifetime = end === undefined ? request.lifetimeDurationMins : Math.trunc((end - from) / MINUTE);
  if (lifetime === undefined) {
    throw new CanaryError(
      'REQUEST_INVALID',
      'Canary StageExecution configuration must include either `endTime` or `lifetimeDuration`. ' +
        'Give scopes[0].endTimeIso, or lifetimeDurationMins.',
    );
  }
  if (lifetime >= 1) return lifetime;
  throw new CanaryError('REQUEST_INVALID', tooShort(request, from, end));
}

function tooShort({ scopes: [first], ...request }: CanaryAnalysisExecutionRequest, from: number, end?: number): string {
  if (end === undefined) return `lifetimeDurationMins is ${request.lifetimeDurationMins}; give at least 1.`;
  const start =
    first?.startTimeIso === undefined
      ? `the start, which is now (${toInstant(from)}) because startTimeIso is missing; give startTimeIso`
      : `startTimeIso ${toInstant(from)}`;
  if (end > from) return `scopes[0].endTimeIso ${toInstant(end)} is less than a minute after ${start}.`;
  if (end === from) return `scopes[0].endTimeIso is the same as ${start}; give the window a length.`;
  return `scopes[0].endTimeIso ${toInstant(end)} is before ${start}${first?.startTimeIso ? '; swap them' : ''}.`;
}

function windowOf(
  { lookbackMins }: CanaryAnalysisExecutionRequest,
  { from, shift, elapsed }: { from: number; shift: number; elapsed: number },
) {
  const end = from + (shift + elapsed) * MINUTE;
  return { start: lookbackMins > 0 ? end - lookbackMins * MINUTE : from + shift * MINUTE, end };
}

/** @throws CanaryError REQUEST_INVALID when a window would reach a year that has no four digits */
function refuseOtherYears(
  { scopes, ...request }: CanaryAnalysisExecutionRequest,
  from: number,
  lifetime: number,
): void {
  const offset = scopes.reduce((most, scope) => Math.max(most, scope.controlOffsetInMinutes), 0);
  const first = from - (request.lookbackMins + offset) * MINUTE;
  const last = from + (request.beginAfterMins + lifetime) * MINUTE;
  if (hasInstant(first) && hasInstant(last)) return;
  throw new CanaryError('REQUEST_INVALID', 'The windows reach beyond the years 0 to 9999; check startTimeIso.');
}

function wait(name: string, minutes: number): AnalysisStage {
  return { type: 'wait', name, status: 'not_started', waitMillis: minutes * MINUTE };
}

function sideOf(
  scope: CanaryAnalysisExecutionRequestScope,
  side: 'control' | 'experiment',
  window: { start: number; end: number },
  step: number,
) {
  const offset = side === 'control' ? scope.controlOffsetInMinutes * MINUTE : 0;
  const location = side === 'control' ? scope.controlLocation : scope.experimentLocation;
  const name = side === 'control' ? scope.controlScope : scope.experimentScope;
  return {
    ...(name === undefined ? {} : { scope: name }),
    ...(location === undefined ? {} : { location }),
    start: toInstant(window.start - offset),
    end: toInstant(window.end - offset),
    step,
    extendedScopeParams: scope.extendedScopeParams,
  };
}
