import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { CanaryJudge } from '../domain/canary-judge.ts';
import type { MetricsProvider } from '../domain/metrics-provider.ts';
import type { Store } from '../domain/stores.ts';
import type { Accounts } from '../engine/accounts.ts';
import type { Analyses } from '../engine/analyses/analyses.ts';
import type { CanaryConfigs } from '../engine/configs/canary-configs.ts';
import type { TemplatePacks } from '../engine/configs/template-packs.ts';
import type { AccountChecks } from '../engine/fetching/account-checks.ts';
import type { MetricExplorer } from '../engine/fetching/metric-explorer.ts';
import type { JudgeComparisons } from '../engine/judging/judge-comparisons.ts';
import type { RunArchive } from '../engine/runs/archive.ts';
import type { Runs } from '../engine/runs/runs.ts';
import type { Series } from '../engine/series.ts';
import type { ZodTypeProvider } from './request/zod.ts';

/** What the routes call, and when to stop waiting. */
export interface RouteContext extends Service {
  /** aborts when the service is about to close: what waits answers now */
  readonly closing: AbortSignal;
}

/** What the routes call. */
export interface Service {
  readonly accounts: Accounts;
  readonly accountChecks: AccountChecks;
  readonly canaryConfigs: CanaryConfigs;
  readonly archive: RunArchive;
  readonly runs: Runs;
  readonly series: Series;
  readonly judgeComparisons: JudgeComparisons;
  readonly metricExplorer: MetricExplorer;
  readonly analyses: Analyses;
  readonly templatePacks: TemplatePacks;
  readonly judges: readonly CanaryJudge[];
  readonly providers: readonly MetricsProvider[];
  readonly store: Store;
  readonly newId: () => string;
  readonly newRunId: () => string;
  readonly now: () => number;
}

/** A Fastify whose handlers are typed by the zod schemas of their routes. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
