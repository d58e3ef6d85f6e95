import type { BaselineWindow } from '../../domain/baseline.ts';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryScope } from '../../domain/canary-scope.ts';
import type { RunLine } from '../../domain/run.ts';
import type { RunStore } from '../../domain/stores.ts';
import { instantMillis, toInstant } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';

export interface ForRelease {
  readonly config: CanaryConfig;
  readonly canaryConfigId: string;
  readonly application: string;
  readonly request: CanaryExecutionRequest;
  /** how many are asked for */
  readonly releases: number;
  /** accepted before this, in milliseconds since 1970 */
  readonly before: number;
}

/** Runs are looked through, not releases: an analysis has many. */
const MOST_RUNS = 200;
const AD_HOC = 'ad-hoc';

/**
 * The last releases of a config and application that passed, newest first, each in as many minutes since the start of its
 * window as the new canary has; of a config that is not stored, those of configs with its name. Runs of one place
 * whose windows touch, or nearly so, are one release, and the newest decides about it: a release that passed its first
 * judgements and failed a later one is not good.
 *
 * @throws CanaryError REQUEST_INVALID when there is none
 */
export async function goodReleases(
  asked: ForRelease,
  store: Pick<RunStore, 'lines'>,
): Promise<{ windows: BaselineWindow[]; missing: string[] }> {
  const { application, canaryConfigId, before: to, releases } = asked;
  const lengths = lengthsOf(asked.request);
  if (lengths.size === 0) return { windows: [], missing: [] };
  const found = await store.lines({ application, canaryConfigId, to, statuses: ['succeeded'], limit: MOST_RUNS });
  const own = found.filter(({ configName }) => canaryConfigId !== AD_HOC || configName === asked.config.name);
  const current = spanOf(asked.request);
  const others = groupReleases(own).filter(({ span }) => current === undefined || !isSameRelease(span, current));
  const usable = others.map(({ newest }) => ({ run: newest, problem: whyNotGood(newest, lengths) }));
  const good = usable.filter(({ problem }) => problem === undefined).slice(0, releases);
  const refused = countBy(usable.flatMap(({ problem }) => problem ?? []));
  const why = refused.length === 0 ? '' : `; of the others ${refused.join(', ')}`;
  if (good.length === 0) {
    throw new CanaryError(
      'REQUEST_INVALID',
      `baseline.releases: no earlier release of this config in the application '${application}' can be used${why}. ` +
        'Judge this one against something that runs beside it, or with baseline.kind "earlier"; the next one has it.',
    );
  }
  const missing =
    good.length < releases ? [`${good.length} of ${releases} earlier releases that passed were found${why}.`] : [];
  return { windows: good.map(({ run }) => windowOf(run, asked.request, lengths)), missing };
}

interface Span {
  /** what was measured, of all pairs of scopes */
  readonly place: string;
  readonly startMillis: number;
  readonly endMillis: number;
}

interface Release {
  readonly newest: RunLine;
  readonly span: Span;
}

/** @param runs newest first */
export function groupReleases(runs: readonly RunLine[]): Release[] {
  const releases: Release[] = [];
  for (const run of runs) {
    const span = spanOf(run.request);
    if (span === undefined) continue;
    const at = releases.findIndex((release) => isSameRelease(release.span, span));
    const known = releases[at];
    if (known === undefined) releases.push({ newest: run, span });
    else releases[at] = { ...known, span: joined(known.span, span) };
  }
  return releases;
}

function isSameRelease(one: Span, other: Span): boolean {
  const near = Math.max(one.endMillis - one.startMillis, other.endMillis - other.startMillis);
  const gap = Math.max(one.startMillis, other.startMillis) - Math.min(one.endMillis, other.endMillis);
  return one.place === other.place && gap < near;
}

function joined(one: Span, other: Span): Span {
  const startMillis = Math.min(one.startMillis, other.startMillis);
  return { place: one.place, startMillis, endMillis: Math.max(one.endMillis, other.endMillis) };
}

function spanOf({ scopes = {} }: CanaryExecutionRequest): Span | undefined {
  const canaries = Object.entries(scopes).flatMap(([name, { experimentScope }]) =>
    experimentScope === undefined ? [] : [{ name, ...experimentScope }],
  );
  const times = (end: 'start' | 'end') => canaries.flatMap((scope) => scope[end] ?? []).map(instantMillis);
  const [starts, ends] = [times('start'), times('end')];
  if (starts.length === 0 || ends.length === 0) return undefined;
  const place = canaries.map(({ name, scope, location, extendedScopeParams = {} }) => [
    ...[name, scope, location],
    Object.entries(extendedScopeParams).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ]);
  return { place: JSON.stringify(place.toSorted()), startMillis: Math.min(...starts), endMillis: Math.max(...ends) };
}

/** Undefined for a good one. */
function whyNotGood(run: RunLine, lengths: ReadonlyMap<string, number>): string | undefined {
  const why = whyNotPassed(run);
  if (why !== undefined) return why;
  for (const [name, length] of lengths) {
    const scope = run.request.scopes?.[name]?.experimentScope;
    if (scope?.start === undefined || scope.end === undefined) return `had no scope '${name}'`;
    if (lengthOf(scope) < length) return 'had a shorter window';
  }
  return undefined;
}

/** Why the newest run of a release does not make it a good one, whatever its length; undefined: it does. */
export function whyNotPassed({ look, ...run }: RunLine): string | undefined {
  if (run.verdict !== 'Pass') return 'did not pass';
  if (run.overNothing === true) return 'passed without data';
  if (look !== undefined && look.number !== look.of) return 'was not the last judgement of its analysis';
  return run.partial === true ? 'judged a window that had not ended' : undefined;
}

function lengthsOf({ scopes = {} }: CanaryExecutionRequest): Map<string, number> {
  const lengths = Object.entries(scopes).map(([name, { experimentScope = {} }]) => [name, lengthOf(experimentScope)]);
  return new Map((lengths as [string, number][]).filter(([, length]) => length > 0));
}

function lengthOf({ start, end }: CanaryScope): number {
  return start === undefined || end === undefined ? 0 : instantMillis(end) - instantMillis(start);
}

function windowOf(
  { id, request }: RunLine,
  { scopes: own = {} }: CanaryExecutionRequest,
  lengths: ReadonlyMap<string, number>,
): BaselineWindow {
  const scopes = [...lengths].map(([name, length]): [string, CanaryScope] => {
    const canary = request.scopes?.[name]?.experimentScope ?? {};
    const step = own[name]?.experimentScope?.step;
    const end = toInstant(instantMillis(canary.start ?? '') + length);
    return [name, { ...canary, end, ...(step === undefined ? {} : { step }) }];
  });
  return { name: 'an earlier release that passed', runId: id, scopes: Object.fromEntries(scopes) };
}

/** "2 did not pass" */
function countBy(reasons: readonly string[]): string[] {
  return [...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => `${all.length} ${reason}`);
}
