import type { Account } from '../../domain/account.ts';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { Side } from '../../domain/canary-scope.ts';
import type { Companion } from '../../domain/companion-series.ts';
import { scopeProblem } from '../../domain/metric-scope.ts';
import type { MetricSet } from '../../domain/metric-set.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { MetricDescriptor, MetricsProvider } from '../../domain/metrics-provider.ts';
import type { QueryPreview } from '../../domain/query-preview.ts';
import { companionsForJudge, seriesForJudge } from '../../domain/series-for-judge.ts';
import type { SeriesSource } from '../../domain/series-labels.ts';
import type { ObjectStore } from '../../domain/stores.ts';
import { CanaryError } from '../../errors.ts';
import { abortable } from '../../waiting/abortable.ts';
import { startDeadline } from '../../waiting/deadline.ts';
import type { Accounts } from '../accounts.ts';
import { causeOf } from '../failure.ts';
import { checkRunSize, type SizeLimits } from '../size-limits.ts';
import { accountNumber } from './account-number.ts';
import { pairFetched } from './attach-companions.ts';
import type { FetchProgress, MetricsFetcher } from './metrics-fetcher.ts';
import { pickNames } from './pick-names.ts';
import { type MetricQuery, planQueries } from './plan-queries.ts';
import { SAME_QUERY_TEXT, sameQueries, withSameQuestions } from './same-query.ts';
import { accountSource } from './series-source.ts';
import { unreplacedVariables } from './unreplaced-variables.ts';

const METADATA_AGE_MILLIS = 60_000;
const METADATA_MILLIS = 30_000;
/** How long somebody who looks at a page waits for a closed account to open, or for another attempt. */
const PATIENCE_MILLIS = 10_000;
/** The most filters to cache; the oldest is evicted. */
const MAX_FILTERS = 200;
/** A single query reports no progress. */

interface MetricExplorerOptions {
  readonly accounts: Accounts;
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
  readonly limits: SizeLimits;
  readonly fetcher: MetricsFetcher;
  readonly metricSetLists: ObjectStore<MetricSet[]>;
  /** whether the judge of a config has its series paired as Kayenta does */
  readonly pairsLikeKayenta: (config: CanaryConfig) => boolean;
  readonly newId: () => string;
  readonly monotonic: () => number;
}

/** One metric of one side, outside of a run. */
export interface SingleQuery {
  readonly config: CanaryConfig;
  readonly request: CanaryExecutionRequest;
  readonly metricsAccountName: string | undefined;
}

/** What a metrics store holds: single queries, and names to pick from. */
export class MetricExplorer {
  readonly #options: MetricExplorerOptions;
  readonly #metadata = new Map<string, { until: number; descriptors: Promise<MetricDescriptor[]> }>();

  constructor(options: MetricExplorerOptions) {
    this.#options = options;
  }

  /** The provider of that type. @throws CanaryError ROUTE_NOT_FOUND */
  provider(type: string): MetricsProvider {
    const { providers } = this.#options;
    const provider = providers.find((candidate) => candidate.type === type);
    if (provider !== undefined) return provider;
    const known = providers.map((candidate) => candidate.type).join(', ');
    throw new CanaryError('ROUTE_NOT_FOUND', `No provider '${type}'; known: ${known}.`);
  }

  /** The query text that would be sent. @throws CanaryError METRICS_QUERY_INVALID */
  dryRun(single: SingleQuery): string {
    return this.#plan(single).request.text;
  }

