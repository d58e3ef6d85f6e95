import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type DelayingProxy, startProxy } from '../support/servers/delaying-proxy.ts';
import type { RunningServer } from '../support/servers/prometheus-server.ts';
import { requiredPrometheus } from '../support/servers/required-prometheus.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const EXAMPLES = 'openapi/examples/demo';
const readExample = (name: string) => JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8'));
const body = (canary: 'good' | 'bad') => ({
  canaryConfig: readExample('canary-config.json'),
  executionRequest: readExample(`${canary}-canary-request.json`),
});

type Run = CanaryExecutionStatusResponse & { canaryExecutionId: string };

const prometheus = await requiredPrometheus();

describe.skipIf(prometheus === undefined)('the main job on a real Prometheus', () => {
  const directory = temporaryDirectory();
  let service: ServiceProcess;
  let proxy: DelayingProxy;
  const log: string[] = [];

  const start = async () => {
    const environment = {
      HALDANE_CONFIG: join(directory, 'haldane.yml'),
      HALDANE_DATA_DIR: directory,
      HALDANE_PORT: '0',
    };
    service = await startService(environment, (line) => log.push(line));
  };
  const get = async <T = Run>(path: string) => (await fetch(service.baseUrl + path)).json() as Promise<T>;
  const post = async <T = Run>(path: string, payload: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(service.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(payload) });
    return (await answer.json()) as T;
  };
  const untilComplete = async (id: string) => {
    for (let look = 0; look < 600; look++) {
      const run = await get(`/canary/${id}`);
      if (run.complete) return run;
      await sleep(50);
    }
    throw new Error(`${id} did not end`);
  };

  beforeAll(async () => {
    proxy = await startProxy((prometheus as RunningServer).baseUrl);
    const account = {
      name: 'prom',
      type: 'prometheus',
      username: 'reader',
      password: 'system-test-secret',
      endpoint: { baseUrl: proxy.baseUrl },
    };
    // Three deaths of the process in the middle of a run are not the run's fault here, so more are allowed.
    const settings = { accounts: [account], engine: { attempts: 5 } };
    writeFileSync(join(directory, 'haldane.yml'), JSON.stringify(settings));
    await start();
  });
  afterAll(async () => {
    await service?.stop();
    await proxy?.stop();
    await prometheus?.stop();
  });

  it('passes the good canary and fails the bad one, and keeps the series with the verdict', async () => {
    const good = await post('/canary?wait=30s', body('good'));
    expect(good.result?.judgeResult.score.classification).toBe('Pass');
    const bad = await post('/canary?wait=30s', body('bad'));
    expect(bad.result?.judgeResult.score.classification).toBe('Fail');
    const results = bad.result?.judgeResult.results ?? [];
    const labels = Object.fromEntries(results.map(({ name, classification }) => [name, classification]));
    expect(labels).toMatchObject({ 'failed requests': 'High', 'latency, mean': 'High', 'requests not found': 'Pass' });
    const pairs = await get<MetricSetPair[]>(`/metricSetPairList/${bad.metricSetPairListId}`);
    const latency = pairs.find(({ name }) => name === 'latency, mean');
    expect(latency?.values.experiment).toContain('NaN');
    expect(latency?.values.experiment).toHaveLength(latency?.values.control?.length ?? 0);
    expect(latency?.attributes?.control?.query).toContain('baseline');
  });

  it('runs a stored config', async () => {
    const { canaryConfig, executionRequest } = body('good');
    const config = { ...canaryConfig, name: 'stored', applications: ['shop'] };
    const { canaryConfigId } = await post('/canaryConfig', config);
    const run = await post(`/canary/${canaryConfigId}?wait=30s`, executionRequest);
    expect(run).toMatchObject({ status: 'succeeded', application: 'shop', canaryConfigId });
  });

  it('ends terminal with the words of Prometheus when a query is wrong', async () => {
    const { canaryConfig, executionRequest } = body('good');
    const [first, ...others] = canaryConfig.metrics;
    const wrong = { ...first, query: { ...first.query, customInlineTemplate: 'PromQL:sum(' } };
    const run = await post('/canary?wait=30s', {
      canaryConfig: { ...canaryConfig, metrics: [wrong, ...others] },
      executionRequest,
    });
    expect(run).toMatchObject({ status: 'terminal', exception: { operation: 'prometheusFetch' } });
    expect(run.exception?.details.errors[0]).toMatch(new RegExp(`prom.*${first.name}.*parse error`, 's'));
  });

  it('ends every accepted run although it is killed with SIGKILL in the middle', async () => {
    proxy.delayMillis = 150;
    const ids: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 4; index++)
        ids.push((await post('/canary', body(index % 2 ? 'good' : 'bad'))).canaryExecutionId);
      await sleep(100 + 250 * round);
      await service.stop('SIGKILL');
      await start();
    }
    proxy.delayMillis = 0;
    for (const [index, id] of ids.entries()) {
      const run = await untilComplete(id);
      expect([run.status, run.result?.judgeResult.score.classification]).toEqual([
        'succeeded',
        index % 2 ? 'Pass' : 'Fail',
      ]);
    }
    expect(log.join('\n')).toMatch(/"resumed":[1-9]/);
  });

  it('stops on SIGTERM in the middle of runs, and ends them after the next start', async () => {
    proxy.delayMillis = 200;
    const { canaryExecutionId } = await post('/canary', body('good'));
    const begin = Date.now();
    expect(await service.stop('SIGTERM')).toBe(0);
    expect(Date.now() - begin).toBeLessThan(10_000);
    proxy.delayMillis = 0;
    await start();
    expect((await untilComplete(canaryExecutionId)).status).toBe('succeeded');
  });

  it('never writes a secret', async () => {
    const seen = [
      JSON.stringify(await get('/credentials')),
      log.join('\n'),
      readFileSync(join(directory, 'haldane.sqlite'), 'latin1'),
    ];
    for (const text of seen) expect(text).not.toContain('system-test-secret');
    expect(seen[0]).toContain('reader');
  });
});
