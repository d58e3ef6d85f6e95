/**
 * The same samples in every metrics store that can be had here: from POST /canary to the verdict, all of them agree,
 * and with what was written.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import type { Version } from '../support/samples/samples.ts';
import { COMBINES, expectSameValues, writtenGauge } from '../support/samples/written-gauge.ts';
import {
  type Aggregation,
  METRICS_STORES,
  type MetricsStore,
  type RunningStore,
} from '../support/servers/metrics-stores.ts';
import { requiredServer } from '../support/servers/required-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const METRICS: Readonly<Record<string, { gauge: string; aggregation: Aggregation }>> = {
  latency: { gauge: 'request_latency_seconds', aggregation: 'mean' },
  'longest queue': { gauge: 'work_queue_depth', aggregation: 'max' },
  'least memory': { gauge: 'process_resident_memory_bytes', aggregation: 'min' },
  connections: { gauge: 'db_connections_in_use', aggregation: 'sum' },
  lag: { gauge: 'event_loop_lag_seconds', aggregation: 'mean' },
};
/** Begins between two minutes, so every store has to cut time where it is told to. */
const WINDOW = { start: '2025-01-15T12:40:30Z', end: '2025-01-15T14:40:30Z', step: 60 };
const COUNT = 120;
/** Minutes within the silence of the canary's latency, from 12:50 to 13:15. */
const SILENT = 24;

type Run = CanaryExecutionStatusResponse & { canaryExecutionId: string };

const stores = await startStores();

async function startStores(): Promise<Map<string, RunningStore>> {
  const started = new Map<string, RunningStore>();
  for (const { name, program, start } of METRICS_STORES) {
    const store = await requiredServer(program, start);
    if (store !== undefined) started.set(name, store);
  }
  return started;
}

