import { execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startService } from '../support/http/service-process.ts';
import { findProgram, startPrometheusWith } from '../support/servers/prometheus-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const SCRAPE_SECONDS = 20;
const compose = parse(readFileSync('docker-compose.yml', 'utf8')) as {
  services: Record<string, { environment: Record<string, string> }>;
};

if (findProgram('prometheus') === undefined) console.warn('skipped: no prometheus on PATH');

/** The commands of docker-compose.yml by hand, since no test machine has a Docker engine. */
describe.skipIf(findProgram('prometheus') === undefined && !process.env.CI)(
  'the compose system, started by hand',
  () => {
    it('scrapes both versions of the sample app and finds the canary worse', async () => {
      const directory = temporaryDirectory();
      const apps = { 'app-stable:8080': await startApp('app-stable'), 'app-canary:8080': await startApp('app-canary') };
      let scrape = readFileSync('deploy/compose/prometheus.yml', 'utf8');
      for (const [target, { address }] of Object.entries(apps)) scrape = scrape.replace(target, address);
      const prometheus = await startPrometheusWith(scrape);
      const service = await startService({
        HALDANE_AUTH_MODE: compose.services.haldane?.environment.HALDANE_AUTH_MODE ?? '',
        HALDANE_HOST: '0.0.0.0', // as in the image
        HALDANE_CONFIG: 'deploy/compose/haldane.yml',
        HALDANE_DATA_DIR: directory,
        HALDANE_PORT: '0',
        PROMETHEUS_URL: prometheus.baseUrl,
      });
      await sleep(SCRAPE_SECONDS * 1000);
      const environment = { ...process.env, MINUTES: String((SCRAPE_SECONDS - 5) / 60) };
      const { stdout } = await promisify(execFile)(process.execPath, ['deploy/compose/canary-request.ts'], {
        env: environment,
      });
      writeFileSync(join(directory, 'canary.json'), stdout);
      const answer = await fetch(`http://127.0.0.1:${new URL(service.baseUrl).port}/canary?wait=30s`, {
        method: 'POST',
        body: stdout,
        headers: { 'content-type': 'application/json' },
      });
      const run = (await answer.json()) as {
        result?: { judgeResult: { results: { name: string; classification: string }[] } };
      };
      await Promise.all([service.stop(), prometheus.stop()]);
      for (const { stop } of Object.values(apps)) stop();
      const latency = run.result?.judgeResult.results.find(({ name }) => name === 'latency, mean');
      expect(latency?.classification).toBe('High');
    });
  },
);

async function startApp(name: string): Promise<{ address: string; stop: () => void }> {
  const environment = { ...process.env, ...compose.services[name]?.environment, HOST: '127.0.0.1', PORT: '0' };
  const child = spawn(process.execPath, ['deploy/compose/sample-app.ts'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const port = /"port":(\d+)/.exec(line)?.[1];
    if (port !== undefined) return { address: `127.0.0.1:${port}`, stop: () => child.kill() };
  }
  throw new Error(`${name} did not start`);
}
