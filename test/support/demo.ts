import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { verdictText } from '../../src/cli/terminal/verdict-text.ts';
import { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { startService } from './http/service-process.ts';
import { type Recording, startReplay } from './stand-ins/replay-server.ts';

const EXAMPLES = new URL('../../openapi/examples/demo/', import.meta.url);
const DATA_DIR = join('data', 'demo');
const CANARIES = [
  { name: 'good', expected: 'Pass' },
  { name: 'bad', expected: 'Fail' },
];

process.exitCode = await demo(process.argv.includes('--serve'));

/** Judges a good and a bad canary with the real service on recorded answers. @returns the exit code */
async function demo(serve: boolean): Promise<number> {
  const replay = await startReplay(readExample('prometheus-recording.json') as Recording);
  const service = await startService(prepare(replay.baseUrl));
  console.log(`Haldane listens on ${service.baseUrl}; a recorded Prometheus answers on ${replay.baseUrl}.`);
  try {
    const runs: { id: string; asExpected: boolean }[] = [];
    for (const canary of CANARIES) runs.push(await judge(service.baseUrl, canary));
    if (serve) await serveUntilInterrupted(service.baseUrl, runs);
    return runs.every(({ asExpected }) => asExpected) ? 0 : 1;
  } finally {
    await service.stop();
    await replay.stop();
  }
}

/** A fresh data folder and a configuration for it. @returns the environment of the service */
function prepare(metricsStoreUrl: string): Record<string, string> {
  rmSync(DATA_DIR, { recursive: true, force: true });
  mkdirSync(DATA_DIR, { recursive: true });
  const file = join(DATA_DIR, 'haldane.yml');
  writeFileSync(file, `accounts:\n  - { name: prom, type: prometheus, endpoint: { baseUrl: "${metricsStoreUrl}" } }\n`);
  return { HALDANE_CONFIG: file, HALDANE_DATA_DIR: DATA_DIR, HALDANE_HOST: '127.0.0.1', HALDANE_PORT: '0' };
}

async function judge(baseUrl: string, { name, expected }: (typeof CANARIES)[number]) {
  console.log(`\nA ${name} canary:`);
  const request = {
    canaryConfig: readExample('canary-config.json'),
    executionRequest: readExample(`${name}-canary-request.json`),
  };
  const { canaryExecutionId: id } = z
    .object({ canaryExecutionId: z.string() })
    .parse(await ask(`${baseUrl}/canary?application=demo`, request));
  const run = await watch(baseUrl, id);
  const pairs = z.array(MetricSetPair).parse(await ask(`${baseUrl}/metricSetPairList/${run.metricSetPairListId}`));
  console.log(verdictText(run, pairs));
  console.log(`  stored as    /canary/${id} (in ${join(DATA_DIR, 'haldane.sqlite')})`);
  return { id, asExpected: run.result?.judgeResult.score.classification === expected };
}

async function watch(baseUrl: string, id: string): Promise<CanaryExecutionStatusResponse> {
  for (;;) {
    const run = CanaryExecutionStatusResponse.parse(await ask(`${baseUrl}/canary/${id}`));
    const stages = Object.values(run.stageStatus);
    const done = stages.filter((status) => status === 'succeeded').length;
    process.stdout.write(
      `${process.stdout.isTTY ? '\r' : ''}  ${'■'.repeat(done)}${'□'.repeat(stages.length - done)} ${run.status}`,
    );
    if (!process.stdout.isTTY || run.complete) process.stdout.write('\n');
    if (run.complete) return run;
    await sleep(50);
  }
}

async function ask(url: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  if (answer.ok) return answer.json();
  throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

async function serveUntilInterrupted(baseUrl: string, runs: readonly { id: string }[]): Promise<void> {
  console.log(`\nServing until you press Ctrl-C:\n  docs     ${baseUrl}/docs`);
  for (const { id } of runs) console.log(`  result   ${baseUrl}/canary/${id}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

function readExample(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, EXAMPLES), 'utf8'));
}
