import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { monotonicFactory } from 'ulid';
import type { Account } from '../../src/domain/account.ts';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import type { MetricsProvider } from '../../src/domain/metrics-provider.ts';
import { createAccounts } from '../../src/engine/accounts.ts';
import { CanaryConfigs } from '../../src/engine/canary-configs.ts';
import { Executions } from '../../src/engine/executions.ts';
import { MetricsFetcher } from '../../src/engine/fetch-metrics.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { LocalQueue } from '../../src/queue/local.ts';
import { openSqliteDialect } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import { fakeJudge } from './fake-judge.ts';
import { fakeAccount, fakeProvider } from './fake-provider.ts';
import { temporaryDirectory } from './temporary-directory.ts';

interface TestServiceOptions {
  readonly providers?: readonly MetricsProvider[];
  readonly judges?: readonly CanaryJudge[];
  readonly metricsStores?: readonly Account[];
  readonly storeNames?: readonly string[];
  /** a folder of the test's own, to open the same store twice */
  readonly dataDir?: string;
  readonly attempts?: number;
  readonly deadlineMillis?: number;
  readonly concurrentRuns?: number;
}

export type TestService = Awaited<ReturnType<typeof createTestService>>;

/** The service with a real store and a metrics store and judge of the test's own; no port is opened. */
export async function createTestService(options: TestServiceOptions = {}) {
  const { providers = [fakeProvider()], judges = [fakeJudge], metricsStores = [fakeAccount] } = options;
  const log = pino({ level: 'silent' });
  const store = await openStore(openSqliteDialect(options.dataDir ?? temporaryDirectory()), Date.now);
  const accounts = createAccounts({
    metricsStores,
    providers,
    store: { type: 'sqlite', accountNames: options.storeNames ?? ['haldane'] },
  });
  const queue = new LocalQueue(options.concurrentRuns ?? 4);
  const policy = { attempts: options.attempts ?? 3, backoffPeriodMultiplierMs: 1, maxWaitMillis: 5 };
  const executions = new Executions({
    providers,
    judges,
    accounts,
    fetcher: new MetricsFetcher({ policy, random: () => 0.5, log }),
    metricSetPairLists: store.metricSetPairLists,
    store: store.executions,
    queue,
    deadlineMillis: options.deadlineMillis ?? 60_000,
    now: Date.now,
    newId: randomUUID,
    newExecutionId: monotonicFactory(),
    log,
  });
  const canaryConfigs = new CanaryConfigs({
    store: store.canaryConfigs,
    now: Date.now,
    newId: randomUUID,
    queryTypes: providers.map(({ type }) => type),
  });
  const http = await createHttpServer(
    { accounts, canaryConfigs, executions, judges, providers, store },
    log,
    '0.0.0-test',
  );
  return {
    http,
    store,
    executions,
    queue,
    /** Ends it as a kill would: runs stay where they are. */
    close: async () => {
      await http.close();
      await queue.stop();
      await store.close();
    },
  };
}
