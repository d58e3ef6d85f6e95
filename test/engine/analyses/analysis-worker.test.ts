import { expect, test } from 'vitest';
import type { Run } from '../../../src/domain/run.ts';
import type { StandaloneAnalysis } from '../../../src/domain/standalone-analysis.ts';
import type { Job } from '../../../src/domain/work-queue.ts';
import { AnalysisWorker, type AnalysisWorkerOptions } from '../../../src/engine/analyses/analysis-worker.ts';
import { createLossLimit } from '../../../src/engine/lost-attempts.ts';

const START = { config: {}, storageAccountName: 'store', metricsAccountName: 'metrics', application: 'shop' };

const analysis: StandaloneAnalysis = {
  ...START,
  id: 'analysis',
  version: 1,
  user: 'ada',
  request: { scopes: [], beginAfterMins: 0, lookbackMins: 0 },
  status: 'running',
  stages: [{ type: 'runCanary', name: 'Run Canary #1', status: 'running', executionId: 'run' }],
  buildTime: 0,
};
const running: Run = {
  ...START,
  id: 'run',
  canaryConfigId: 'ad-hoc',
  request: {},
  status: 'running',
  stageStatus: {},
  buildTime: 0,
};

test('a run that ends while its analysis looks at it wakes the analysis at once', async () => {
  const pushed: [Job, number | undefined][] = [];
  let wake = () => {};
  const find = async () => {
    wake();
    return running;
  };
  const worker = new AnalysisWorker({
    ...nothing,
    runs: {
      ...nothing.runs,
      find,
      onceEnded: (_, callback) => {
        wake = callback;
        return () => {};
      },
    },
    queue: { ...nothing.queue, push: async (job, delay) => void pushed.push([job, delay]) },
  });
  await worker.advance('analysis', new AbortController().signal);
  expect(pushed).toEqual([
    [{ kind: 'analysis', id: 'analysis' }, undefined],
    [{ kind: 'analysis', id: 'analysis' }, 5000],
  ]);
});

test('an analysis whose steps were lost with their process three times ends with the reason', async () => {
  const written: StandaloneAnalysis[] = [];
  const told: string[] = [];
  const worker = new AnalysisWorker({
    ...nothing,
    store: { ...nothing.store, beginAttempt: async () => 3, update: async (changed) => written.push(changed) > 0 },
    callbacks: { ...nothing.callbacks, ended: async (_, id) => void told.push(id) },
  });
  await worker.advance('analysis', new AbortController().signal);
  expect(written).toMatchObject([
    {
      status: 'terminal',
      stages: [{ status: 'terminal' }],
      exception: {
        exceptionType: 'EXECUTION_ABANDONED',
        details: { errors: [expect.stringMatching(/started 3 times/)] },
      },
    },
  ]);
  expect(told).toEqual(['analysis']);
});

const unused = () => {
  throw new Error('not to be called');
};
const nothing: AnalysisWorkerOptions = {
  store: {
    get: async () => analysis,
    applicationOf: unused,
    states: unused,
    create: unused,
    update: unused,
    beginAttempt: async () => 0,
    stepAside: async () => {},
    reportBack: async () => {},
    list: unused,
    unfinished: unused,
    delete: unused,
    prune: unused,
  },
  runs: {
    check: unused,
    checkSize: unused,
    resolved: unused,
    warnings: unused,
    start: unused,
    find: unused,
    cancel: unused,
    onceEnded: unused,
  },
  queue: { handle() {}, start: unused, push: unused, setEnabled: unused, stop: unused },
  callbacks: { plan: unused, ended: unused },
  lossLimit: createLossLimit(3),
  accounts: {
    resolve: unused,
    metricsStore: unused,
    storage: unused,
    metricsStores: unused,
    hasMetricsStore: unused,
    views: unused,
    linkTo: unused,
    hasOwnResolution: unused,
    remove: unused,
    replace: unused,
    latest: unused,
  },
  now: () => 0,
  newRunId: () => 'id',
  log: { debug() {}, info() {}, warn() {}, error() {} },
};
