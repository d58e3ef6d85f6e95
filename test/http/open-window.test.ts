import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const HOUR = 3_600_000;
let service: TestService;
beforeAll(async () => {
  service = await createTestService();
});
afterAll(() => service.close());

const get = async (url: string) => (await service.http.inject({ url, headers: { accept: 'text/html' } })).body;
const at = (millis: number) => new Date(Math.floor((Date.now() + millis) / 1000) * 1000).toISOString();
const submit = async (fields: Record<string, string>) => {
  const saved = await service.http.inject({ method: 'POST', url: '/canaryConfig', payload: configOf(1) });
  const url = `/configs/${saved.json().canaryConfigId}/runs`;
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
  const form = { control: 'v1', experiment: 'v2', start: at(-HOUR), ...fields };
  const payload = new URLSearchParams(form).toString();
  const answer = await service.http.inject({ method: 'POST', url, headers, payload });
  await service.http.inject({ method: 'DELETE', url: `/canaryConfig/${saved.json().canaryConfigId}` });
  return answer;
};
const start = async (end: string) => {
  const window = { start: at(-HOUR), end, step: 60 };
  const scopes = { default: { controlScope: { scope: 'v1', ...window }, experimentScope: { scope: 'v2', ...window } } };
  const payload = { canaryConfig: configOf(1), executionRequest: requestOf({ scopes }) };
  return (await service.http.inject({ method: 'POST', url: '/canary', payload })).json().canaryExecutionId as string;
};
/** "2026-01-01 12:05:30 UTC"; whole minutes without seconds */
const told = (end: string) => `${end.slice(0, 10)} ${end.slice(11, 19).replace(/:00$/, '')} UTC`;

describe('a run that waits for the end of its window', () => {
  it('says so in every form of its report, in the list and in its events', async () => {
    const end = at(HOUR);
    const id = await start(end);
    const sentence = `The run waits until ${told(end)} for the window to end.`;
    for (const form of ['', '.html', '.md', '.junit.xml', '.json']) {
      expect(await get(`/reports/${id}${form}`)).toContain(sentence);
    }
    expect(JSON.parse(await get(`/reports/${id}.json`)).waitsUntilMillis).toBe(Date.parse(end));
    expect(await get('/')).toContain(`waits until ${told(end)} for the window to end`);
    const events = (await service.http.inject({ url: `/canary/${id}/events`, payloadAsStream: true })).stream();
    const [first] = await once(events, 'data');
    expect(String(first)).toMatch(/^event: status\n.*"waitsUntilIso"/);
    await service.http.inject({ method: 'PUT', url: `/canary/${id}/cancel` });
    expect(await text(events)).toMatch(/^event: end\n.*"canceled"/);
    expect(await get(`/reports/${id}`)).toContain('The run was canceled before it was judged.');
  });
});

describe('the form that judges a window', () => {
  it('offers the choice, and waits unless it is told otherwise', async () => {
    const waits = await submit({ end: at(HOUR) });
    expect(waits.statusCode).toBe(303);
    expect(await get(String(waits.headers.location))).toContain('for the window to end');
    const partial = await submit({ end: at(HOUR), partial: 'true' });
    const id = String(partial.headers.location).split('/').at(-1) ?? '';
    await service.runs.waitFor(id, 5000);
    expect(await get(`/reports/${id}`)).toContain('The window had not ended: judged on 60 of 120 expected points.');
    expect(await get('/')).toContain('partial window');
  });

  it('says what is wrong with a window that ends too far away', async () => {
    const { statusCode, body } = await submit({ end: at(40 * 24 * HOUR) });
    expect(statusCode).toBe(400);
    expect(body).toMatch(/is more than 30 days away/);
    expect(body).toContain('If the window has not ended');
  });
});
