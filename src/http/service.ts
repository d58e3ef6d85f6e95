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
import type { StandaloneAnalyses } from '../engine/analyses/analyses.ts';
import type { CanaryConfigs } from '../engine/configs/canary-configs.ts';
import type { TemplatePacks } from '../engine/configs/template-packs.ts';
import type { AccountChecks } from '../engine/fetching/account-checks.ts';
import type { MetricFetches } from '../engine/fetching/metric-explorer.ts';
import type { JudgeComparisons } from '../engine/judging/judge-comparisons.ts';
import type { CanaryResultArchive } from '../engine/runs/archive.ts';
import type { Executions } from '../engine/runs/runs.ts';
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
  readonly archive: CanaryResultArchive;
  readonly executions: Executions;
  readonly judgeComparisons: JudgeComparisons;
  readonly metricFetches: MetricFetches;
  readonly standaloneAnalyses: StandaloneAnalyses;
  readonly templatePacks: TemplatePacks;
  readonly judges: readonly CanaryJudge[];
  readonly providers: readonly MetricsProvider[];
  readonly store: Store;
  readonly newId: () => string;
  readonly newExecutionId: () => string;
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
