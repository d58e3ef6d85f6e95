import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
afterEach(() => service.close());

async function get(path: string, headers: Record<string, string> = {}) {
  const answer = await service.http.inject({ url: path, headers });
  return { status: answer.statusCode, body: answer.json(), id: answer.headers['x-request-id'] };
}

const CHECKS = { store: 'ok', migrations: 'ok', draining: 'ok' };

it('lives and is ready, without a token, and says which version it is', async () => {
  service = await createTestService({ auth: { adminToken: 'an-admin-token-of-at-least-32-letters' } });
  expect(await get('/livez')).toMatchObject({ status: 200, body: { status: 'UP' } });
  expect(await get('/readyz')).toMatchObject({ status: 200, body: { status: 'READY', checks: CHECKS } });
  const version = { version: '0.0.0-test', node: process.version };
  expect(await get('/version')).toMatchObject({ status: 200, body: version });
  expect(packageJson.version).not.toBe(version.version);
});

it('is not ready while the store cannot be written, but lives', async () => {
  service = await createTestService();
  vi.spyOn(service.store, 'check').mockRejectedValue(new Error('disk full'));
  expect(await get('/readyz')).toMatchObject({
    status: 503,
    body: { status: 'NOT_READY', checks: { store: 'disk full', migrations: expect.stringMatching(/^not known/) } },
  });
  expect((await get('/livez')).status).toBe(200);
});

it('is not ready on tables that lack a migration: the store is one of an older version', async () => {
  service = await createTestService();
  const had = await service.store.missingMigrations();
  vi.spyOn(service.store, 'missingMigrations').mockResolvedValue(['009-access']);
  const { status, body } = await get('/readyz');
  expect([had, status, body.checks.migrations]).toEqual([[], 503, expect.stringMatching(/^missing: 009-access; /)]);
});

it('is not ready while it is drained, and is again when it is enabled', async () => {
  service = await createTestService();
  service.runs.setEnabled(false);
  expect(await get('/readyz')).toMatchObject({
    status: 503,
    body: { checks: { ...CHECKS, draining: expect.stringMatching(/disabled/) } },
  });
  expect((await get('/health')).status).toBe(200);
  service.runs.setEnabled(true);
  expect((await get('/readyz')).status).toBe(200);
});

it('answers with the id of the request, which is also in the log', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  service = await createTestService({ log });
  expect((await get('/livez', { 'x-request-id': 'deploy-42:a/b' })).id).toBe('deploy-42:a/b');
  const made = (await get('/livez')).id;
  expect(made).toMatch(/^[0-9a-f-]{36}$/);
  expect((await get('/nothing', { 'x-request-id': 'of-404' })).id).toBe('of-404');
  const payload = { name: 'x' };
  const headers = { 'x-request-id': 'of-a-write' };
  await service.http.inject({ method: 'POST', url: '/canaryConfig', headers, payload });
  expect(lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'audit')).toMatchObject({
    reqId: 'of-a-write',
  });
});

it.each(['a b', 'a\u001b[2J', 'x'.repeat(129), '"},{"', ''])('makes an id of its own instead of %j', async (given) => {
  service = await createTestService();
  expect((await get('/livez', { 'x-request-id': given })).id).toMatch(/^[0-9a-f-]{36}$/);
});
