import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { CanaryScope } from '../../domain/canary-scope.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import type { CanaryResult, Run } from '../../domain/run.ts';
import { companionsForJudge, earlierWindowsForJudge, seriesForJudge } from '../../domain/series-for-judge.ts';
import { type Measure, UNMEASURED } from '../../domain/service-metrics.ts';
import type { RunSeries } from '../../domain/stores.ts';
import { toDuration } from '../../domain/values/duration.ts';
import { instantMillis } from '../../domain/values/instant.ts';
import { inSpan } from '../../tracing/current-span.ts';
import { onePerTick } from '../../waiting/one-per-tick.ts';
import type { Accounts } from '../accounts.ts';
import { inOperation } from '../failure.ts';
import { pairFetched } from '../fetching/attach-companions.ts';
import type { FetchProgress, MetricsFetcher } from '../fetching/metrics-fetcher.ts';
import { inWindow, planEarlierWindows, planQueries } from '../fetching/plan-queries.ts';
import { withSameQuestions } from '../fetching/same-query.ts';
import type { EarlierRuns } from '../judging/earlier-runs.ts';
import { pairsLikeKayenta } from '../judging/find-judge.ts';
import { judgeSeries } from '../judging/judge-series.ts';
import { judgementOfRun } from '../judging/judgement-of-run.ts';
import type { Series } from '../series.ts';
import { JUDGE, MIX, SETUP } from '../stages.ts';
import { asLongAsCanary } from './as-long-as-canary.ts';
import { untilMoment } from './window-wait.ts';

export interface FetchAndJudgeParts {
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
  readonly accounts: Accounts;
  readonly fetcher: MetricsFetcher;
  readonly series: Series;
  readonly earlierRuns: EarlierRuns;
  readonly newId: () => string;
  readonly monotonic: () => number;
  /** of this Haldane */
  readonly version: string;
  /** absent: nobody counts */
  readonly measure?: Measure | undefined;
}

/** Receives the progress of a run. */
export interface Progress extends FetchProgress {
  /** Stores the series under this id. */
  paired(series: Pick<RunSeries, 'metricSetPairListId' | 'pairs'>): Promise<void>;
}

/**
 * A whole run: plan, fetch, pair, judge. A run whose series are already stored is only judged.
 *
 * @throws OperationFailure naming the operation that failed
 */
export async function fetchAndJudge(
  parts: FetchAndJudgeParts,
  run: Run,
  progress: Progress,
  signal: AbortSignal,
): Promise<CanaryResult> {
  const pairs = (await parts.series.ofRun(run)) ?? (await fetchPairs(parts, run, progress, signal));
  progress.stage(JUDGE, 'running');
  await onePerTick();
  const judgement = { ...parts, ...judgementOfRun(run, pairs) };
  const judgeResult = await timed(parts, 'haldane_run_judge_duration_seconds', () => judgeSeries(judgement, signal));
  progress.stage(JUDGE, 'succeeded');
  const duration = canaryDuration(run.request);
  return {
    judgeResult,
    ...(duration === undefined ? {} : { canaryDuration: duration }),
    haldaneVersion: parts.version,
  };
}

async function fetchPairs(
  parts: FetchAndJudgeParts,
  run: Run,
  progress: Progress,
  signal: AbortSignal,
): Promise<MetricSetPair[]> {
  progress.stage(SETUP, 'running');
  const { config, metricsAccountName } = run;
  const isPartial = run.partial === true;
  const request = isPartial ? asLongAsCanary(untilMoment(run.request, run.startTime ?? run.buildTime)) : run.request;
  const { providers, accounts, judges } = parts;
  const windows = earlierWindowsForJudge(judges, config, request);
  const queries = await inOperation('setupCanary', () => {
    const plan = {
      ...{ config, request, providers, accounts, account: accounts.metricsStore(metricsAccountName) },
      series: seriesForJudge(judges, config),
      companions: companionsForJudge(judges, config),
    };
    return [...planQueries(plan), ...planEarlierWindows(plan, windows)];
  });
  progress.stage(SETUP, 'succeeded');
  const fetched = await timed(parts, 'haldane_run_fetch_duration_seconds', () =>
    parts.fetcher.fetchAll(queries, signal, progress),
  );
  progress.stage(MIX, 'running');
  await onePerTick();
  const pairs = await inOperation('metricSetMixer', () =>
    pairFetched({
      metrics: config.metrics ?? [],
      scopes: request.scopes,
      windows: windows.map((window) => inWindow(request, window).scopes),
      likeKayenta: pairsLikeKayenta(parts.judges, config.judge?.name),
      ...{ fetched, newId: parts.newId },
    }),
  );
  progress.stage(MIX, 'succeeded');
  const told = withSameQuestions(
    pairs,
    queries.filter(({ earlier }) => earlier === undefined),
  );
  await progress.paired({ metricSetPairListId: parts.newId(), pairs: told });
  return told;
}

const SPANS = {
  haldane_run_fetch_duration_seconds: 'fetch',
  haldane_run_judge_duration_seconds: 'judge',
} as const;

async function timed<T>(
  { monotonic, measure = UNMEASURED }: FetchAndJudgeParts,
  name: keyof typeof SPANS,
  work: () => Promise<T>,
): Promise<T> {
  const begun = monotonic();
  try {
    return await inSpan(() => ({ name: SPANS[name] }), work);
  } finally {
    measure.time(name, (monotonic() - begun) / 1000, {});
  }
}

/** The length of the windows, ISO-8601; undefined when they differ. */
function canaryDuration({ scopes = {} }: CanaryExecutionRequest): string | undefined {
  const lengths = Object.values(scopes).flatMap(({ controlScope, experimentScope }) => [
    lengthOf(controlScope),
    lengthOf(experimentScope),
  ]);
  const [first] = lengths;
  return first !== undefined && lengths.every((length) => length === first) ? toDuration(first) : undefined;
}

function lengthOf(scope: CanaryScope | undefined): number | undefined {
  if (scope?.start === undefined || scope.end === undefined) return undefined;
  return instantMillis(scope.end) - instantMillis(scope.start);
}
