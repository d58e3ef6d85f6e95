import { isDeepStrictEqual } from 'node:util';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { EarlierRun } from '../../domain/canary-judge.ts';
import type { Run } from '../../domain/run.ts';
import type { RunStore } from '../../domain/stores.ts';
import { CanaryError } from '../../errors.ts';
import type { Series } from '../series.ts';

/** Selects the earlier runs. */
export interface HistoryKey {
  readonly canaryConfigId: string;
  readonly config: CanaryConfig;
  /** absent: of any application */
  readonly application?: string | undefined;
  /** accepted before this time, in milliseconds since 1970; absent: all */
  readonly before?: number | undefined;
}

/** The earlier judged runs of a config, newest first, a bounded number of them. */
export type EarlierRuns = (key: HistoryKey) => Promise<readonly EarlierRun[]>;

/** More would cost memory and add little. */
const MOST_RUNS = 20;
/** Ad-hoc runs share one config id, so those of one config are searched among this many. */
const MOST_AD_HOC = 100;
const AD_HOC = 'ad-hoc';

interface EarlierRunsParts {
  readonly runs: Pick<RunStore, 'list'>;
  readonly series: Pick<Series, 'ofRun'>;
}

/**
 * For a stored config, runs with its id, even from before it was edited; for an ad-hoc config, runs with an equal
 * config.
 */
export function createEarlierRuns({ runs, series }: EarlierRunsParts): EarlierRuns {
  return async ({ canaryConfigId, config, application, before }) => {
    const isAdHoc = canaryConfigId === AD_HOC;
    const filter = { canaryConfigId, application, to: before, statuses: ['succeeded'] as const };
    const found = await runs.list({ ...filter, limit: isAdHoc ? MOST_AD_HOC : MOST_RUNS });
    const same = isAdHoc ? found.filter((run) => isDeepStrictEqual(run.config, config)) : found;
    const earlier: EarlierRun[] = [];
    for (const run of same.slice(0, MOST_RUNS)) earlier.push(...(await toEarlierRun(run, series)));
    return earlier;
  };
}

async function toEarlierRun(run: Run, series: Pick<Series, 'ofRun'>): Promise<EarlierRun[]> {
  if (run.result === undefined) return [];
  const metricSetPairList = await series.ofRun(run).catch(skipUnreadable);
  const { id, buildTime: acceptedMillis } = run;
  const result = run.result.judgeResult;
  return [{ id, acceptedMillis, result, ...(metricSetPairList === undefined ? {} : { metricSetPairList }) }];
}

/** One bad row must not fail every later run of a config. */
function skipUnreadable(error: unknown): undefined {
  if (error instanceof CanaryError && error.code === 'OBJECT_UNREADABLE') return undefined;
  throw error;
}
