import type { z } from 'zod';
import type { Account } from './account.ts';
import type { CanaryConfig, CanaryMetricConfig } from './canary-config.ts';
import type { CanaryScope, Side } from './canary-scope.ts';
import type { MetricSet } from './metric-set.ts';
import type { SeriesLabels } from './series-labels.ts';
import type { SeriesShape } from './series-shape.ts';

/** One query to one metrics store: one metric of one side. */
export interface MetricsRequest<Query = unknown, A extends Account = Account> {
  readonly config: CanaryConfig;
  readonly metric: CanaryMetricConfig;
  readonly query: Query;
  readonly scope: CanaryScope;
  readonly side: Side;
  readonly account: A;
  /** what the judge needs; a store that Kayenta does not know ignores it. Absent: the usual series */
  readonly series?: SeriesShape | undefined;
}

/** A request with its text from {@link MetricsProvider.buildQuery}. */
export interface BuiltRequest<Query = unknown, A extends Account = Account> extends MetricsRequest<Query, A> {
  /** the text that is sent, and that dry runs and reports show */
  readonly text: string;
}

/** The most metric names anyone is shown: more than a picker can show. */
export const MAX_NAMES = 5000;

/** What is wrong with a query whatever its scope. */
export interface QueryProblem {
  /** of the query */
  readonly field: string;
  /** what is wrong and how to fix it, for people; the field comes before it */
  readonly message: string;
}

/** Something a user can pick; has at least a name. */
export type MetricDescriptor = Readonly<Record<string, unknown>> & { readonly name: string };

/** Parameters by name; lists are comma-separated. */
export type FetchParameters = Readonly<Record<string, string | undefined>>;

export interface FetchedQuery {
  /** seconds, when the route has no numeric `step` */
  readonly step?: number;
  /** a metric's `query` without its type */
  readonly query: Readonly<Record<string, unknown>>;
  /** further scope variables */
  readonly extendedScopeParams?: Readonly<Record<string, string>>;
}

/** A query that was sent, and its window, for a link into the store. */
export interface AskedQuery {
  readonly query: string;
  /** milliseconds since 1970 */
  readonly startMillis: number;
  readonly endMillis: number;
  readonly stepSeconds: number;
}

/**
 * One metrics store. Each has a folder in `providers/`.
 *
 * Failures are thrown as `CanaryError` with a `METRICS_…` code, the account, the metric and the store's own text in
 * the message, and no secret. The engine retries the retryable ones; a provider never does.
 */
export interface MetricsProvider<Query = unknown, A extends Account = Account> {
  /** The `type` of a query and of an account. */
  readonly type: string;
  /** The name of an account that always exists, for a provider that needs no settings. */
  readonly builtInAccount?: string;
  /** Queries contain the data itself: such configs are stored only when the configuration allows it. */
  readonly holdsData?: true;
  /** The store chooses its resolution, so few points say nothing about the window. */
  readonly ownResolution?: true;
  /** Location or `extendedScopeParams` of a scope choose who is asked, so that equal texts may be two questions. */
  readonly scopeChoosesStore?: true;
  /** The schema of a metric's `query`. */
  readonly Query: z.ZodType<Query>;
  /** The schema of an account in the configuration file. */
  readonly Account: z.ZodType<A>;

  /**
   * The exact text that will be sent; also shown in reports and dry runs. Pure.
   *
   * Requests for one metric with equal text, query, window, location and `extendedScopeParams` are sent once: whatever
   * depends on the side or on `scope.scope` must be in the text.
   *
   * @throws CanaryError METRICS_QUERY_INVALID when no text can be built
   */
  buildQuery(request: MetricsRequest<Query, A>): string;

  /**
   * Why a query fails whatever its scope: told to those who write a config and have no scope yet, and a reason to refuse
   * a run. Pure.
   */
  queryProblems?(request: Pick<MetricsRequest<Query, A>, 'config' | 'metric' | 'query'>): readonly QueryProblem[];

  /**
   * Refuses a window, step or location in which the store cannot be asked, before a run is accepted. Pure.
   * @throws CanaryError METRICS_QUERY_INVALID
   */
  checkScope?(request: MetricsRequest<Query, A>): void;

  /**
   * Sends `request.text`; for a window fetched in chunks it builds the texts of the chunks itself.
   *
   * At least one MetricSet: no data is one MetricSet of gaps, not an error. Rejects soon after `signal` aborts. Sends
   * its requests one at a time: the engine counts a call as one of `maxConcurrent`.
   */
  queryMetrics(request: BuiltRequest<Query, A>, signal: AbortSignal): Promise<MetricSet[]>;

  /**
   * Names a user can pick from, if the store can list them. The engine keeps the first 5000 that contain `filter`,
   * ignoring case; `filter` is for stores that search themselves, and to know when to stop.
   */
  getMetadata?(account: A, filter: string, signal: AbortSignal): Promise<MetricDescriptor[]>;

  /** The labels of the series of a metric that had points in the last minutes, if the store can say. */
  getSeries?(account: A, metric: string, signal: AbortSignal): Promise<SeriesLabels[]>;

  /** The descriptor fields a filter searches; default `['name']`. Empty: the store's own search result is final. */
  readonly searchedFields?: readonly string[];

  /** Builds the query from the parameters of `POST /fetch/{type}/query`, where Kayenta has that route. */
  readFetchParameters?(parameters: FetchParameters): FetchedQuery;

  /** One cheap authenticated request; rejects when the store cannot be used. */
  check(account: A, signal: AbortSignal): Promise<void>;

  /** What `GET /credentials` shows besides the common fields: endpoint, project, user; never a secret. */
  describeAccount(account: A): Record<string, unknown>;

  /**
   * The store's own page for the query, for people logged in there; undefined when there is none. It appears in
   * reports: no user name, no password, no token. Pure.
   */
  linkTo?(account: A, asked: AskedQuery): string | undefined;
}

/** Infers `Query` and `A` from the schemas. A provider is a value; there is nothing to construct. */
export function defineProvider<Query, A extends Account>(
  provider: MetricsProvider<NoInfer<Query>, NoInfer<A>> & { Query: z.ZodType<Query>; Account: z.ZodType<A> },
): MetricsProvider {
  return provider as unknown as MetricsProvider;
}
