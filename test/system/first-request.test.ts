import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import {
  type RunningServer,
  startPrometheus,
  startSelfScrapingPrometheus,
} from '../support/servers/prometheus-server.ts';
import { requiredServer } from '../support/servers/required-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);
const blocks = [...readFileSync('README.md', 'utf8').matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block);
const curl = blocks.find((block) => block.startsWith('curl')) ?? '';
const EXAMPLE = 'openapi/examples/demo/any-prometheus.json';
const JUDGES = ['', 'HaldaneJudge-v1.0'];

const prometheus = await requiredServer('prometheus', startSelfScrapingPrometheus);
const opened: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.stop();
});

/** Haldane with this Prometheus. */
async function serviceWith(store: RunningServer): Promise<ServiceProcess> {
  const directory = temporaryDirectory();
  const file = join(directory, 'haldane.yml');
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: store.baseUrl } };
  writeFileSync(file, JSON.stringify({ accounts: [account] }));
  const service = await startService({ HALDANE_CONFIG: file, HALDANE_DATA_DIR: directory, HALDANE_PORT: '0' });
  opened.push(store, service);
  return service;
}

/** The README's command, with the example changed. */
async function ask(service: ServiceProcess, change: (example: string) => string = (example) => example) {
  const file = join(temporaryDirectory(), 'request.json');
  writeFileSync(file, change(readFileSync(EXAMPLE, 'utf8')));
  const command = curl.replace('http://127.0.0.1:8090', service.baseUrl).replace(EXAMPLE, file);
  const { stdout } = await run('sh', ['-c', command]);
  const status: CanaryExecutionStatusResponse = JSON.parse(stdout);
  const report = await fetch(`${service.baseUrl}/reports/${status.pipelineId}.json`);
  const { headline } = (await report.json()) as { headline: string };
  const results = status.result?.judgeResult.results ?? [];
  const verdict = status.result?.judgeResult.score.classification;
  return { status, headline, verdict, classifications: results.map(({ classification }) => classification) };
}

const judgedBy = (name: string) => (example: string) => {
  const body = JSON.parse(example);
  return JSON.stringify({
    ...body,
    canaryConfig: { ...body.canaryConfig, ...(name === '' ? {} : { judge: { name } }) },
  });
};

/** What a Prometheus that has scraped itself for an hour holds, a point every 15 s. */
function anHourOfItself(): string {
  const labels = '{job="prometheus",instance="localhost:9090"}';
  const gauge = (name: string, value: (index: number) => number) => {
    const points = Array.from({ length: 240 }, (_, index) => {
      const seconds = Math.floor(Date.now() / 1000) - (239 - index) * 15;
      return `${name}${labels} ${value(index)} ${seconds}`;
    });
    return [`# TYPE ${name} gauge`, ...points];
  };
  const noise = (index: number) => ((index * 7919) % 101) / 100;
  return [
    ...gauge('up', () => 1),
    ...gauge('scrape_duration_seconds', (index) => 0.004 + 0.002 * noise(index)),
    ...gauge('process_resident_memory_bytes', (index) => 9e7 + 4e6 * noise(index * 3)),
    '# EOF\n',
  ].join('\n');
}

describe.skipIf(prometheus === undefined)('the first request of the README', () => {
  it.each(JUDGES)('passes on a Prometheus whose targets did not change; judge: "%s"', async (judge) => {
    expect(curl.trim().split('\n')).toHaveLength(3);
    expect(curl).toContain(EXAMPLE);
    const service = await serviceWith((await startPrometheus(anHourOfItself())) as RunningServer);
    const { status, verdict, classifications, headline } = await ask(service, judgedBy(judge));
    expect(status).toMatchObject({ status: 'succeeded' });
    // It compares with the quarter of an hour before, for want of anything that runs beside it.
    expect(status.warnings).toEqual([expect.stringContaining('the arms were measured at different times')]);
    expect([verdict, ...classifications]).toEqual(['Pass', 'Pass', 'Pass', 'Pass']);
    expect(headline).toContain('3 of 3 metrics could be judged.');
  });

  it('judges what a Prometheus has scraped of itself alone; before that it says which window is empty', async () => {
    const store = prometheus as RunningServer;
    const service = await serviceWith(store);
    const early = await ask(service);
    expect(early.verdict).toBe('Fail');
    expect(early.headline).toMatch(
      /^No data from the (canary, nor from the )?baseline \(3 of 3 metrics\).* Is the scope '\.\*' right, (is|was) it running/,
    );
    // Half a minute instead of half an hour.
    await untilScraped(store, 31);
    const seconds = (example: string) =>
      example.replaceAll(/now-(\d+)m/g, 'now-$1s').replaceAll('"step": 30', '"step": 1');
    for (const judge of JUDGES) {
      const { verdict, headline, classifications } = await ask(service, (example) => judgedBy(judge)(seconds(example)));
      expect(['Pass', 'Marginal', 'Fail']).toContain(verdict);
      expect(headline).toContain('3 of 3 metrics could be judged.');
      expect(classifications[0]).toBe('Pass');
    }
  });
});

async function untilScraped({ baseUrl }: RunningServer, scrapes: number): Promise<void> {
  const query = encodeURIComponent('count_over_time(process_resident_memory_bytes[5m])');
  for (let look = 0; look < 600; look++) {
    const answer = await fetch(`${baseUrl}/api/v1/query?query=${query}`);
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    if (Number(data.result[0]?.value[1] ?? 0) >= scrapes) return;
    await sleep(200);
  }
  throw new Error(`no ${scrapes} scrapes in two minutes`);
}
