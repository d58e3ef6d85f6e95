import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { monotonicFactory } from 'ulid';
import { createJudges } from '../judges/index.ts';
import { providers } from '../providers/index.ts';
import type { Config } from './config.ts';
import { createAccounts } from './engine/accounts.ts';
import { CanaryConfigs } from './engine/canary-configs.ts';
import { Executions } from './engine/executions.ts';
import { MetricsFetcher } from './engine/fetch-metrics.ts';
import { createHttpServer } from './http/http-server.ts';
import type { HttpServer } from './http/service.ts';
import { LocalQueue } from './queue/local.ts';
import { openSqliteDialect } from './store/sqlite-database.ts';
import { openStore } from './store/store.ts';

export interface App {
  readonly http: HttpServer;
  /** Takes up the runs a former process left. @returns how many */
  resume(): Promise<number>;
  /** Answers what is being asked, stops the runs where they are, closes the store. */
  close(): Promise<void>;
}

/** Puts the parts together; the one place that knows all of them. No port is opened here. */
export async function createApp(config: Config, log: FastifyBaseLogger, version: string): Promise<App> {
  const now = Date.now;
  const newId = randomUUID;
  const store = await openStore(openSqliteDialect(config.dataDir), now);
  const judges = createJudges(config.remoteJudge ? { remoteJudge: config.remoteJudge.endpoint } : {});
  const accounts = createAccounts({ metricsStores: config.accounts, providers, store: config.store });
  const queue = new LocalQueue(config.engine.concurrentRuns);
  const executions = new Executions({
    providers,
    judges,
    accounts,
    fetcher: new MetricsFetcher({ policy: config.metrics.retry, random: Math.random, log }),
    metricSetPairLists: store.metricSetPairLists,
    store: store.executions,
    queue,
    deadlineMillis: config.engine.runDeadlineMinutes * 60_000,
    now,
    newId,
    newExecutionId: monotonicFactory(),
    log,
  });
  const queryTypes = providers.map(({ type }) => type);
  const canaryConfigs = new CanaryConfigs({ store: store.canaryConfigs, now, newId, queryTypes });
  const http = await createHttpServer({ accounts, canaryConfigs, executions, judges, providers, store }, log, version);
  return {
    http,
    resume: () => executions.resume(),
    close: async () => {
      await http.close();
      await queue.stop();
      await store.close();
    },
  };
}
