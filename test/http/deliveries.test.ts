import { afterAll, beforeAll, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
let id: string;
beforeAll(async () => {
  service = await createTestService();
  const payload = { canaryConfig: configOf(1), executionRequest: requestOf() };
  const answer = await service.http.inject({ method: 'POST', url: '/canary?wait=20s', payload });
  id = answer.json().pipelineId;
});
afterAll(() => service.close());

const report = (payload: object, run = id) =>
  service.http.inject({ method: 'POST', url: `/canary/${run}/deliveries`, payload });
const get = async (url: string) => (await service.http.inject(url)).json();

it('a run shows whom its verdict was handed to, in its answer and its report, the last 50', async () => {
  expect(await get(`/canary/${id}`)).not.toHaveProperty('deliveries');
  const before = await get(`/reports/${id}.json`);
  expect(before.deliveries).toEqual([]);
  expect((await report({ receiver: 'api.github.com', error: 'no answer' })).statusCode).toBe(204);
  expect((await report({ receiver: 'dev.azure.com', status: 200 })).statusCode).toBe(204);
  const deliveries = [
    { at: expect.stringMatching(/^20.*Z$/), receiver: 'api.github.com', error: 'no answer' },
    { at: expect.any(String), receiver: 'dev.azure.com', status: 200 },
  ];
  expect((await get(`/canary/${id}`)).deliveries).toEqual(deliveries);
  expect((await get(`/reports/${id}.json`)).deliveries).toEqual(deliveries);
  const page = (await service.http.inject(`/reports/${id}`)).body;
  expect(page).toContain('dev.azure.com, answered 200');
  expect(page).toContain('api.github.com, no answer');
  await Promise.all(Array.from({ length: 60 }, (_, number) => report({ receiver: `r${number}`, status: 200 })));
  const kept = (await get(`/canary/${id}`)).deliveries as { receiver: string }[];
  expect([kept.length, new Set(kept.map(({ receiver }) => receiver)).size]).toEqual([50, 50]);
});

it.each([
  [
    { receiver: 'https://user:secret@api.github.com/hook', status: 200 },
    /receiver: must be a host or the name of a tool/,
  ],
  [{ receiver: 'api.github.com' }, /needs either status or error/],
  [{ receiver: 'api.github.com', status: 200, error: 'both' }, /needs either status or error/],
  [{ receiver: 'api.github.com', status: 99 }, /status/],
])('refuses %j and stores nothing of it', async (payload, message) => {
  const before = (await get(`/canary/${id}`)).deliveries;
  const answer = await report(payload);
  expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringMatching(message)]);
  expect(answer.body).not.toContain('secret');
  expect((await get(`/canary/${id}`)).deliveries).toEqual(before);
});

it('is a 404 for a run that does not exist', async () => {
  expect((await report({ receiver: 'x', status: 200 }, 'nope')).statusCode).toBe(404);
});