  /** Fetches and stores the series. @returns the id of the metric set list */
  async fetch(single: SingleQuery, signal: AbortSignal): Promise<string> {
    const { fetcher, metricSetLists, newId } = this.#options;
    const { control } = await fetcher
      .fetchAll([this.#plan(single)], signal, this.#silent())
      .catch((failure: unknown) => {
        throw causeOf(failure);
      });
    const id = newId();
    await metricSetLists.put(id, control.map(withoutGapsOnly));
    return id;
  }

  /** The query texts of every metric, or why one cannot be built. */
  preview({ config, request, metricsAccountName }: SingleQuery): QueryPreview[] {
    this.#options.accounts.metricsStore(metricsAccountName);
    return (config.metrics ?? []).map((metric) => {
      const { name = '' } = metric;
      try {
        const queries = this.#planAll({ config: { ...config, metrics: [metric] }, request, metricsAccountName });
        const companions = [...new Set(queries.flatMap(({ companion }) => companion ?? []))];
        return {
          metric: name,
          metricsAccountName: queries[0]?.request.account.name,
          ...textsOf(queries),
          ...(companions.length === 0
            ? {}
            : { companions: companions.map((companion) => ({ companion, ...textsOf(queries, companion) })) }),
          ...warningOf(queries),
        };
      } catch (error) {
        if (error instanceof CanaryError) return { metric: name, problem: error.message };
        throw error;
      }
    });
  }

  /** Fetches both sides of the metric at `index`; stores nothing. @throws CanaryError REQUEST_INVALID without one */
  async pairsOf(whole: SingleQuery, index: number, signal: AbortSignal): Promise<MetricSetPair[]> {
    const { fetcher, newId } = this.#options;
    const single = onlyMetric(whole, index);
    const queries = this.#planAll(single);
    const fetched = await fetcher.fetchAll(queries, signal, this.#silent()).catch((failure: unknown) => {
      throw causeOf(failure);
    });
    const pairs = pairFetched({
      metrics: single.config.metrics ?? [],
      scopes: single.request.scopes,
      likeKayenta: this.#options.pairsLikeKayenta(single.config),
      ...{ fetched, newId },
    });
    return withSameQuestions(pairs, queries);
  }

  /** Names that contain `filter`, ignoring case; cached for a minute. */
  async metadata(accountName: string | undefined, filter: string): Promise<MetricDescriptor[]> {
    const account = this.#options.accounts.metricsStore(accountName);
    const provider = this.provider(account.type);
    const { getMetadata } = provider;
    if (getMetadata === undefined) return [];
    const key = JSON.stringify([accountNumber(account), filter.toLowerCase()]);
    const known = this.#metadata.get(key);
    if (known !== undefined && known.until > this.#options.monotonic()) return known.descriptors;
    // Not this request's signal: others wait for the same answer.
    const { signal } = startDeadline(METADATA_MILLIS, new AbortController().signal);
    const names = this.#options.fetcher.queued(account, { signal, patienceMillis: METADATA_MILLIS }, () =>
      getMetadata(account, filter, signal),
    );
    const descriptors = abortable(names, signal, () => tooSlow(account)).then((found) =>
      pickNames(provider, found, filter),
    );
    this.#remember(key, descriptors);
    return descriptors;
  }

  /** What an account has, for who looks for something to judge. @throws CanaryError as {@link accountSource} */
  seriesSource(accountName: string | undefined, signal: AbortSignal): SeriesSource {
    const { accounts, fetcher } = this.#options;
    const account = accounts.metricsStore(accountName);
    return accountSource({ account, provider: this.provider(account.type), fetcher, signal });
  }

  /** Whether {@link seriesSource} can list what accounts of a type have. */
  listsSeries(type: string): boolean {
    const { getMetadata, getSeries } = this.provider(type);
    return getMetadata !== undefined && getSeries !== undefined;
  }

  /** A single query reports no progress, and somebody waits for it. */
  #silent(): FetchProgress {
    return { stage() {}, fetching() {}, deadlineMillis: this.#options.monotonic() + PATIENCE_MILLIS };
  }

  #remember(key: string, descriptors: Promise<MetricDescriptor[]>): void {
    const now = this.#options.monotonic();
    for (const [old, { until }] of this.#metadata) {
      if (until <= now || this.#metadata.size >= MAX_FILTERS) this.#metadata.delete(old);
    }
    this.#metadata.set(key, { until: now + METADATA_AGE_MILLIS, descriptors });
    descriptors.catch(() => this.#metadata.delete(key));
  }

  #plan(single: SingleQuery): MetricQuery {
    const [query] = this.#planAll(single);
    if (query === undefined) throw new CanaryError('METRICS_QUERY_INVALID', 'The request contains no metric.');
    return query;
  }

  #planAll({ config, request, metricsAccountName }: SingleQuery): MetricQuery[] {
    const { accounts, providers, judges } = this.#options;
    const account = accounts.metricsStore(metricsAccountName);
    checkRunSize(config, request, this.#options.limits);
    for (const metric of config.metrics ?? []) {
      const problem = scopeProblem(metric, request.scopes);
      if (problem !== undefined) throw new CanaryError('METRICS_QUERY_INVALID', problem);
    }
    const series = seriesForJudge(judges, config);
    const companions = companionsForJudge(judges, config);
    return planQueries({ config, request, providers, accounts, account, series, companions });
  }
}

/** What is odd about the queries of a metric. */
function warningOf(queries: readonly MetricQuery[]): { warning?: string } {
  const unreplaced = unreplacedVariables(queries).map(({ field, message }) => `query.${field}: ${message}`);
  const texts = [...unreplaced, ...(sameQueries(queries).length === 0 ? [] : [SAME_QUERY_TEXT])];
  return texts.length === 0 ? {} : { warning: texts.join(' ') };
}

/** What would be sent for both sides of a metric, or for a companion of it. */
function textsOf(queries: readonly MetricQuery[], companion?: Companion): Partial<Record<Side, string>> {
  const asked = queries.filter((query) => query.companion === companion);
  return Object.fromEntries(asked.map(({ side, request }) => [side, request.text]));
}

/** The same request for one metric only. */
function onlyMetric(whole: SingleQuery, index: number): SingleQuery {
  const { metrics = [] } = whole.config;
  const metric = metrics[index];
  if (metric !== undefined) return { ...whole, config: { ...whole.config, metrics: [metric] } };
  throw new CanaryError(
    'REQUEST_INVALID',
    `metric: there is no metric ${index}; the config has ${metrics.length}, from 0`,
  );
}

function tooSlow({ name }: Account): CanaryError {
  return new CanaryError(
    'METRICS_STORE_TIMEOUT',
    `account '${name}': no list of names within ${METADATA_MILLIS / 1000} s; the store is slow, or the account's other ` +
      'queries go first. Try again, with a longer filter.',
  );
}

/** Kayenta stores a side without data as a placeholder without values; pairing fills it with gaps. */
function withoutGapsOnly(set: MetricSet): MetricSet {
  return set.values.every(Number.isNaN) ? { ...set, values: [] } : set;
}
