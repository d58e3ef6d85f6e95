import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { writeConfiguration } from '../support/http/written-configuration.ts';
import { readTable } from '../support/read-table.ts';
import { findProgram, type RunningServer, startPrometheusWith } from '../support/servers/prometheus-server.ts';
import { type SeriesStandIn, startSeriesStandIn } from '../support/servers/series-stand-in.ts';

const TOKEN = 'an-admin-token-of-at-least-32-letters';
const MANUAL = new URL('../../docs/operations/metrics.md', import.meta.url);
const promtool = findProgram('promtool') ?? '';
if (promtool === '') throw new Error('no promtool on PATH; test/tools/install-debian.sh gets one');

const TWO_METRICS = {
  judge: { name: 'NetflixACAJudge-v1.0' },
  metrics: ['latency', 'errors'].map((name) => ({
    ...{ name, groups: ['group'], scopeName: 'default' },
    query: {
      type: 'prometheus',
      serviceType: 'prometheus',
      customInlineTemplate: `PromQL:${name}{version="\${scope}"}`,
    },
  })),
};

let store: SeriesStandIn;
let service: ServiceProcess;
let prometheus: RunningServer | undefined;

const authorization = `Bearer ${TOKEN}`;
const scrape = async (headers: Record<string, string> = { authorization }) =>
  fetch(`${service.baseUrl}/metrics`, { headers });
const post = (path: string, body: unknown, headers: Record<string, string> = { authorization }) =>
  fetch(`${service.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

function startWith(telemetry: object): Promise<ServiceProcess> {
  const endpoint = { baseUrl: store.baseUrl };
  const accounts = [{ name: 'prom', type: 'prometheus', endpoint, password: 'a-secret-password', username: 'reader' }];
  const settings = { server: { port: 0 }, auth: { adminToken: TOKEN }, accounts, telemetry };
  return startService({ HALDANE_CONFIG: writeConfiguration(settings) });
}

beforeAll(async () => {
  store = await startSeriesStandIn(20);
  service = await startWith({});
  const start = { canaryConfig: configOf(0, TWO_METRICS), executionRequest: requestOf() };
  const ended = await post('/canary?application=shop&wait=30s', start);
  expect([ended.status, await ended.json()]).toMatchObject([200, { complete: true }]);
});
afterAll(async () => {
  await prometheus?.stop();
  await service.stop();
  await store.stop();
});

/** The families of a text: name, type and help. */
function families(text: string): string[][] {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  return [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', help = '']) => [
    name,
    types.get(name) ?? '',
    help,
  ]);
}

function labelsOf(text: string, name: string): string[] {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name}_bucket{`));
  const names = lines.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label));
  return [...new Set(names)].filter((label) => label !== 'le');
}

describe('/metrics of a real process', () => {
  it('is found without fault by promtool', async () => {
    const text = await (await scrape()).text();
    const faults = await new Promise((resolve) => {
      const check = execFile(promtool, ['check', 'metrics'], (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, said: stdout + stderr }),
      );
      check.stdin?.end(text);
    });
    expect(faults).toEqual({ code: 0, said: '' });
  });

  it('exposes what the table of the manual says, and nothing else', async () => {
    const text = await (await scrape()).text();
    const table = readTable(MANUAL, 'Labels').map(([name = '', type, of, labels, help]) => ({
      ...{ name: name.replaceAll('`', ''), type, of, help },
      labels: labels === '' ? [] : labels?.replaceAll('`', '').split(', '),
    }));
    expect(families(text)).toEqual(table.map(({ name, type, help }) => [name, type, help]));
    for (const { name, labels } of table) {
      const seen = labelsOf(text, name);
      if (seen.length > 0) expect([name, seen]).toEqual([name, labels]);
    }
  });

  it('counts a run, its queries, its answer and the statements it took', async () => {
    const text = await (await scrape()).text();
    const value = (line: string) =>
      Number(
        text
          .split('\n')
          .find((one) => one.startsWith(`${line} `))
          ?.split(' ')
          .at(-1),
      );
    expect(value('haldane_runs_total{application="shop",status="succeeded",verdict="pass"}')).toBe(1);
    expect(value('haldane_run_fetch_duration_seconds_count')).toBe(1);
    expect(value('haldane_run_judge_duration_seconds_count')).toBe(1);
    expect(value('haldane_run_queue_wait_seconds_count')).toBe(1);
    expect(value('haldane_run_fetch_duration_seconds_sum')).toBeGreaterThan(0.02);
    // Two metrics, both sides, and the check at the start.
    const ofAccount = '{account="prom",type="prometheus"}';
    expect(value(`haldane_account_requests_total${ofAccount}`)).toBeGreaterThanOrEqual(4);
    expect(value(`haldane_account_request_duration_seconds_count${ofAccount}`)).toBe(
      value(`haldane_account_requests_total${ofAccount}`),
    );
    expect(value('haldane_http_requests_total{method="POST",route="/canary",code="200"}')).toBe(1);
    expect(value('haldane_store_statement_duration_seconds_count{statement="insert"}')).toBeGreaterThan(0);
    expect(value('haldane_store_up')).toBe(1);
    expect(value('haldane_audit_entries_total{outcome="done"}')).toBeGreaterThan(0);
    expect(value('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('wants a token, counts who has none, and shows no secret', async () => {
    const refused = await scrape({});
    expect([refused.status, await refused.json()]).toMatchObject([401, { errorCode: 'AUTHENTICATION_REQUIRED' }]);
    await scrape({ authorization: 'Bearer wrong' });
    const text = await (await scrape()).text();
    expect(text).toMatch(/^haldane_http_errors_total\{error="AUTHENTICATION_REQUIRED"\} [1-9]/m);
    expect(text).toMatch(/^haldane_http_errors_total\{error="CREDENTIALS_REFUSED"\} 1$/m);
    expect(text).not.toContain('secret');
    expect(text).not.toContain(TOKEN);
  });

  it('is scraped by a real Prometheus, as OpenMetrics', async () => {
    const target = { targets: [new URL(service.baseUrl).host] };
    const job = { job_name: 'haldane', authorization: { credentials: TOKEN }, static_configs: [target] };
    prometheus = await startPrometheusWith(
      JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: [job] }),
    );
    const ask = async (query: string) => {
      const answer = await fetch(`${prometheus?.baseUrl}/api/v1/query?${new URLSearchParams({ query })}`);
      return ((await answer.json()) as { data: { result: { value: [number, string] }[] } }).data.result;
    };
    while ((await ask('haldane_runs_total')).length === 0) await sleep(200);
    expect((await ask('sum(haldane_runs_total{application="shop"})'))[0]?.value[1]).toBe('1');
    expect((await ask('up{job="haldane"}'))[0]?.value[1]).toBe('1');
  });

  it('is open where the configuration says so', async () => {
    const open = await startWith({ metrics: { open: true } });
    try {
      const answer = await fetch(`${open.baseUrl}/metrics`);
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('haldane_build_info{')]);
      expect((await fetch(`${open.baseUrl}/canary/executions`)).status).toBe(401);
    } finally {
      await open.stop();
    }
  });
});
