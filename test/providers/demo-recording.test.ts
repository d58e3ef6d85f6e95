import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus/index.ts';
import { type Recording, startReplay } from '../../src/cli/demo/replay-server.ts';
import { CanaryConfig } from '../../src/domain/canary-config.ts';
import { CanaryExecutionRequest } from '../../src/domain/canary-execution-request.ts';
import { SIDES } from '../../src/domain/canary-scope.ts';
import { askProvider } from '../support/ask-provider.ts';
import type { RunningServer } from '../support/servers/prometheus-server.ts';

const FOLDER = new URL('../../openapi/examples/demo/', import.meta.url);
const readText = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');
const config = CanaryConfig.parse(JSON.parse(readText('canary-config.json')));
const recordedText = readText('prometheus-recording.json');
const recording = JSON.parse(recordedText) as Recording;

let server: RunningServer;
beforeAll(async () => {
  server = await startReplay(recording);
});
afterAll(() => server.stop());

function ask(file: string, metricIndex: number, side: (typeof SIDES)[number]) {
  const { scopes } = CanaryExecutionRequest.parse(JSON.parse(readText(file)));
  const metric = config.metrics?.[metricIndex];
  const scope = side === 'control' ? scopes?.default?.controlScope : scopes?.default?.experimentScope;
  if (metric === undefined || scope === undefined) throw new Error(`${file} has no such scope`);
  const account = prometheus.Account.parse({ name: 'a', type: 'prometheus', endpoint: { baseUrl: server.baseUrl } });
  const query = prometheus.Query.parse(metric.query);
  return askProvider(prometheus, { config, metric, query, scope, side, account }, new AbortController().signal);
}

describe.each(['good-canary-request.json', 'bad-canary-request.json'])('%s', (file) => {
  test.each((config.metrics ?? []).map(({ name }, index) => [name, index] as const))(
    '%s is answered',
    async (_, index) => {
      for (const side of SIDES) {
        const sets = await ask(file, index, side);
        expect(sets).toHaveLength(1);
        expect(sets[0]?.values.filter(Number.isFinite).length).toBeGreaterThan(90);
      }
    },
  );
});

test('the silence of the bad canary is in the recording', async () => {
  const latency = config.metrics?.findIndex(({ name }) => name === 'latency, mean') ?? -1;
  const [set] = await ask('bad-canary-request.json', latency, 'experiment');
  expect(set?.values.filter(Number.isNaN)).toHaveLength(24);
});

test('nothing is recorded twice, and all of it is small', () => {
  const metrics = config.metrics ?? [];
  expect(metrics.length).toBeGreaterThanOrEqual(7);
  const queries = metrics.flatMap(({ query }) => {
    const { denominator, traffic, ...own } = query ?? {};
    return [own, denominator, traffic].filter((asked) => asked !== undefined);
  });
  const asked = new Set(queries.map((query) => JSON.stringify({ ...query, type: undefined })));
  expect(recording).toHaveLength(3 * asked.size);
  expect(recordedText.length).toBeLessThan(400_000);
});

test('a question that was not recorded is answered with the reason', async () => {
  const body = new URLSearchParams({ query: 'up', start: '0', end: '1', step: '1' });
  const answer = await fetch(`${server.baseUrl}/api/v1/query_range`, { method: 'POST', body });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: expect.stringContaining('no answer to /api/v1/query_range') });
});

test('the recording passes the check of an account', async () => {
  const account = prometheus.Account.parse({ name: 'a', type: 'prometheus', endpoint: { baseUrl: server.baseUrl } });
  await expect(prometheus.check(account, new AbortController().signal)).resolves.toBeUndefined();
});
