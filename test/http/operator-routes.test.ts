import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const SWITCH = { method: 'POST', url: '/admin/orca/instance/enabled', payload: { enabled: false } } as const;
const REMOVE = { method: 'DELETE', url: '/credentials/fake-metrics' } as const;

let service: TestService;
beforeEach(async () => {
  service = await createTestService({ server: { host: '0.0.0.0' } });
});
afterEach(() => service.close());

describe.each([SWITCH, REMOVE])('$method $url', (request) => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('answers %s', async (remoteAddress) => {
    expect((await service.http.inject({ ...request, remoteAddress })).statusCode).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['10.1.2.3', {}],
    ['::ffff:10.1.2.3', {}],
    ['fe80::1', {}],
    ['127.0.0.1', { 'x-forwarded-for': '10.1.2.3' }],
    ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }],
    ['127.0.0.1', { forwarded: 'for=10.1.2.3' }],
    ['127.0.0.1', { 'x-real-ip': '10.1.2.3' }],
    ['127.0.0.1', { via: '1.1 proxy' }],
  ])('refuses %s with %o, in words', async (remoteAddress, headers) => {
    const answer = await service.http.inject({ ...request, remoteAddress, headers });
    expect([answer.statusCode, answer.json().errorCode]).toEqual([403, 'ADMIN_REMOTE']);
    expect(answer.json().message).toContain('server.remoteAdmin: true');
    expect(service.runs.enabled).toBe(true);
    expect((await service.http.inject('/credentials')).body).toContain('fake-metrics');
  });

  it('answers everybody with server.remoteAdmin', async () => {
    const remote = await createTestService({ server: { remoteAdmin: true } });
    expect((await remote.http.inject({ ...request, remoteAddress: '10.1.2.3' })).statusCode).toBe(200);
    await remote.close();
  });
});

it('every route under /admin, and every one that removes an account, is for the operator', async () => {
  const document = (await service.http.inject('/v3/api-docs')).json() as { paths: Record<string, object> };
  const guarded = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => path.startsWith('/admin') || (method === 'delete' && path.startsWith('/credentials')))
      .map((method) => ({ method: method.toUpperCase() as 'POST', url: path.replace(/\{.*?\}/g, 'x') })),
  );
  expect(guarded).toHaveLength(2);
  for (const route of guarded) {
    const answer = await service.http.inject({ ...route, remoteAddress: '10.1.2.3', payload: {} });
    expect(answer.json().errorCode).toBe('ADMIN_REMOTE');
  }
});

describe('a disabled instance', () => {
  const html = { accept: 'text/html' };

  it('says so on health and on every page, with the way back, until it is enabled', async () => {
    const notice = 'This instance is disabled and starts no runs.';
    const pages = ['/', '/?show=analyses', '/configs', '/configs/new', '/compare', '/no/such/page'];
    await service.http.inject(SWITCH);
    const health = await service.http.inject('/health');
    expect([health.statusCode, health.json()]).toEqual([
      200,
      {
        status: 'UP',
        components: {
          store: { status: 'UP' },
          instance: { status: 'OUT_OF_SERVICE', message: expect.stringContaining(notice) },
        },
      },
    ]);
    for (const url of pages) {
      const { body } = await service.http.inject({ url, headers: html });
      expect([url, body.includes(notice), body.includes('/admin/orca/instance/enabled')]).toEqual([url, true, true]);
    }
    await service.http.inject({ ...SWITCH, payload: { enabled: true } });
    expect((await service.http.inject('/health')).json().components).not.toHaveProperty('instance');
    for (const url of pages) expect((await service.http.inject({ url, headers: html })).body).not.toContain(notice);
  });
});
