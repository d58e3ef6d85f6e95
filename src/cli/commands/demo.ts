import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { z } from 'zod';
import packageJson from '../../../package.json' with { type: 'json' };
import { providers } from '../../../providers/index.ts';
import { createApp } from '../../app.ts';
import { readConfig } from '../../config/config.ts';
import { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { messageOf } from '../../errors.ts';
import { PACKAGE_ROOT } from '../../package-root.ts';
import { defineCommand, type TextOutput } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { type Recording, startReplay } from '../demo/replay-server.ts';
import { verdictText } from '../terminal/verdict-text.ts';

const EXAMPLES = new URL('openapi/examples/demo/', PACKAGE_ROOT);
const CANARIES = [
  { name: 'good', expected: 'Pass' },
  { name: 'bad', expected: 'Fail' },
];

/** `haldane demo`: judges a good and a bad canary with the real service, on recorded Prometheus responses. */
export const demo = defineCommand({
  options: z.object({
    serve: z.boolean().default(false).describe('keep the service running afterwards, until Ctrl-C'),
  }),
  examples: ['haldane demo', 'haldane demo --serve'],
  exitCodes: {
    [EXIT.ok]: 'the good canary passed and the bad one failed',
    [EXIT.findings]: 'a verdict is not the expected one',
  },
  async run({ options }, { stdout }) {
    const print = (line: string) => stdout.write(`${line}\n`);
    const dataDir = join(process.env.HALDANE_DATA_DIR ?? 'data', 'demo');
    const replay = await startReplay(readExample('prometheus-recording.json') as Recording);
    try {
      const service = await startService(dataDir, replay.baseUrl);
      try {
        print(`Haldane listens on ${service.baseUrl}; a recorded Prometheus answers on ${replay.baseUrl}.`);
        const runs = [];
        for (const canary of CANARIES) runs.push(await judge(canary, { stdout, dataDir, baseUrl: service.baseUrl }));
        if (options.serve) await serveUntilInterrupted(service.baseUrl, runs, print);
        return runs.every(({ asExpected }) => asExpected) ? EXIT.ok : EXIT.findings;
      } finally {
        await service.stop();
      }
    } finally {
      await replay.stop();
    }
  },
});

/** The service on a free port, with an empty store and without a log. @throws CommandError when the folder is not ours */
async function startService(dataDir: string, metricsStoreUrl: string) {
  emptyFolder(dataDir);
  const text = JSON.stringify({
    dataDir,
    accounts: [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: metricsStoreUrl } }],
  });
  const config = readConfig({ text, environment: {}, providers });
  const app = await createApp(config, pino({ level: 'silent' }), packageJson.version);
  await app.resume();
  return { baseUrl: await app.http.listen({ host: '127.0.0.1', port: 0 }), stop: () => app.close() };
}

function emptyFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const remedy = 'HALDANE_DATA_DIR names another folder';
    throw new CommandError(EXIT.findings, `${folder} cannot be written: ${messageOf(error)}; ${remedy}`, error);
  }
}

interface Place {
  readonly stdout: TextOutput;
  readonly dataDir: string;
  readonly baseUrl: string;
}

async function judge({ name, expected }: (typeof CANARIES)[number], { stdout, dataDir, baseUrl }: Place) {
  stdout.write(`\nA ${name} canary:\n`);
  const request = {
    canaryConfig: readExample('canary-config.json'),
    executionRequest: readExample(`${name}-canary-request.json`),
  };
  const { canaryExecutionId: id } = z
    .object({ canaryExecutionId: z.string() })
    .parse(await ask(`${baseUrl}/canary?application=demo`, request));
  const run = await watch(`${baseUrl}/canary/${id}`, stdout);
  const pairs = z.array(MetricSetPair).parse(await ask(`${baseUrl}/metricSetPairList/${run.metricSetPairListId}`));
  stdout.write(`${await verdictText(run, pairs)}\n`);
  stdout.write(`  stored as    /canary/${id} (in ${join(dataDir, 'haldane.sqlite')})\n`);
  return { id, asExpected: run.result?.judgeResult.score.classification === expected };
}

async function watch(url: string, stdout: TextOutput): Promise<CanaryExecutionStatusResponse> {
  const onTerminal = stdout.isTTY === true;
  for (;;) {
    const run = CanaryExecutionStatusResponse.parse(await ask(url));
    const stages = Object.values(run.stageStatus);
    const done = stages.filter((status) => status === 'succeeded').length;
    const line = `  ${'■'.repeat(done)}${'□'.repeat(stages.length - done)} ${run.status}`;
    stdout.write(`${onTerminal ? '\r' : ''}${line}${!onTerminal || run.complete ? '\n' : ''}`);
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

async function serveUntilInterrupted(
  baseUrl: string,
  runs: readonly { readonly id: string }[],
  print: (line: string) => void,
): Promise<void> {
  print(`\nServing until you press Ctrl-C:\n  docs     ${baseUrl}/docs`);
  for (const { id } of runs) print(`  result   ${baseUrl}/canary/${id}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

function readExample(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, EXAMPLES), 'utf8'));
}
