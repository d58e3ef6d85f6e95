import type { Backtest } from '../../domain/backtest.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { companionsForJudge } from '../../domain/series-for-judge.ts';
import type { Accounts } from '../accounts.ts';
import { inOperation } from '../failure.ts';
import { pairFetched } from '../fetching/attach-companions.ts';
import type { MetricsFetcher } from '../fetching/metrics-fetcher.ts';
import { type MetricQuery, planQueries } from '../fetching/plan-queries.ts';
import { pairsLikeKayenta } from '../judging/find-judge.ts';
import { requestForWindows } from './past-request.ts';

export interface FetchWindowsParts {
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
  readonly accounts: Accounts;
  readonly fetcher: Pick<MetricsFetcher, 'fetchAll'>;
  readonly monotonic: () => number;
  readonly newId: () => string;
  readonly deadlineMillis: number;
}

interface Windows {
  readonly from: number;
  /** the first that is not among them */
  readonly to: number;
}

type Asked = Pick<Backtest, 'config' | 'request' | 'options' | 'releases'> & {
  readonly metricsAccountName?: string | undefined;
};

/**
 * The queries for the windows from one to before another; a query is for all of them. Whatever the judge, the series keep
 * their gaps: without them a window could not be told from the next.
 */
export function queriesForWindows(
  { providers, judges, accounts }: Pick<FetchWindowsParts, 'providers' | 'judges' | 'accounts'>,
  { metricsAccountName, ...asked }: Asked,
  windows: Windows,
): MetricQuery[] {
  return planQueries({
    ...{ config: asked.config, providers, accounts },
    request: requestForWindows(asked, windows),
    account: accounts.metricsStore(metricsAccountName),
    companions: companionsForJudge(judges, asked.config),
  });
}

/**
 * The series of several windows, fetched like those of a run: in the account's turn, at its rate, with its retries.
 *
 * @throws OperationFailure naming the operation that failed
 */
export async function fetchWindows(
  parts: FetchWindowsParts,
  backtest: Asked,
  windows: Windows,
  signal: AbortSignal,
): Promise<MetricSetPair[]> {
  const { fetcher, judges, newId, monotonic, deadlineMillis } = parts;
  const { config } = backtest;
  const queries = await inOperation('setupCanary', () => queriesForWindows(parts, backtest, windows));
  const fetched = await fetcher.fetchAll(queries, signal, {
    stage() {},
    fetching() {},
    deadlineMillis: monotonic() + deadlineMillis,
  });
  const { scopes } = requestForWindows(backtest, windows);
  return inOperation('metricSetMixer', () =>
    pairFetched({
      metrics: config.metrics ?? [],
      likeKayenta: pairsLikeKayenta(judges, config.judge?.name),
      ...{ scopes, fetched, newId },
    }),
  );
}
