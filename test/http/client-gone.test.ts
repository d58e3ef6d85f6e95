import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import type { MetricsProvider } from '../../src/domain/metrics-provider.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { createGate } from '../support/gate.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const services: TestService[] = [];
const logged: string[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
  logged.length = 0;
});

const listen = async (provider: MetricsProvider) => {
  const service = await createTestService({
    providers: [provider],
    attempts: 1,
    log: pino({ level: 'error' }, { write: (line: string) => logged.push(line) }),
  });
  services.push(service);
  return service.http.listen({ host: '127.0.0.1', port: 0 });
};
const QUERY = 'metricSetName=cpu&metricName=cpu&start=2026-01-01T00:00:00Z&end=2026-01-01T01:00:00Z&step=60';
const readFetchParameters = ({ metricName = '' }) => ({ query: { metricName } });

it.each([
  ['with a body', { body: '{}', headers: { 'content-type': 'application/json' } }],
  ['without a body', {}],
])('a client that leaves before its answer stops the query it asked for, %s', async (_, init) => {
  const asked = Promise.withResolvers<AbortSignal>();
  const stopped = Promise.withResolvers<unknown>();
  const provider = fakeProvider((_request, signal) => {
    asked.resolve(signal);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        stopped.resolve(signal.reason);
        reject(signal.reason);
      });
    });
  });
  const baseUrl = await listen({ ...provider, readFetchParameters });
  const client = new AbortController();
  const answer = fetch(`${baseUrl}/fetch/fake/query?${QUERY}`, { method: 'POST', signal: client.signal, ...init });
  expect((await asked.promise).aborted).toBe(false);
  client.abort();
  await expect(answer).rejects.toThrow();
  await expect(stopped.promise).resolves.toBeDefined();
  expect(logged).toEqual([]);
});

it('a client that leaves takes nothing from another that waits for the same list of metrics', async () => {
  const gate = createGate();
  const getMetadata = async (_account: unknown, _filter: string, signal: AbortSignal) => {
    await gate.pass(signal);
    return [{ name: 'cpu' }];
  };
  const baseUrl = await listen({ ...fakeProvider(), getMetadata });
  const first = new AbortController();
  const left = fetch(`${baseUrl}/metadata/metricsService?filter=c`, { signal: first.signal });
  await gate.reached;
  const second = fetch(`${baseUrl}/metadata/metricsService?filter=c`);
  first.abort();
  await expect(left).rejects.toThrow();
  gate.open();
  expect(await (await second).json()).toEqual([{ name: 'cpu' }]);
});

it('lists of metrics for ever other filters are not all kept', async () => {
  const asked: string[] = [];
  const getMetadata = async (_account: unknown, filter: string) => {
    asked.push(filter);
    return [];
  };
  const service = await createTestService({ providers: [{ ...fakeProvider(), getMetadata }] });
  services.push(service);
  for (const filter of [...Array.from({ length: 201 }, (_, index) => `f${index}`), 'f200', 'f0']) {
    await service.http.inject(`/metadata/metricsService?filter=${filter}`);
  }
  expect(asked.slice(200)).toEqual(['f200', 'f0']);
});
