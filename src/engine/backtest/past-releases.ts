import type { Backtest, PastRelease } from '../../domain/backtest.ts';
import type { CanaryScope, CanaryScopePair } from '../../domain/canary-scope.ts';
import type { RunLine } from '../../domain/run.ts';
import { instantMillis, toInstant } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';
import { groupReleases, whyNotPassed } from '../runs/good-releases.ts';
import type { Runs } from '../runs/runs.ts';
import { windowMillisOf } from './past-request.ts';

const USUAL_RELEASES = 20;
/** Among so many runs they are looked for: others are of configs that are not stored, or of other steps. */
const MOST_LOOKED_AT = 2000;
const AD_HOC = 'ad-hoc';

type Asked = Pick<Backtest, 'application' | 'canaryConfigId' | 'config' | 'request' | 'options'> & {
  /** only those of these applications; absent: of all */
  readonly within?: readonly string[] | undefined;
};

/**
 * The last releases of a config that went well, each the run that decided it: see `good-releases.ts`. Of a config that is
 * not stored, the runs of configs with its name.
 *
 * @returns newest first, each cut to its first window
 * @throws CanaryError REQUEST_INVALID when there is none, or none as long as the window
 */
export async function goodReleases(runs: Pick<Runs, 'lines'>, asked: Asked): Promise<PastRelease[]> {
  const { options, request } = asked;
  if (Object.keys(request.scopes ?? {}).length > 0) {
    throw invalid('executionRequest.scopes: releases have scopes and windows of their own; leave the scopes out');
  }
  const passed = await passedRuns(runs, asked);
  const found = passed.flatMap(({ id: runId, request: of }): PastRelease[] => {
    const scopes = firstWindow(of.scopes ?? {}, windowMillisOf(options));
    return scopes === undefined ? [] : [{ runId, scopes }];
  });
  if (found.length === 0) throw noReleases(passed, asked);
  return found.slice(0, options.releases ?? USUAL_RELEASES);
}

async function passedRuns(runs: Pick<Runs, 'lines'>, asked: Asked): Promise<RunLine[]> {
  const { application, canaryConfigId = AD_HOC, within, config } = asked;
  const isStored = canaryConfigId !== AD_HOC;
  const filter = { statuses: ['succeeded'] as const, canaryConfigId, limit: MOST_LOOKED_AT };
  const lines = await runs.lines({ ...filter, ...(isStored ? { within } : { application }) });
  const own = lines.filter(({ configName }) => isStored || configName === config.name);
  const newest = groupReleases(own).map((release) => release.newest);
  return newest.filter((run) => whyNotPassed(run) === undefined);
}

/** The scopes with their first window; undefined when one is shorter, or its time is not known. */
function firstWindow(
  scopes: Readonly<Record<string, CanaryScopePair>>,
  windowMillis: number,
): Record<string, CanaryScopePair> | undefined {
  const cut: Record<string, CanaryScopePair> = {};
  for (const [name, { controlScope, experimentScope }] of Object.entries(scopes)) {
    const [control, experiment] = [firstOf(controlScope, windowMillis), firstOf(experimentScope, windowMillis)];
    if (control === undefined || experiment === undefined) return undefined;
    cut[name] = { controlScope: control, experimentScope: experiment };
  }
  return Object.keys(cut).length === 0 ? undefined : cut;
}

function firstOf(scope: CanaryScope | undefined, windowMillis: number): CanaryScope | undefined {
  const length = lengthOf(scope);
  if (scope === undefined || length === undefined || length < windowMillis) return undefined;
  const start = instantMillis(scope.start ?? '');
  return { ...scope, start: toInstant(start), end: toInstant(start + windowMillis) };
}

function lengthOf({ start, end }: CanaryScope = {}): number | undefined {
  return start === undefined || end === undefined ? undefined : instantMillis(end) - instantMillis(start);
}

function noReleases(passed: readonly RunLine[], { canaryConfigId, config, options }: Asked): CanaryError {
  const whose = canaryConfigId === undefined ? `a config named '${config.name ?? ''}'` : `config '${canaryConfigId}'`;
  if (passed.length === 0) {
    return invalid(
      `backtest.arms is releases, but no stored run of ${whose} ended Pass with data; judge some releases first, or ` +
        'write scopes or before',
    );
  }
  const lengths = passed.map(({ request: { scopes = {} } }) => {
    const all = Object.values(scopes).flatMap(({ controlScope, experimentScope }) => [controlScope, experimentScope]);
    return Math.min(...all.map((scope) => lengthOf(scope) ?? 0));
  });
  const longest = Math.floor(Math.max(0, ...lengths) / 60_000);
  return invalid(
    `backtest.windowMinutes is ${options.windowMinutes}, but none of the ${passed.length} runs of ${whose} that ended ` +
      `Pass is that long; the longest has ${longest} minutes: write a shorter window`,
  );
}

function invalid(message: string): CanaryError {
  return new CanaryError('REQUEST_INVALID', `${message}.`);
}
