import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeProvider } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeEach(async () => {
  service = await createTestService({ providers: [fakeProvider(() => new Promise(() => {}))] });
});
afterEach(() => service.close());

const send = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: object | string) =>
  service.http.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload, headers: { 'content-type': 'application/json' } }),
  });
const startRun = async () => {
  const body = { canaryConfig: configOf(1), executionRequest: requestOf() };
  return (await send('POST', '/canary', body)).json().canaryExecutionId as string;
};
const startAnalysis = async () => {
  const executionRequest = {
    scopes: [{ startTimeIso: '2026-01-01T00:00:00Z', endTimeIso: '2026-01-01T01:00:00Z' }],
    thresholds: { pass: 95, marginal: 75 },
  };
  const answer = await send('POST', '/standalone_canary_analysis', { canaryConfig: configOf(1), executionRequest });
  return answer.json().canaryAnalysisExecutionId as string;
};

describe('PUT /canary/{id}/cancel', () => {
  it.each([
    ['with no body', undefined],
    ['with the body Orca sends', '""'],
  ])('%s cancels the run at once, and again changes nothing', async (_, body) => {
    const id = await startRun();
    const first = await send('PUT', `/canary/${id}/cancel`, body);
    expect([first.statusCode, first.body]).toEqual([202, '']);
    const run = (await send('GET', `/canary/${id}`)).json();
    expect(run).toMatchObject({ status: 'canceled', complete: true });
    expect((await send('PUT', `/canary/${id}/cancel`, body)).statusCode).toBe(202);
    expect((await send('GET', `/canary/${id}`)).json()).toEqual(run);
  });

  it('of a run there is not is a 404', async () => {
    expect((await send('PUT', '/canary/nope/cancel')).json()).toMatchObject({ errorCode: 'EXECUTION_NOT_FOUND' });
  });

  it('of an analysis is a 400 and leaves it as it is', async () => {
    const id = await startAnalysis();
    expect((await send('PUT', `/canary/${id}/cancel`)).json()).toMatchObject({
      status: 400,
      errorCode: 'EXECUTION_KIND',
    });
    expect((await send('GET', `/standalone_canary_analysis/${id}`)).json().complete).toBe(false);
  });
});

describe('DELETE /canary/{id}', () => {
  it('refuses a run that goes on with 401, and deletes it once it has ended', async () => {
    const id = await startRun();
    expect((await send('DELETE', `/canary/${id}`)).json()).toMatchObject({
      status: 401,
      errorCode: 'EXECUTION_RUNNING',
    });
    await send('PUT', `/canary/${id}/cancel`);
    const deleted = await send('DELETE', `/canary/${id}`);
    expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
    expect((await send('GET', `/canary/${id}`)).statusCode).toBe(404);
    expect((await send('DELETE', `/canary/${id}`)).statusCode).toBe(404);
  });

  it('of an analysis is a 400 and leaves it there', async () => {
    const id = await startAnalysis();
    expect((await send('DELETE', `/canary/${id}`)).json()).toMatchObject({ status: 400, errorCode: 'EXECUTION_KIND' });
    expect((await send('GET', `/standalone_canary_analysis/${id}`)).statusCode).toBe(200);
  });
});
