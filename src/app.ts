import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { monotonicFactory } from 'ulid';
import { createJudges } from '../judges/index.ts';
import { providers } from '../providers/index.ts';
import type { Config } from './config.ts';
import type { CanaryJudge } from './domain/canary-judge.ts';
import type { MetricsProvider } from './domain/metrics-provider.ts';
import type { Store } from './domain/stores.ts';
import { createAccounts } from './engine/accounts.ts';
import { CanaryConfigs } from './engine/canary-configs.ts';
import { CanaryResultArchive } from './engine/canary-result-archive.ts';
import { Executions } from './engine/executions.ts';
import { MetricsFetcher } from './engine/fetch-metrics.ts';
import { JudgeComparisons } from './engine/judge-comparisons.ts';
import { MetricFetches } from './engine/metric-fetches.ts';
import { Retention } from './engine/retention.ts';
import { StandaloneAnalyses } from './engine/standalone-analyses.ts';
import { createHttpServer } from './http/http-server.ts';
import type { HttpServer } from './http/service.ts';
import { LocalQueue } from './queue/local.ts';
import { openSqlite } from './store/sqlite-database.ts';
import { openStore } from './store/store.ts';

export interface App {
  readonly http: HttpServer;
  readonly store: Store;
  readonly executions: Executions;
  /** Takes up the runs and analyses a former process left. @returns how many */
  resume(): Promise<number>;
  /** Answers what is being asked, stops the runs where they are, closes the store. */
  close(): Promise<void>;
}

export interface AppParts {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  readonly version: string;
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
}

/** The service with all providers and judges of the registries. */
export function createApp(config: Config, log: FastifyBaseLogger, version: string): Promise<App> {
  const judges = createJudges(config.remoteJudge ? { remoteJudge: config.remoteJudge.endpoint } : {});
  return assembleApp({ config, log, version, providers, judges });
}

/** Puts the parts together; the one place that knows all of them. No port is opened here. */
export async function assembleApp({ config, log, version, providers, judges }: AppParts): Promise<App> {
  const now = Date.now;
  const newId = randomUUID;
  const newExecutionId = monotonicFactory();
  const store = await openStore(openSqlite(config.dataDir), now);
  const accounts = createAccounts({ metricsStores: config.accounts, providers, store: config.store });
  const queue = new LocalQueue({ run: config.engine.concurrentRuns, analysis: 64, callback: 8 });
  const deadlineMillis = config.engine.runDeadlineMinutes * 60_000;
  const fetcher = new MetricsFetcher({
    policy: config.metrics.retry,
    longestWaitMillis: deadlineMillis,
    random: Math.random,
    now,
    log,
  });
  const parts = { queue, providers, judges, accounts, fetcher, now, newId, newExecutionId, log };
  const executions = new Executions({
    ...parts,
    metricSetPairLists: store.metricSetPairLists,
    store: store.executions,
    leaseMillis: config.engine.leaseSeconds * 1000,
    deadlineMillis,
  });
  const standaloneAnalyses = new StandaloneAnalyses({ ...parts, executions, store: store.standaloneAnalyses });
  const retention = new Retention({ ...parts, ...config.retention, store });
  const queryTypes = providers.map(({ type }) => type);
  const service = {
    ...parts,
    store,
    executions,
    standaloneAnalyses,
    archive: new CanaryResultArchive({ ...parts, store: store.executions }),
    canaryConfigs: new CanaryConfigs({ ...parts, store: store.canaryConfigs, queryTypes }),
    judgeComparisons: new JudgeComparisons({ ...parts, store: store.judgeComparisons }),
    metricFetches: new MetricFetches({ ...parts, metricSetLists: store.metricSetLists }),
  };
  const http = await createHttpServer(service, log, version);
  await queue.start();
  return {
    http,
    store,
    executions,
    resume: async () => (await executions.resume()) + (await standaloneAnalyses.resume()),
    close: async () => {
      await http.close();
      await retention.stop();
      await queue.stop();
      await store.close();
    },
  };
}
