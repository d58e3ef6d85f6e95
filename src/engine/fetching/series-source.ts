import type { Account } from '../../domain/account.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import type { SeriesSource } from '../../domain/series-labels.ts';
import { CanaryError } from '../../errors.ts';
import { abortable } from '../../waiting/abortable.ts';
import { startDeadline } from '../../waiting/deadline.ts';
import type { MetricsFetcher } from './metrics-fetcher.ts';

/** For one answer. */
const ANSWER_MILLIS = 30_000;

interface SourceParts {
  readonly account: Account;
  readonly provider: MetricsProvider;
  readonly fetcher: MetricsFetcher;
  readonly signal: AbortSignal;
}

/**
 * What a metrics account has, asked within its limits.
 *
 * @throws CanaryError REQUEST_INVALID for a store that cannot list names and series; METRICS_STORE_TIMEOUT
 */
export function accountSource({ account, provider, fetcher, signal: caller }: SourceParts): SeriesSource {
  const { getMetadata, getSeries } = provider;
  if (getMetadata === undefined || getSeries === undefined) throw cannotList(account);
  const asked = async <T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const { signal } = startDeadline(ANSWER_MILLIS, caller);
    const answer = fetcher.queued(account, { signal, patienceMillis: ANSWER_MILLIS }, () => ask(signal));
    return abortable(answer, signal, () => tooSlow(account));
  };
  return {
    names: async () => (await asked((signal) => getMetadata(account, '', signal))).map(({ name }) => name),
    series: (metric) => asked((signal) => getSeries(account, metric, signal)),
  };
}

function cannotList({ name, type }: Account): CanaryError {
  const message =
    `account '${name}': what it has cannot be listed, since a store of type ${type} does not tell which series a ` +
    'metric has; name an account of type prometheus, or begin with a pack for this store from GET /templates';
  return new CanaryError('REQUEST_INVALID', message);
}

function tooSlow({ name }: Account): CanaryError {
  return new CanaryError(
    'METRICS_STORE_TIMEOUT',
    `account '${name}': no answer within ${ANSWER_MILLIS / 1000} s; the store is slow, or the account's other queries ` +
      'go first. Try again later.',
  );
}
