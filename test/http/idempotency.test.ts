import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDEMPOTENCY_MILLIS, idempotentStart } from '../../src/engine/runs/idempotent-start.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await createTestService();
});
afterAll(() => service.close());

const body = { canaryConfig: configOf(1), executionRequest: requestOf() };
const analysis = {
  canaryConfig: configOf(1),
  executionRequest: {
    scopes: [{ startTimeIso: '2026-01-01T00:00:00Z', endTimeIso: '2026-01-01T01:00:00Z' }],
    thresholds: { pass: 95, marginal: 75 },
  },
};
const post = async (url: string, payload: object, key: string) => {
  const answer = await service.http.inject({ method: 'POST', url, payload, headers: { 'idempotency-key': key } });
  return { status: answer.statusCode, body: answer.json() };
};

describe('Idempotency-Key', () => {
  it('gives the same key and request the same id, also with another wait', async () => {
    const first = await post('/canary?application=once', body, 'a');
    const again = await post('/canary?application=once&wait=5s', body, 'a');
    expect(again.body.pipelineId).toBe(first.body.canaryExecutionId);
    expect((await service.http.inject('/canary/executions?application=once')).json()).toHaveLength(1);
  });

  it('starts once when many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('/canary?application=many', body, 'b')));
    expect(new Set(answers.map((answer) => answer.body.canaryExecutionId)).size).toBe(1);
    expect((await service.http.inject('/canary/executions?application=many')).json()).toHaveLength(1);
  });

  it('refuses a key that was used for another request with 409', async () => {
    await post('/canary', body, 'c');
    const other = await post('/canary?application=other', body, 'c');
    expect(other).toMatchObject({ status: 409, body: { errorCode: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('works for standalone analyses', async () => {
    const url = '/standalone_canary_analysis';
    expect((await post(url, analysis, 'd')).body).toEqual((await post(url, analysis, 'd')).body);
  });

  it('does not remember a request that was refused', async () => {
    const refused = await post('/canary', { ...body, canaryConfig: configOf(0) }, 'e');
    expect(refused.status).toBe(400);
    expect((await post('/canary', { ...body, canaryConfig: configOf(0) }, 'e')).status).toBe(400);
  });

  it('makes good a start that was cut off after its key was kept, and forgets keys after 24 hours', async () => {
    let now = 1000;
    let next = 0;
    const started: string[] = [];
    const once = (start: (id: string) => Promise<string>) =>
      idempotentStart({
        store: service.store.idempotency,
        key: 'cut-off',
        asked: {},
        newRunId: () => `id-${next++}`,
        now: () => now,
        exists: async (id) => started.includes(id),
        start,
      });
    const begin = async (id: string) => {
      started.push(id);
      return id;
    };
    await expect(once(() => Promise.reject(new Error('killed')))).rejects.toThrow('killed');
    expect(await once(begin)).toBe('id-0');
    now += IDEMPOTENCY_MILLIS + 1;
    expect(await once(begin)).toBe('id-2');
  });
});
