import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { monotonicFactory } from 'ulid';
import { gates } from '../gates/index.ts';
import { createPrometheusApi } from '../gates/prometheus/index.ts';
import { storedRuns } from '../gates/prometheus/run-source.ts';
import { createJudges } from '../judges/index.ts';
import { providers, readTemplatePacks } from '../providers/index.ts';
import { createReload } from './app/reload.ts';
import { leaseMillisOf, openStorage, type Storage } from './app/storage.ts';
import { createTelemetry, type Telemetry } from './app/telemetry.ts';
import { createAccess } from './auth/access.ts';
import { createAudit } from './auth/audit.ts';
import { createTokens } from './auth/tokens.ts';
import { isOpen } from './config/auth.ts';
import type { Changes } from './config/changes.ts';
import type { Config } from './config/config.ts';
import type { CanaryJudge } from './domain/canary-judge.ts';
import type { Gate } from './domain/gate.ts';
import type { MetricsProvider } from './domain/metrics-provider.ts';
import type { Store } from './domain/stores.ts';
import type { TemplatePack } from './domain/template-pack.ts';
import { createAccounts } from './engine/accounts.ts';
import { Analyses } from './engine/analyses/analyses.ts';
import { Ramps } from './engine/analyses/ramps.ts';
import { Backtests } from './engine/backtest/backtests.ts';
import { Callbacks } from './engine/callbacks/callbacks.ts';
import { CanaryConfigs } from './engine/configs/canary-configs.ts';
import { TemplatePacks } from './engine/configs/template-packs.ts';
import { AccountChecks } from './engine/fetching/account-checks.ts';
import { MetricExplorer } from './engine/fetching/metric-explorer.ts';
import { MetricsFetcher } from './engine/fetching/metrics-fetcher.ts';
import { Gates } from './engine/gates/gates.ts';
import { createHealth } from './engine/health.ts';
import { createEarlierRuns } from './engine/judging/earlier-runs.ts';
import { pairsLikeKayenta } from './engine/judging/find-judge.ts';
import { JudgeComparisons } from './engine/judging/judge-comparisons.ts';
import { createJudging } from './engine/judging/judging.ts';
import { createLossLimit } from './engine/lost-attempts.ts';
import { createReadiness } from './engine/readiness.ts';
import { createReplays } from './engine/replay/replays.ts';
import { createReports } from './engine/reports/reports.ts';
import { createVerdicts } from './engine/reports/verdicts.ts';
import { RunArchive } from './engine/runs/archive.ts';
import { idempotentStart } from './engine/runs/idempotent-start.ts';
import { Runs } from './engine/runs/runs.ts';
import { createSeries } from './engine/series.ts';
import { createSurveys } from './engine/survey/surveys.ts';
import { Retention } from './engine/upkeep/retention.ts';
import { storageBackup } from './engine/upkeep/storage-backup.ts';
import { storageState } from './engine/upkeep/storage-state.ts';
import { Sweep } from './engine/upkeep/sweep.ts';
import { createHttpServer } from './http/server.ts';
import type { HttpServer, Service } from './http/service.ts';
import { BytesInFlight } from './waiting/bytes-in-flight.ts';
import { monotonicClock, wallClock } from './waiting/clocks.ts';

export interface App {
  readonly http: HttpServer;
  readonly store: Store;
  readonly runs: Runs;
  /** Whether there is a metrics store to ask. */
  hasMetricsStore(): boolean;
  /** Loads what counts; a start does not wait for it. */
  beginMeasuring(): void;
  /** Logs which metrics accounts cannot be used. */
  warnOfAccounts(): Promise<void>;
  /** Resumes the runs and analyses an earlier process left unfinished. @returns how many */
  resume(): Promise<number>;
  /** The same beside requests, until it succeeds; logs how many. */
  resumeBeside(): void;
  /**
   * Takes what a running service can of a configuration that was read again. Runs go on: those under way ask with the
   * new secrets of their accounts, and otherwise with the accounts they began with.
   *
   * @throws CanaryError CONFIGURATION_INVALID; everything is as before then
   */
  reload(next: Config): Changes;
  /** Finishes open requests, stops runs where they are, closes the store. */
  close(): Promise<void>;
}

export interface AppParts {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  readonly version: string;
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
  readonly gates: readonly Gate[];
  /** called once, when the first pack is asked for */
  readonly templatePacks: () => readonly TemplatePack[];
}

/** The service with every registered provider, judge, gate and template pack. */
export function createApp(config: Config, log: FastifyBaseLogger, version: string): Promise<App> {
  const judges = createJudges(config.remoteJudge ? { remoteJudge: config.remoteJudge.endpoint } : {});
  return assembleApp({ config, log, version, providers, judges, gates, templatePacks: readTemplatePacks });
}

/** Wires the parts; the only place that knows all of them. Opens no port. */
export async function assembleApp(parts: AppParts): Promise<App> {
  const telemetry = await createTelemetry(parts);
  const storage = await openStorage(parts, telemetry.metrics);
  const engine = createEngine(parts, storage, telemetry);
  const { service, accountChecks, sweep, retention } = engine;
  const { store, queue } = storage;
  const { auth, limits, server, telemetry: telemetrySettings } = parts.config;
  const access = isOpen(auth) ? undefined : createAccess(auth, service.tokens);
  const settings = { ...server, limits, openMetrics: telemetrySettings.metrics.open };
  const { tracing } = telemetry;
  const http = await createHttpServer(service, { ...parts, tracing, settings, access: access ?? {} });
  await queue.start();
  return {
    http,
    store,
    runs: service.runs,
    hasMetricsStore: () => service.accounts.hasMetricsStore(),
    warnOfAccounts: () => accountChecks.warn(),
    beginMeasuring: () => void telemetry.metrics.begin(),
    resume: () => sweep.start(),
    resumeBeside: () => sweep.begin(),
    reload: createReload(parts.config, { ...engine, access, http }),
    close: async () => {
      accountChecks.stop();
      await http.close();
      await retention.stop();
      await sweep.stop();
      await queue.stop();
      await store.close();
      await telemetry.tracing?.close();
    },
  };
}