describe.skipIf(stores.size === 0)('real metrics stores', () => {
  const there = METRICS_STORES.filter(({ name }) => stores.has(name));
  const runs = new Map<string, Promise<Run>>();
  let service: ServiceProcess;

  beforeAll(async () => {
    const directory = temporaryDirectory();
    const accounts = [...stores].map(([name, { account }]) => ({ name, ...account }));
    writeFileSync(join(directory, 'haldane.yml'), JSON.stringify({ accounts }));
    service = await startService({
      HALDANE_CONFIG: join(directory, 'haldane.yml'),
      HALDANE_DATA_DIR: directory,
      HALDANE_PORT: '0',
    });
  });
  afterAll(async () => {
    await service?.stop();
    await Promise.all([...stores.values()].map((store) => store.stop()));
  });

  async function start(metricsAccountName: string, body: object): Promise<Run> {
    const address = `${service.baseUrl}/canary?wait=60s&metricsAccountName=${metricsAccountName}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Run;
  }

  /** The run of a version on a store; each is made once. */
  function runOf({ name, query }: MetricsStore, version: Version): Promise<Run> {
    const key = `${name} ${version}`;
    const run = runs.get(key) ?? start(name, bodyOf(version, query));
    runs.set(key, run);
    return run;
  }

  async function pairsOf({ metricSetPairListId }: Run): Promise<MetricSetPair[]> {
    const answer = await fetch(`${service.baseUrl}/metricSetPairList/${metricSetPairListId}`);
    return (await answer.json()) as MetricSetPair[];
  }

  describe.each(there)('$name', (store) => {
    test.each([
      ['passes', 'canary-fixed', 'Pass'],
      ['fails', 'canary', 'Fail'],
    ] as const)('%s the %s', async (_, version, classification) => {
      const run = await runOf(store, version);
      expect(run).toMatchObject({ status: 'succeeded' });
      expect(verdictOf(run)).toMatchObject({ classification });
    });

    test.each(['canary-fixed', 'canary'] as const)(
      'holds what was written of the %s, step by step',
      async (version) => {
        const pairs = await pairsOf(await runOf(store, version));
        expect(pairs.map(({ name }) => name).sort()).toEqual(Object.keys(METRICS).sort());
        for (const { name, values } of pairs) expectWritten(name, version, values);
      },
    );

    test('has the gaps where the canary was silent', async () => {
      const pairs = await pairsOf(await runOf(store, 'canary'));
      const { experiment, control } = numbersOf(pairs.find(({ name }) => name === 'latency')?.values);
      const gaps = experiment.flatMap((value, slot) => (Number.isNaN(value) ? [slot] : []));
      expect(gaps).toEqual(Array.from({ length: SILENT }, (_, index) => 10 + index));
      expect(control.filter(Number.isNaN)).toEqual([]);
    });
  });

  test('all of them make the same verdict of a version', async () => {
    for (const version of ['canary-fixed', 'canary'] as const) {
      const verdicts = await Promise.all(there.map(async (store) => verdictOf(await runOf(store, version))));
      expect(verdicts).toEqual(Array(there.length).fill(verdicts[0]));
      expect(verdicts[0]?.labels.latency).toBe(version === 'canary' ? 'High' : 'Pass');
    }
  });

  test('the metrics of one run may come from all of them', async () => {
    const [first] = there;
    const { canaryConfig, executionRequest } = bodyOf('canary', first?.query ?? (() => ({})));
    const metrics = canaryConfig.metrics.map((metric, index) => {
      const { name, query } = there[index % there.length] as MetricsStore;
      const { gauge = '', aggregation = 'mean' } = METRICS[metric.name] ?? {};
      return { ...metric, query: { ...query(gauge, aggregation), accountName: name } };
    });
    const run = await start(first?.name ?? '', { canaryConfig: { ...canaryConfig, metrics }, executionRequest });
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(verdictOf(run)).toEqual(verdictOf(await runOf(first as MetricsStore, 'canary')));
    for (const { name, values } of await pairsOf(run)) expectWritten(name, 'canary', values);
  });
});

function bodyOf(version: Version, query: MetricsStore['query']) {
  const side = (scope: Version) => ({ scope, location: 'us-east1', ...WINDOW });
  return {
    canaryConfig: {
      name: 'shop',
      configVersion: '1',
      applications: ['shop'],
      // It is given the series as they are stored; Kayenta's judge is given them without gaps.
      judge: { name: 'MannWhitneyJudge-v1.0', judgeConfigurations: {} },
      metrics: Object.entries(METRICS).map(([name, { gauge, aggregation }]) => ({
        name,
        query: query(gauge, aggregation),
        groups: ['all'],
        analysisConfigurations: { canary: { direction: 'increase' } },
        scopeName: 'default',
      })),
      classifier: { groupWeights: { all: 100 } },
    },
    executionRequest: {
      scopes: { default: { controlScope: side('baseline'), experimentScope: side(version) } },
      thresholds: { pass: 95, marginal: 75 },
    },
  };
}

/** What a run says of the canary and of each metric, without the figures that the last digits change. */
function verdictOf({ result }: Run) {
  const { score, results = [] } = result?.judgeResult ?? {};
  return {
    score: score?.score,
    classification: score?.classification,
    labels: Object.fromEntries(results.map(({ name, classification }) => [name, classification])),
  };
}

/** JSON has no NaN: it is a text there. */
function numbersOf(values: MetricSetPair['values'] | undefined) {
  const { control = [], experiment = [] } = values ?? {};
  return { control: control.map(Number), experiment: experiment.map(Number) };
}

function expectWritten(name: string, version: Version, values: MetricSetPair['values']): void {
  const { gauge = '', aggregation = 'mean' } = METRICS[name] ?? {};
  const written = { gauge, start: WINDOW.start, count: COUNT, combine: COMBINES[aggregation] };
  const { control, experiment } = numbersOf(values);
  expectSameValues(control, writtenGauge({ ...written, version: 'baseline' }));
  expectSameValues(experiment, writtenGauge({ ...written, version }));
}
