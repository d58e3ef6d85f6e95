import type { z } from 'zod';
import type { Account } from './account.ts';
import type { CanaryConfig, CanaryMetricConfig } from './canary-config.ts';
import type { CanaryScope, Side } from './canary-scope.ts';
import type { MetricSet } from './metric-set.ts';

/** One question to one metrics store: one metric of one side. */
export interface MetricsRequest<Query = unknown, A extends Account = Account> {
  readonly config: CanaryConfig;
  readonly metric: CanaryMetricConfig;
  readonly query: Query;
  readonly scope: CanaryScope;
  readonly side: Side;
  readonly account: A;
}

/** A request with the text that {@link MetricsProvider.buildQuery} made of it. */
export interface BuiltRequest<Query = unknown, A extends Account = Account> extends MetricsRequest<Query, A> {
  /** what dry runs and reports show, and what is sent */
  readonly text: string;
}

/** As many names of metrics as anybody is shown: more than a picker can show. */
export const MAX_NAMES = 5000;

/** Something a user may pick, with at least its name. */
export type MetricDescriptor = Readonly<Record<string, unknown>> & { readonly name: string };

/** Parameters by name; a list is written with commas. */
export type FetchParameters = Readonly<Record<string, string | undefined>>;

export interface FetchedQuery {
  /** seconds, where the route does not say it as a number in `step` */
  readonly step?: number;
  /** the `query` of a metric, less its type */
  readonly query: Readonly<Record<string, unknown>>;
  /** further variables of the scope */
  readonly extendedScopeParams?: Readonly<Record<string, string>>;
}

/** A query as it was sent, and its window: what a link into a store shows. */
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
  /** The name of an account that is always there, for a provider that needs to know nothing. */
  readonly builtInAccount?: string;
  /** Queries hold the data itself: configs with them are stored only where the configuration allows it. */
  readonly holdsData?: true;
  /** The store chooses how close its points are, so few of them say nothing about the window. */
  readonly ownResolution?: true;
  /** What a metric's `query` may say. */
  readonly Query: z.ZodType<Query>;
  /** What an account of the configuration file may say. */
  readonly Account: z.ZodType<A>;

  /**
   * The exact text that will be sent; also shown in reports and dry runs. Pure.
   *
   * Requests for one metric that have the same text, query, window, location and `extendedScopeParams` are asked once:
   * what depends on the side or on `scope.scope` must stand in the text.
   * @throws CanaryError METRICS_QUERY_INVALID when no text can be built
   */
  buildQuery(request: MetricsRequest<Query, A>): string;

  /**
   * Sends `request.text`; a store that must be asked in several parts builds the texts of the parts itself.
   *
   * At least one MetricSet: no data is one MetricSet of gaps, not an error. Rejects soon after `signal` aborts.
   * Several questions go out one after the other: the engine counts a call as one of `maxConcurrent`.
   */
  queryMetrics(request: BuiltRequest<Query, A>, signal: AbortSignal): Promise<MetricSet[]>;

  /**
   * Names a user may pick from, if the store can list them. The engine keeps those that contain `filter`, in any case,
   * and the first 5000 of them; `filter` is for stores that search by themselves, and to know when to stop.
   */
  getMetadata?(account: A, filter: string, signal: AbortSignal): Promise<MetricDescriptor[]>;

  /**
   * The fields of a descriptor in which a filter is looked for; `['name']` when absent. None: what the store's own search
   * has found is the answer.
   */
  readonly searchedFields?: readonly string[];

  /** What the parameters of `POST /fetch/{type}/query` say of the query, where Kayenta has that route. */
  readFetchParameters?(parameters: FetchParameters): FetchedQuery;

  /** One cheap authenticated question; rejects when the store cannot be used. */
  check(account: A, signal: AbortSignal): Promise<void>;

  /** What `GET /credentials` shows besides the common fields: end point, project, user; never a secret. */
  describeAccount(account: A): Record<string, unknown>;

  /**
   * The page of the store that shows what was asked, for people who are logged in there; undefined when the store has
   * none for this query. It ends up in reports: no name, no password, no token. Pure.
   */
  linkTo?(account: A, asked: AskedQuery): string | undefined;
}

/** Infers `Query` and `A` from the schemas; a provider is a value, there is nothing to construct. */
export function defineProvider<Query, A extends Account>(
  provider: MetricsProvider<NoInfer<Query>, NoInfer<A>> & { Query: z.ZodType<Query>; Account: z.ZodType<A> },
): MetricsProvider {
  return provider as unknown as MetricsProvider;
}