/** Everything that works without HTTP. */
function createEngine(app: AppParts, storage: Storage, telemetry: Telemetry) {
  const parts = createParts(app, storage, telemetry);
  const { store, accounts, fetcher } = parts;
  const runs = new Runs({ ...parts, store: store.runs });
  telemetry.watch({ store, fetcher, runs });
  const analyses = new Analyses({ ...parts, runs, store: store.analyses });
  const backtests = new Backtests({ ...parts, runs, store: store.backtests });
  const accountChecks = new AccountChecks({ ...parts, metricsStores: () => accounts.metricsStores() });
  return {
    ...{ callbacks: parts.callbacks, fetcher: parts.fetcher, accountChecks },
    service: createService(parts, { runs, analyses, backtests, accountChecks }),
    sweep: new Sweep({ ...parts, runs, analyses, backtests, shared: storage.shared }),
    retention: new Retention({ ...parts, ...app.config.retention }),
  };
}

/** Shared by the services of the engine. */
function createParts(
  { config, log, version, providers, judges, gates, templatePacks }: AppParts,
  storage: Storage,
  telemetry: Telemetry,
) {
  const { store, queue } = storage;
  const { engine, limits, metrics } = config;
  const basics = {
    log,
    measure: telemetry.metrics,
    tracing: telemetry.tracing,
    store,
    queue,
    now: wallClock,
    monotonic: monotonicClock,
    newId: randomUUID,
    random: Math.random,
  };
  const [deadlineMillis, lossLimit] = [engine.runDeadlineMinutes * 60_000, createLossLimit(engine.attempts)];
  const accounts = createAccounts({ metricsStores: config.accounts, providers, store: config.store });
  const series = createSeries({ ...store, newId: randomUUID });
  return {
    ...{
      ...basics,
      config,
      version,
      providers,
      judges,
      gates,
      newRunId: monotonicFactory(),
      deadlineMillis,
      lossLimit,
      limits,
    },
    leaseMillis: leaseMillisOf(engine),
    accounts,
    fetcher: new MetricsFetcher({
      ...{ ...basics, latest: accounts.latest, policy: metrics.retry, longestWaitMillis: deadlineMillis, limits },
      bytesInFlight: new BytesInFlight(engine.bytesInFlight),
    }),
    callbacks: new Callbacks({
      ...{ ...basics, settings: config.callbacks, lossLimit, version, publicUrl: config.server.publicUrl },
    }),
    series,
    earlierRuns: createEarlierRuns({ runs: store.runs, series }),
    templatePacks: new TemplatePacks(templatePacks),
  };
}

type Parts = ReturnType<typeof createParts>;

interface Workers {
  readonly runs: Runs;
  readonly analyses: Analyses;
  readonly backtests: Backtests;
  readonly accountChecks: AccountChecks;
}

/** The services routes may call. */
function createService(parts: Parts, { runs, analyses, backtests, accountChecks }: Workers): Service {
  const { accounts, config, newRunId, now, providers, series, store, templatePacks } = parts;
  const canaryConfigs = new CanaryConfigs({ ...parts, ...queryTypesOf(config, providers), store: store.canaryConfigs });
  const health = createHealth({ store, accountChecks, accounts, runs });
  const metricExplorer = new MetricExplorer({
    ...parts,
    metricSetLists: store.metricSetLists,
    pairsLikeKayenta: ({ judge }) => pairsLikeKayenta(parts.judges, judge?.name),
  });
  const verdicts = createVerdicts({ runs, analyses, accounts, now });
  return {
    accounts,
    analyses,
    backtests,
    archive: new RunArchive({ ...parts, store: store.runs }),
    canaryConfigs,
    gates: {
      all: parts.gates,
      engine: new Gates({ ...parts, store: store.gates, runs, verdicts, canaryConfigs, accountChecks }),
    },
    health,
    readiness: createReadiness({ health, runs, missingMigrations: () => store.missingMigrations() }),
    version: parts.version,
    judgeComparisons: new JudgeComparisons({ ...parts, store: store.judgeComparisons }),
    replays: createReplays({ ...parts, runs }),
    judging: createJudging(parts),
    metrics: parts.measure,
    metricExplorer,
    prometheus: createPrometheusApi({ ...parts, source: storedRuns(store.runs, verdicts) }),
    queryTypes: providers,
    ramps: new Ramps({ ...parts, store: store.analyses, runs, analyses }),
    reports: createReports({ ...parts, runs, analyses }),
    runs,
    series,
    surveys: createSurveys({ ...parts, metricExplorer }),
    storage: () => storageState(store.upkeep, config.retention),
    storageBackup: () => storageBackup(store.upkeep, config.dataDir),
    startOnce: (start) => idempotentStart({ ...start, store: store.idempotency, newRunId, now }),
    templatePacks,
    verdicts,
    tokens: createTokens({ ...parts, store: store.tokens }),
    audit: createAudit({ ...parts, store: store.audit, newId: newRunId }),
    now,
  };
}

/** The query types a config may have, and those whose configs are not stored. */
function queryTypesOf({ metrics }: Config, providers: readonly MetricsProvider[]) {
  const dataTypes = providers.filter(({ holdsData }) => holdsData).map(({ type }) => type);
  return {
    queryTypes: providers.map(({ type }) => type),
    typesNotStorable: metrics.allowInlineInConfigs ? [] : dataTypes,
  };
}
