import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_DEPTH } from '../../src/domain/values/wire-json.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

interface BadRequest {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  url: string;
  headers?: Record<string, string>;
  body?: object;
  raw?: string;
  status: number;
  message: string;
}

const BAD_REQUESTS: BadRequest[] = JSON.parse(readFileSync('test/fixtures/http/bad-requests.json', 'utf8'));

let service: TestService;
beforeAll(async () => {
  service = await createTestService();
});
afterAll(() => service.close());

const post = (payload: Buffer | string, contentType = 'application/json') =>
  service.http.inject({ method: 'POST', url: '/canaryConfig', payload, headers: { 'content-type': contentType } });

describe('ERR-1: a bad request', () => {
  it.each(BAD_REQUESTS)(
    '$name is answered $status',
    async ({ method, url, headers = {}, body, raw, status, message }) => {
      const payload = raw ?? body;
      const answer = await service.http.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      expect(answer.json()).toMatchObject({ status, message });
      expect(answer.statusCode).toBe(status);
      expect(message).not.toMatch(/Invalid input|Too (big|small):|Unrecognized key|Invalid option/);
    },
  );

  it('stores nothing', async () => {
    expect((await service.http.inject('/canaryConfig')).json()).toEqual([]);
    expect((await service.http.inject('/canary/executions?application=ad-hoc')).json()).toEqual([]);
  });

  it('of more than 10 MB is answered 413', async () => {
    const answer = await post(JSON.stringify({ name: 'x'.repeat(10 * 1024 * 1024) }));
    expect(answer.json()).toMatchObject({ status: 413, errorCode: 'BODY_TOO_LARGE' });
  });

  it('nested too deeply is answered 400', async () => {
    const answer = await post(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(answer.json()).toMatchObject({
      status: 400,
      message: `body: nested deeper than ${MAX_DEPTH} levels; flatten it`,
    });
  });

  it.each([
    ['UTF-16', Buffer.from('{"name":"x"}', 'utf16le')],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  ])('in %s is answered 400', async (_, payload) => {
    expect((await post(payload)).statusCode).toBe(400);
  });

  it('with keys that reach a prototype changes none and is read as any other', async () => {
    const answer = await post('{"constructor":{"prototype":{"polluted":true}},"applications":["a"]}');
    expect(answer.json()).toMatchObject({ status: 400, message: 'Canary config must specify a name.' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
