/** `docs/start.md`: every command, in its order, with a real Prometheus that has scraped two versions for an hour. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type RunningServer, startPrometheus } from '../support/servers/prometheus-server.ts';
import { requiredServer } from '../support/servers/required-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const LINES = [...readFileSync('docs/start.md', 'utf8').matchAll(/```sh\n(.*?)```/gs)]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .filter((line) => line !== '');
/** Run by whoever reads the page; the rest runs here. */
const OF_READER = ['npm ci', 'alias haldane="node $PWD/src/cli/haldane.ts"', 'mkdir canary && cd canary'];
const SERVE = 'HALDANE_CONFIG=haldane.yml haldane serve';
const HALDANE = resolve('src/cli/haldane.ts');

const MINUTES = 60;
const STEP_SECONDS = 15;

const prometheus = await requiredServer('prometheus', () => startPrometheus(anHourOfTwoVersions()));
const folder = join(temporaryDirectory(), 'canary');
let service: ServiceProcess | undefined;

/** Counters of two versions; the later one answers every request 40 % slower. */
function anHourOfTwoVersions(): string {
  const now = Math.floor(Date.now() / 1000);
  const count = (MINUTES * 60) / STEP_SECONDS;
  const points = (value: (index: number, version: string) => number, name: string, labels: string) =>
    ['1.4.0', '1.5.0'].flatMap((version) =>
      Array.from({ length: count }, (_, index) => {
        const at = now - (count - 1 - index) * STEP_SECONDS;
        return `${name}{job="shop",version="${version}",instance="${version}:80"${labels}} ${value(index, version)} ${at}`;
      }),
    );
  const noise = (index: number) => ((index * 7919) % 101) / 100;
  const requests = (index: number) => index * 600 + Math.round(40 * noise(index));
  const seconds = (version: string) => (version === '1.4.0' ? 0.1 : 0.14);
  const fast = (version: string) => (version === '1.4.0' ? 0.9 : 0.6);
  return [
    '# TYPE http_requests counter',
    ...points(requests, 'http_requests_total', ',status="200"'),
    ...points((index) => Math.floor(requests(index) / 200), 'http_requests_total', ',status="500"'),
    '# TYPE http_request_duration_seconds histogram',
    ...points(
      (index, version) => Math.round(requests(index) * fast(version)),
      'http_request_duration_seconds_bucket',
      ',le="0.1"',
    ),
    ...points((index) => requests(index), 'http_request_duration_seconds_bucket', ',le="0.5"'),
    ...points((index) => requests(index), 'http_request_duration_seconds_bucket', ',le="+Inf"'),
    ...points((index) => requests(index), 'http_request_duration_seconds_count', ''),
    ...points((index, version) => requests(index) * seconds(version), 'http_request_duration_seconds_sum', ''),
    '# EOF\n',
  ].join('\n');
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A line of the page, as a shell runs it in the reader's folder. */
function run(line: string): Promise<Ended> {
  const shell = `haldane() { '${process.execPath}' '${HALDANE}' "$@"; }\n${line}`;
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CI|GITHUB_|HALDANE_)/.test(name)),
  );
  const env = {
    ...inherited,
    PROMETHEUS_URL: (prometheus as RunningServer).baseUrl,
    ...(service === undefined ? {} : { HALDANE_URL: service.baseUrl }),
  };
  return new Promise((ended) => {
    execFile('sh', ['-c', shell], { cwd: folder, env }, (error, out, err) =>
      ended({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

beforeAll(() => mkdirSync(folder));
afterAll(async () => {
  await service?.stop();
  await prometheus?.stop();
});

describe.runIf(prometheus)('ten minutes with your own Prometheus', () => {
  it('has commands for the reader, and these', () => {
    expect(LINES.slice(0, OF_READER.length)).toEqual(OF_READER);
    expect(LINES.filter((line) => line.includes('haldane ')).length).toBeGreaterThan(8);
  });

  it('leads from nothing to a verdict, line by line', async () => {
    const ended = new Map<string, Ended>();
    for (const line of LINES.slice(OF_READER.length)) {
      if (line.startsWith('export PROMETHEUS_URL=')) continue;
      if (line === SERVE) {
        const environment = { HALDANE_CONFIG: 'haldane.yml', HALDANE_PORT: '0' };
        service = await startService(environment, undefined, { main: HALDANE, args: ['serve'], cwd: folder });
        continue;
      }
      ended.set(line, await run(line));
    }
    const codes = [...ended].map(([line, { code, err }]) => [line, line.includes(' gate ') ? code - 1 : code, err]);
    expect(codes.filter(([, code]) => code !== 0)).toEqual([]);

    const [[, found] = [], ...others] = ended;
    expect(found?.out).toContain('client-libraries: Prometheus client libraries');
    const local = others.find(([line]) => line.includes('--local --baseline'));
    const printed = others.find(([line]) => line === 'haldane init --name shop')?.[1].out ?? '';
    const command = /^ {2}(haldane gate .*)$/m.exec(printed)?.[1] ?? 'none';
    expect(local?.[0]).toBe(`${command} --report canary.html`);
    expect(local?.[1].out).toMatch(/^fail /);
    expect(readFileSync(join(folder, 'canary.html'), 'utf8')).toContain('<!doctype html>');
    expect(existsSync(join(folder, 'haldane.yml'))).toBe(true);
    expect(ended.get('haldane run list')?.out).toMatch(/Fail/);
  });
});
