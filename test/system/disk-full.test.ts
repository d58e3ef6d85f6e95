import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type SeriesStandIn, startSeriesStandIn } from '../support/servers/series-stand-in.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const SIZE_MIB = 8;
const disk = join(temporaryDirectory(), 'disk');
const whyNot = mountDisk();
if (whyNot !== undefined) console.warn(`skipped: a small disk cannot be mounted: ${whyNot}`);

/** Only root may mount, and not in every container. @returns why it cannot */
function mountDisk(): string | undefined {
  try {
    execFileSync('mkdir', ['-p', disk]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', disk], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe.skipIf(whyNot !== undefined)('a store whose disk', () => {
  let metrics: SeriesStandIn;
  let service: ServiceProcess;
  const log: string[] = [];
  const filler = join(disk, 'filler');

  const start = async () => {
    const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: metrics.baseUrl } };
    const file = join(temporaryDirectory(), 'haldane.yml');
    writeFileSync(file, JSON.stringify({ dataDir: disk, engine: { leaseSeconds: 2 }, accounts: [account] }));
    service = await startService({ HALDANE_CONFIG: file, HALDANE_PORT: '0' }, (line) => log.push(line));
  };
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    const answer = await fetch(service.baseUrl + path, { method, ...sent });
    const found = (await answer.json()) as Record<string, unknown>;
    return { ...found, httpStatus: answer.status } as Record<string, unknown>;
  };
  /** Each is another, so that none is served from a cache, and takes some room. */
  const startRun = (name: string) =>
    ask('POST', '/canary', { canaryConfig: configFor(name), executionRequest: requestOf() });
  const until = async (path: string, is: (answer: Record<string, unknown>) => boolean) => {
    for (let look = 0; look < 900; look++) {
      const answer = await ask('GET', path);
      if (is(answer)) return answer;
      await sleep(100);
    }
    throw new Error(`${path}: ${JSON.stringify(await ask('GET', path)).slice(0, 500)}`);
  };
  const fill = () => {
    const parameters = ['if=/dev/zero', `of=${filler}`, 'bs=4096', `count=${SIZE_MIB * 256}`];
    const fillUp = () => execFileSync('dd', parameters, { stdio: 'pipe' });
    expect(fillUp).toThrow(/No space left/);
  };

  beforeAll(async () => {
    metrics = await startSeriesStandIn(0);
    await start();
  });
  afterAll(async () => {
    await service?.stop('SIGKILL');
    await metrics?.stop();
    execFileSync('umount', [disk]);
  });

  it('is full says so with 503, is DOWN, loses nothing it acknowledged, and goes on alone', async () => {
    const before = await startRun('before');
    expect((await until(`/canary/${before.canaryExecutionId}`, ({ complete }) => complete === true)).status).toBe(
      'succeeded',
    );
    metrics.delayMillis = 3000;
    const during = await startRun('during');
    fill();
    const refusals: Record<string, unknown>[] = [];
    const accepted: unknown[] = [];
    while (refusals.length < 3) {
      const answer = await startRun(`full-${accepted.length}`);
      if (answer.httpStatus === 200) accepted.push(answer.canaryExecutionId);
      else refusals.push(answer);
    }
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ httpStatus: 503, errorCode: 'STORE_UNUSABLE' });
      expect(refusal.message).toMatch(/haldane\.sqlite cannot be used: .*full; free space on its disk/);
    }
    expect(await until('/health', ({ status }) => status === 'DOWN')).toMatchObject({
      httpStatus: 503,
      components: { store: { status: 'DOWN', error: expect.stringMatching(/full; free space/) } },
    });
    await sleep(4000); // the run under way cannot be stored meanwhile
    rmSync(filler);
    metrics.delayMillis = 0;
    await until('/health', ({ status }) => status === 'UP');
    for (const id of [during.canaryExecutionId, ...accepted]) {
      expect((await until(`/canary/${id}`, ({ complete }) => complete === true)).status).toBe('succeeded');
    }
    expect((await startRun('after')).httpStatus).toBe(200);
    expect(log.filter((line) => line.includes('"level":60'))).toEqual([]);
  });

  it('fails every write with an I/O error says so, and goes on alone', async () => {
    const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(service.pid), `--fsize=${bytes}:`]);
    limit('4096');
    const refused = await startRun('failing');
    const health = await ask('GET', '/health');
    limit('unlimited');
    expect(refused).toMatchObject({ httpStatus: 503, errorCode: 'STORE_UNUSABLE' });
    expect(refused.message).toMatch(/cannot be used: disk I\/O error; look at the disk/);
    expect(health).toMatchObject({ httpStatus: 503, status: 'DOWN' });
    await until('/health', ({ status }) => status === 'UP');
    expect((await startRun('writable')).httpStatus).toBe(200);
  });
});

function configFor(name: string) {
  return configOf(0, {
    name,
    description: Array.from({ length: 20_000 }, (_, index) => (index * 7919 * name.length).toString(36)).join(''),
    judge: { name: 'NetflixACAJudge-v1.0' },
    metrics: [
      {
        name: 'latency',
        query: {
          type: 'prometheus',
          serviceType: 'prometheus',
          customInlineTemplate: `PromQL:${name.replaceAll('-', '_')}{v="\${scope}"}`,
        },
        groups: ['group'],
        scopeName: 'default',
      },
    ],
  });
}
