import type { Readable } from 'node:stream';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Audit } from '../auth/audit.ts';
import type { Login } from '../auth/oidc/login.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Gate } from '../domain/gate.ts';
import type { MetricsProvider } from '../domain/metrics-provider.ts';
import type { PrometheusApi } from '../domain/prometheus-api.ts';
import type { Accounts } from '../engine/accounts.ts';
import type { Analyses } from '../engine/analyses/analyses.ts';
import type { Ramps } from '../engine/analyses/ramps.ts';
import type { Backtests } from '../engine/backtest/backtests.ts';
import type { CanaryConfigs } from '../engine/configs/canary-configs.ts';
import type { TemplatePacks } from '../engine/configs/template-packs.ts';
import type { MetricExplorer } from '../engine/fetching/metric-explorer.ts';
import type { Gates } from '../engine/gates/gates.ts';
import type { Health } from '../engine/health.ts';
import type { JudgeComparisons } from '../engine/judging/judge-comparisons.ts';
import type { Judging } from '../engine/judging/judging.ts';
import type { Readiness } from '../engine/readiness.ts';
import type { Replays } from '../engine/replay/replays.ts';
import type { Reports } from '../engine/reports/reports.ts';
import type { Verdicts } from '../engine/reports/verdicts.ts';
import type { RunArchive } from '../engine/runs/archive.ts';
import type { KeyedStart } from '../engine/runs/idempotent-start.ts';
import type { Runs } from '../engine/runs/runs.ts';
import type { Series } from '../engine/series.ts';
import type { Surveys } from '../engine/survey/surveys.ts';
import type { StorageState } from '../engine/upkeep/storage-state.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { ZodTypeProvider } from './request/zod.ts';

/** What the routes call, and when to stop waiting. */
export interface RouteContext extends Service {
  /** aborts when the service shuts down: waiting requests respond now */
  readonly closing: AbortSignal;
  /** streams of events at once */
  readonly maxEventStreams: number;
  /** of one who is known */
  readonly maxEventStreamsPerCaller: number;
  /** whether `/metrics` needs no authentication */
  readonly metricsAreOpen: boolean;
  /** of browsers; absent: there is none */
  readonly login: Login | undefined;
}

/** The services routes call. None of them is a store, a clock or an id generator. */
export interface Service {
  readonly accounts: Accounts;
  readonly analyses: Analyses;
  readonly archive: RunArchive;
  readonly backtests: Backtests;
  readonly canaryConfigs: CanaryConfigs;
  readonly gates: { readonly all: readonly Gate[]; readonly engine: Gates };
  readonly health: Health;
  /** whether it should get requests, asked with whether it closes */
  readonly readiness: (closing: boolean) => Promise<Readiness>;
  readonly version: string;
  readonly judgeComparisons: JudgeComparisons;
  readonly replays: Replays;
  readonly judging: Judging;
  readonly metricExplorer: MetricExplorer;
  /** of the service itself */
  readonly metrics: Metrics;
  /** the runs as series of Prometheus */
  readonly prometheus: PrometheusApi;
  /** the query schema by provider type */
  readonly queryTypes: readonly Pick<MetricsProvider, 'type' | 'Query'>[];
  readonly ramps: Ramps;
  readonly reports: Reports;
  readonly runs: Runs;
  readonly series: Series;
  /** Starts what an idempotency key stands for, once. @returns its id */
  readonly startOnce: (start: KeyedStart) => Promise<string>;
  /** how much is stored, and how long it is kept */
  readonly storage: () => Promise<StorageState>;
  /** a copy of everything that is stored, as a file */
  readonly storageBackup: () => Promise<Readable>;
  /** what an account has to judge */
  readonly surveys: Surveys;
  readonly templatePacks: TemplatePacks;
  readonly verdicts: Verdicts;
  readonly tokens: Tokens;
  readonly audit: Audit;
  /** milliseconds since 1970 */
  readonly now: () => number;
}

/** Fastify, with handlers typed by the zod schemas of their routes. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
