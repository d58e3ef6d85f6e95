import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import { startReplay } from '../../src/cli/demo/replay-server.ts';
import { type Answers, type Client, replayStep, type Step } from '../support/http/client-replay.ts';
import { prometheusOf } from '../support/http/honesty-cases.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const FOLDER = new URL('../fixtures/clients/', import.meta.url);
const RECORDING = new URL('../../openapi/examples/demo/prometheus-recording.json', import.meta.url);
const clients = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file): Client => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));

/** `recorded` answers the demo's questions, `silent` never answers, `names` has metrics to pick from, `any` series. */
let stores: Record<'recorded' | 'silent' | 'names' | 'any', Pick<LoopbackServer, 'baseUrl' | 'stop'>>;
beforeAll(async () => {
  const names = { status: 'success', data: ['http_requests_total', 'http_request_duration_seconds_count', 'up'] };
  stores = {
    recorded: await startReplay(JSON.parse(readFileSync(RECORDING, 'utf8'))),
    silent: await startLoopback(() => {}),
    any: await startLoopback(
      prometheusOf(() => [{ when: 'canary=', labels: {}, values: { repeat: [5, 6], times: 30 } }]),
    ),
    names: await startLoopback((_request, response) => response.end(JSON.stringify(names))),
  };
});
afterAll(() => Promise.all(Object.values(stores).map((store) => store.stop())));

describe.each(clients)('$about', (client) => {
  const answers: Answers = new Map();
  let service: TestService;
  let port: number;
  beforeAll(async () => {
    const metricsStores = Object.entries(stores).map(([name, { baseUrl }]) =>
      prometheus.Account.parse({ name, type: 'prometheus', endpoint: { baseUrl } }),
    );
    const parts = { providers: [prometheus], judges: createJudges({}), metricsStores };
    // Referee's proxy hands on the origin of its page.
    const allowedOrigins = [client.headers.origin].filter((origin) => origin !== undefined);
    service = await createTestService({
      ...parts,
      storeNames: ['store', 'team:blue@eu/1'],
      server: { allowedOrigins },
    });
    await service.http.listen({ host: '127.0.0.1', port: 0 });
    ({ port } = service.http.server.address() as AddressInfo);
  });
  afterAll(() => service.close());

  it.each(client.steps)('$name', { timeout: client.timeoutMillis }, async (step) => {
    expect(await replayStep(client, step, { port, answers })).toEqual([]);
  });

  it('is told of no field that nobody reads, since it sends none', () => {
    const warnings = [...answers.values()].map((answer) =>
      JSON.stringify((answer as { warnings?: unknown })?.warnings),
    );
    expect(warnings.filter((text) => text?.includes('not known'))).toEqual([]);
  });
});

describe('a client', () => {
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await startLoopback((_request, response) => response.end('{"id":"a","score":1.5,"list":[{"id":"b"}]}'));
  });
  afterAll(() => server.stop());

  it.each<[what: string, step: Partial<Step>, problem: RegExp]>([
    ['another status', { expect: { status: 404 } }, /^status 200: /],
    ['another text', { expect: { status: 200, text: '' } }, /^text: \{"id"/],
    [
      'what it cannot decode',
      { expect: { status: 200, decode: { score: 'integer' } } },
      /^\/score: 1\.5 is not integer/,
    ],
    ['an end it cannot decode', { expect: { status: 200, decodeLast: '#score' } }, /^\/verdict is missing/],
    ['another value', { expect: { status: 200, values: { '/list/0/id': 'c' } } }, /^\/list\/0\/id: \["b"\] is not "c"/],
    ['a field too many', { expect: { status: 200, absent: ['/list'] } }, /^\/list is there/],
    [
      'ids that do not match',
      { expect: { status: 200, joins: { 'it/list/*/id': 'it/id' } } },
      /^it\/list\/\*\/id: b is not in it\/id/,
    ],
    ['nothing to match', { expect: { status: 200, joins: { 'it/none/*/id': 'it/id' } } }, /nothing there/],
    ['no end in time', { until: { '/complete': true }, expect: { status: 200 } }, /^\/complete: \[\] is not true/],
  ])('that gets %s is heard of', async (_, changes, problem) => {
    const step: Step = { name: '', method: 'GET', path: '/', as: 'it', expect: { status: 200 }, ...changes };
    const client: Client = {
      about: '',
      timeoutMillis: 'until' in changes ? 300 : 10_000,
      headers: {},
      shapes: { score: { verdict: 'text' } },
      steps: [],
    };
    const problems = await replayStep(client, step, { port: server.port, answers: new Map() });
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });
});
