import type { Baseline, BaselineKind, BaselineWindow } from '../../domain/baseline.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryScope, CanaryScopePair } from '../../domain/canary-scope.ts';
import type { RunStore } from '../../domain/stores.ts';
import { hasInstant, instantMillis, toInstant } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';
import { type ForRelease, goodReleases } from './good-releases.ts';

const MINUTE = 60_000;

/** The fields of each kind. */
const FIELDS: Readonly<Record<BaselineKind, readonly (keyof Baseline)[]>> = {
  earlier: ['offsets'],
  goodReleases: ['releases'],
  sameAge: ['controlSince', 'experimentSince'],
};

export interface ToResolve extends Omit<ForRelease, 'releases' | 'before'> {}

/**
 * The request of a run whose baseline is history, with the windows that it is: the newest as the control scopes, all of
 * them in `baseline.windows`. A request without a baseline stays as it is, and so does a pair without a window of its
 * canary, which is refused later.
 *
 * @throws CanaryError REQUEST_INVALID naming the field; also when there is no earlier release at all
 */
export async function resolveBaseline<Start extends ToResolve>(
  start: Start,
  store: Pick<RunStore, 'lines'>,
  nowMillis: number,
): Promise<Start> {
  const { baseline, ...request } = start.request;
  if (baseline === undefined) return start;
  checkFields(baseline);
  const { windows, missing } = await windowsOf(baseline, start, { store, nowMillis });
  const [newest] = windows;
  const { windows: _, missing: _before, ...asked } = baseline;
  if (newest === undefined) return { ...start, request: { ...request, baseline: asked } };
  const scopes = Object.entries(request.scopes ?? {}).map(([name, pair]): [string, CanaryScopePair] => {
    const control = newest.scopes[name];
    if (baseline.kind !== 'goodReleases') checkOwnWindow(name, pair, control?.start);
    return [name, control === undefined ? pair : { ...pair, controlScope: control }];
  });
  const resolved = { ...asked, windows, ...(missing.length === 0 ? {} : { missing }) };
  return { ...start, request: { ...request, scopes: Object.fromEntries(scopes), baseline: resolved } };
}

function checkFields(baseline: Baseline): void {
  const { kind } = baseline;
  for (const field of Object.values(FIELDS).flat()) {
    if (FIELDS[kind].includes(field) || baseline[field] === undefined) continue;
    const its = Object.entries(FIELDS).find(([, fields]) => fields.includes(field))?.[0];
    invalid(`baseline.${field} belongs to the kind '${its}', and baseline.kind is '${kind}'; leave one of them out.`);
  }
  if (kind === 'earlier' && baseline.offsets === undefined) {
    invalid('baseline.offsets is missing; say how long before, such as ["24h"], or ["24h", "48h", "72h"].');
  }
  if (kind === 'goodReleases' && baseline.releases === undefined) {
    invalid('baseline.releases is missing; say how many earlier releases, such as 3.');
  }
  if (kind === 'sameAge' && baseline.controlSince === undefined) {
    invalid('baseline.controlSince is missing; say when the baseline was deployed, such as 2026-01-01T00:00:00Z.');
  }
}

interface Found {
  readonly windows: readonly BaselineWindow[];
  readonly missing: readonly string[];
}

async function windowsOf(
  baseline: Baseline,
  start: ToResolve,
  { store, nowMillis }: { readonly store: Pick<RunStore, 'lines'>; readonly nowMillis: number },
): Promise<Found> {
  const { request } = start;
  if (baseline.kind === 'goodReleases') {
    return goodReleases({ ...start, releases: baseline.releases ?? 1, before: nowMillis }, store);
  }
  const windows = baseline.kind === 'earlier' ? earlierWindows(request, baseline) : [sameAgeWindow(request, baseline)];
  return { windows: windows.filter(({ scopes }) => Object.keys(scopes).length > 0), missing: [] };
}

/** The same minutes before, the newest first. */
function earlierWindows(request: CanaryExecutionRequest, { offsets = [] }: Baseline): BaselineWindow[] {
  const sorted = offsets.toSorted((one, other) => one - other);
  const twice = sorted.find((offset, index) => offset === sorted[index - 1]);
  if (twice !== undefined) invalid(`baseline.offsets has ${inWords(twice)} twice; give each once.`);
  return sorted.map((minutes) => {
    const name = `${inWords(minutes)} earlier`;
    return { name, scopes: controlScopes(request, name, (window) => shifted(window, minutes)) };
  });
}

function shifted({ startMillis, endMillis, name }: Window, minutes: number): number {
  const length = endMillis - startMillis;
  if (minutes * MINUTE >= length) return startMillis - minutes * MINUTE;
  return invalid(
    `baseline.offsets: ${inWords(minutes)} is shorter than the window of scopes.${name}, ${inWords(length / MINUTE)}: ` +
      `baseline and canary would share time. Give ${inWords(Math.ceil(length / MINUTE))} or more.`,
  );
}

/** The baseline's own minutes since its deployment that are as old as the canary's. */
function sameAgeWindow(
  request: CanaryExecutionRequest,
  { controlSince = '', experimentSince }: Baseline,
): BaselineWindow {
  const name = `at the same age, deployed ${controlSince}`;
  const scopes = controlScopes(request, name, ({ name: scope, startMillis }) => {
    const deployed = experimentSince === undefined ? startMillis : instantMillis(experimentSince);
    const age = startMillis - deployed;
    if (age >= 0) return instantMillis(controlSince) + age;
    return invalid(
      `baseline.experimentSince ${experimentSince} is after the start of the window of scopes.${scope}; the canary ` +
        'would be judged before it was deployed. Give the time of its deployment.',
    );
  });
  return { name, scopes };
}

interface Window {
  /** of the pair of scopes */
  readonly name: string;
  readonly startMillis: number;
  readonly endMillis: number;
}

/** The control scope of each pair whose canary has a window: its place, or else the canary's, at another time. */
function controlScopes(
  { scopes = {} }: CanaryExecutionRequest,
  what: string,
  startOf: (window: Window) => number,
): Record<string, CanaryScope> {
  const found = Object.entries(scopes).flatMap(([name, pair]): [string, CanaryScope][] => {
    const { start, end, ...place } = pair.experimentScope ?? {};
    if (start === undefined || end === undefined || instantMillis(end) <= instantMillis(start)) return [];
    const [startMillis, endMillis] = [instantMillis(start), instantMillis(end)];
    const from = startOf({ name, startMillis, endMillis });
    if (!hasInstant(from)) invalid(`baseline: ${what} lies outside the years 0 to 9999; give another.`);
    const times = { start: toInstant(from), end: toInstant(from + endMillis - startMillis) };
    return [[name, { ...place, ...pair.controlScope, ...times }]];
  });
  return Object.fromEntries(found);
}

/** A control scope may repeat the canary's window, as many clients write it, but must not say a third. */
function checkOwnWindow(
  name: string,
  { controlScope, experimentScope }: CanaryScopePair,
  start: string | undefined,
): void {
  const own = controlScope?.start;
  if (own === undefined || own === experimentScope?.start || own === start) return;
  invalid(
    `scopes.${name}.controlScope.start is ${own}, and by baseline the window starts at ${start}; leave out one of them.`,
  );
}

/** "1 day", "36 hours", "90 minutes" */
function inWords(minutes: number): string {
  const [unit, size] = minutes % 1440 === 0 ? ['day', 1440] : minutes % 60 === 0 ? ['hour', 60] : ['minute', 1];
  const amount = minutes / Number(size);
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

function invalid(message: string): never {
  throw new CanaryError('REQUEST_INVALID', message);
}
