import type { CanaryConfig } from '../../domain/canary-config.ts';
import { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import { toInstant } from '../../domain/values/instant.ts';

/** The form for trying a config: texts, as the fields hold them. */
export interface PreviewValues {
  /** one for each scope the metrics name */
  readonly scopes: readonly PreviewScope[];
  readonly start: string;
  readonly end: string;
  readonly step: string;
  /** `name=value`, a line each */
  readonly params: string;
  readonly pass: string;
  readonly marginal: string;
  /** `true`: a window that has not ended is judged at once; empty: the run waits for its end */
  readonly partial: string;
  /** a name of {@link HISTORIES}; empty: the baseline runs beside the canary */
  readonly history: string;
  /** the metrics account; empty: the default */
  readonly account: string;
}

export interface PreviewScope {
  readonly name: string;
  readonly control: string;
  readonly controlLocation: string;
  readonly experiment: string;
  readonly experimentLocation: string;
}

/** Problems by field name; `''` is the whole form. */
export type FieldErrors = ReadonlyMap<string, string>;

const days = (count: number) => Array.from({ length: count }, (_, index) => `${24 * (index + 1)}h`);

/** What the form offers as a baseline that is history; the API has more. */
export const HISTORIES: Readonly<Record<string, { readonly text: string; readonly baseline: object }>> = {
  week: { text: 'the last 7 days', baseline: { kind: 'earlier', offsets: days(7) } },
  days: { text: 'the last 3 days', baseline: { kind: 'earlier', offsets: days(3) } },
  lastWeek: { text: 'a week ago', baseline: { kind: 'earlier', offsets: ['168h'] } },
  releases: { text: '3 good releases', baseline: { kind: 'goodReleases', releases: 3 } },
};

const PLACES = ['control', 'controlLocation', 'experiment', 'experimentLocation'] as const;
const MINUTE = 60_000;

/** The name of a scope's field; the first scope's has no suffix, since most configs have one scope. */
export function placeName(place: (typeof PLACES)[number], { name }: Pick<PreviewScope, 'name'>, index: number): string {
  return index === 0 ? place : `${place}.${name}`;
}

/** The scopes a config's metrics name; `default` when they name none. */
export function scopeNames({ metrics = [] }: CanaryConfig): string[] {
  const names = metrics.flatMap(({ scopeName }) => (scopeName ? [scopeName] : []));
  return names.length === 0 ? ['default'] : [...new Set(names)];
}

/** The submitted values, or the default: the last hour, one point per minute. */
export function readPreviewValues(
  given: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
  nowMillis: number,
): PreviewValues {
  const end = Math.floor(nowMillis / MINUTE) * MINUTE;
  return {
    scopes: names.map((name, index) => ({
      name,
      control: given[placeName('control', { name }, index)] ?? '',
      controlLocation: given[placeName('controlLocation', { name }, index)] ?? '',
      experiment: given[placeName('experiment', { name }, index)] ?? '',
      experimentLocation: given[placeName('experimentLocation', { name }, index)] ?? '',
    })),
    start: given.start || toInstant(end - 60 * MINUTE),
    end: given.end || toInstant(end),
    step: given.step || '60',
    params: given.params ?? '',
    pass: given.pass || '95',
    marginal: given.marginal || '75',
    partial: given.partial === 'true' ? 'true' : '',
    history: Object.hasOwn(HISTORIES, given.history ?? '') ? (given.history ?? '') : '',
    account: given.account ?? '',
  };
}

/** What was tried, for the page of a config to judge; empty when neither side is named. */
export function triedQuery({ scopes, pass: _pass, marginal: _marginal, ...others }: PreviewValues): string {
  const sides = scopes.flatMap((scope, index) =>
    PLACES.map((place) => [placeName(place, scope, index), scope[place]] as const),
  );
  if (!sides.some(([, value]) => value !== '')) return '';
  const written = [...sides, ...Object.entries(others)].filter(([, value]) => value !== '');
  return `?${new URLSearchParams(Object.fromEntries(written))}#try-title`;
}

/** The request made from the values, or their problems. */
export function toExecutionRequest(values: PreviewValues): { request: CanaryExecutionRequest; errors: FieldErrors } {
  const params = readParams(values.params);
  const window = { start: values.start, end: values.end, step: values.step };
  const sideOf = (scope: string, location: string) => ({
    ...window,
    ...(scope === '' ? {} : { scope }),
    ...(location === '' ? {} : { location }),
    ...(params.found.length === 0 ? {} : { extendedScopeParams: Object.fromEntries(params.found) }),
  });
  const scopes = values.scopes.map(({ name, control, controlLocation, experiment, experimentLocation }) => [
    name,
    { controlScope: sideOf(control, controlLocation), experimentScope: sideOf(experiment, experimentLocation) },
  ]);
  const parsed = CanaryExecutionRequest.safeParse({
    scopes: Object.fromEntries(scopes),
    thresholds: { pass: values.pass, marginal: values.marginal },
    baseline: HISTORIES[values.history]?.baseline,
  });
  const issues = (parsed.error?.issues ?? []).map(({ path, message }) => [String(path.at(-1) ?? ''), message] as const);
  const wrong = params.wrong === undefined ? [] : [['params', `'${params.wrong}' is not name=value`] as const];
  return { request: parsed.data ?? {}, errors: new Map([...issues, ...orderErrors(parsed.data), ...wrong]) };
}

function orderErrors(request: CanaryExecutionRequest | undefined): (readonly [string, string])[] {
  const { start, end } = Object.values(request?.scopes ?? {})[0]?.controlScope ?? {};
  const reversed = start !== undefined && end !== undefined && Date.parse(end) <= Date.parse(start);
  return reversed ? [['end', 'The end must be after the start.']] : [];
}

function readParams(text: string): { found: [string, string][]; wrong: string | undefined } {
  const lines = text.split('\n').map((line) => line.trim());
  const written = lines.filter((line) => line !== '');
  const wrong = written.find((line) => line.indexOf('=') < 1);
  const found = written.map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return { found: wrong === undefined ? found : [], wrong };
}
