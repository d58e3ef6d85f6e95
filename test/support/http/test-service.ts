import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { gates } from '../../../gates/index.ts';
import { readTemplatePacks } from '../../../providers/index.ts';
import { type App, assembleApp } from '../../../src/app.ts';
import { type Config, readConfig } from '../../../src/config/config.ts';
import type { Account } from '../../../src/domain/account.ts';
import type { CanaryJudge } from '../../../src/domain/canary-judge.ts';
import type { MetricsProvider } from '../../../src/domain/metrics-provider.ts';
import { openSqlite } from '../../../src/store/sqlite-database.ts';
import { openStore } from '../../../src/store/store.ts';
import { fakeJudge } from '../fake-judge.ts';
import { fakeAccount, fakeProvider } from '../fake-provider.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

interface TestServiceOptions {
  readonly providers?: readonly MetricsProvider[];
  readonly judges?: readonly CanaryJudge[];
  readonly metricsStores?: readonly Account[];
  readonly storeNames?: readonly string[];
  /** the test's own folder, to open the same store twice */
  readonly dataDir?: string;
  /** a PostgreSQL database instead of the file */
  readonly postgresUrl?: string | undefined;
  readonly attempts?: number;
  readonly deadlineMillis?: number;
  readonly callbacks?: Partial<Config['callbacks']>;
  readonly limits?: Partial<Config['limits']>;
  readonly server?: Partial<Config['server']>;
  readonly auth?: Config['auth'];
  readonly log?: Logger;
}

export type TestService = App;

const packs = readTemplatePacks();

/** The whole service with the test's own metrics store and judge; opens no port. */
export async function createTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const defaults = readConfig({ environment: {}, providers: [] });
  const config = {
    ...defaults,
    accounts: [...(options.metricsStores ?? [fakeAccount])] as typeof defaults.accounts,
    dataDir: options.dataDir ?? (await emptyDataDir()),
    store: storeOf(options),
    metrics: {
      ...defaults.metrics,
      retry: { attempts: options.attempts ?? 3, backoffPeriodMultiplierMs: 1, maxWaitMillis: 5 },
    },
    limits: { ...defaults.limits, ...options.limits },
    server: { ...defaults.server, ...options.server },
    auth: options.auth ?? defaults.auth,
    callbacks: { ...defaults.callbacks, ...options.callbacks },
    engine: { ...defaults.engine, concurrentRuns: 4, runDeadlineMinutes: (options.deadlineMillis ?? 60_000) / 60_000 },
  };
  return assembleApp({
    config,
    log: options.log ?? pino({ level: 'silent' }),
    version: '0.0.0-test',
    providers: options.providers ?? [fakeProvider()],
    judges: options.judges ?? [fakeJudge],
    gates,
    templatePacks: () => packs,
  });
}

function storeOf({ postgresUrl, storeNames = ['haldane'] }: TestServiceOptions): Config['store'] {
  const accountNames = [...storeNames];
  if (postgresUrl === undefined) return { type: 'sqlite', accountNames };
  const limits = { connections: 10, connectTimeoutMillis: 10_000, queryTimeoutMillis: 30_000 };
  return { type: 'postgres', url: postgresUrl, queueSchema: 'pgboss', ...limits, accountNames };
}

let emptyStore: Promise<Buffer> | undefined;

/** A folder with an empty store. Its tables are made once a process: they take longer than the rest of a start. */
async function emptyDataDir(): Promise<string> {
  const directory = temporaryDirectory();
  emptyStore ??= createEmptyStore();
  writeFileSync(join(directory, 'haldane.sqlite'), await emptyStore);
  return directory;
}

async function createEmptyStore(): Promise<Buffer> {
  const directory = temporaryDirectory();
  const store = await openStore(openSqlite(directory), Date.now);
  await store.close();
  return readFileSync(join(directory, 'haldane.sqlite'));
}
