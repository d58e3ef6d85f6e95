import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import { type Answers, type Client, replayStep, type Step } from '../support/http/client-replay.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const EMPTY = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } });
const MOMENT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|\+01:00)/g;

/** The starts a client is known to send, with windows that end `millis` from now, each written as it writes it. */
function startsOf(name: string, millis: number): { client: Client; starts: Step[] } {
  const client: Client = JSON.parse(readFileSync(new URL(`../fixtures/clients/${name}.json`, import.meta.url), 'utf8'));
  const starts = client.steps.flatMap(({ rawBody = '', ...step }) => {
    const ends = [...rawBody.matchAll(MOMENT)].map(([moment]) => Date.parse(moment));
    if (step.expect.status !== 200 || ends.length === 0) return [];
    const shift = Date.now() + millis - Math.max(...ends);
    const moved = rawBody.replaceAll(MOMENT, (moment, _seconds, fraction = '', zone) => {
      const local = Date.parse(moment) + shift + (zone === 'Z' ? 0 : 3_600_000);
      return `${new Date(local).toISOString().slice(0, 19)}${fraction}${zone}`;
    });
    const path = step.path.replace('metricsAccountName=silent', 'metricsAccountName=recorded');
    return [{ ...step, path, rawBody: moved, as: 'started' }];
  });
  return { client, starts };
}

describe.each(['orca', 'argo-rollouts'])('RUN-2: what %s starts', (name) => {
  let service: TestService;
  let store: LoopbackServer;
  let port: number;
  const answers: Answers = new Map();

  beforeAll(async () => {
    store = await startLoopback((_request, response) => response.end(EMPTY));
    const account = { name: 'recorded', type: 'prometheus', ingestionDelaySeconds: 600 };
    const metricsStores = [prometheus.Account.parse({ ...account, endpoint: { baseUrl: store.baseUrl } })];
    const parts = { providers: [prometheus], judges: createJudges({}), metricsStores };
    service = await createTestService({ ...parts, storeNames: ['store', 'team:blue@eu/1'] });
    await service.http.listen({ host: '127.0.0.1', port: 0 });
    ({ port } = service.http.server.address() as AddressInfo);
    const payload = JSON.parse(readFileSync('openapi/examples/demo/canary-config.json', 'utf8'));
    const saved = await service.http.inject({ method: 'POST', url: '/canaryConfig', payload });
    answers.set('configs', [{ id: saved.json().canaryConfigId }]);
  });
  afterAll(async () => {
    await service.close();
    await store.stop();
  });

  it.each([
    ['an hour ago', -3_600_000],
    ['a second ago', -1000],
    ['now', 0],
    ['in 5 s, since clocks differ', 5000],
    ['in 50 s, since clocks differ', 50_000],
  ])('with a window that ends %s is judged at once and answered as ever', async (_, millis) => {
    const { client, starts } = startsOf(name, millis);
    expect(starts.length).toBeGreaterThan(2);
    for (const start of starts) {
      expect(await replayStep(client, start, { port, answers })).toEqual([]);
      expect(answers.get('started')).not.toHaveProperty('waiting');
      expect(answers.get('started')).not.toHaveProperty('waitsUntilIso');
      const poll: Step = {
        ...{ name: 'polls', method: 'GET', path: '/canary/{{started/canaryExecutionId}}' },
        until: { '/complete': true },
        expect: { status: 200, absent: ['/waitsUntilMillis', '/partial'], values: { '/status': 'succeeded' } },
      };
      expect(await replayStep(client, poll, { port, answers })).toEqual([]);
    }
  });

  it('with a window that ends in an hour waits, and the answer is still one that it can decode', async () => {
    const { client, starts } = startsOf(name, 3_600_000);
    for (const start of starts) {
      expect(await replayStep(client, start, { port, answers })).toEqual([]);
      expect(answers.get('started')).toMatchObject({ waiting: expect.stringMatching(/^The run waits until /) });
      const poll: Step = {
        ...{ name: 'polls', method: 'GET', path: '/canary/{{started/canaryExecutionId}}' },
        expect: {
          status: 200,
          ...(client.shapes?.run === undefined ? {} : { decode: '#run' }),
          values: { '/complete': false, '/status': 'not_started' },
        },
      };
      expect(await replayStep(client, poll, { port, answers })).toEqual([]);
    }
  });
});
