import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import { runHaldane } from '../run-haldane.ts';

const ADMIN = 'an-admin-token-of-at-least-32-letters';

let service: TestService;
let baseUrl = '';
beforeAll(async () => {
  service = await createTestService({ auth: { adminToken: ADMIN } });
  baseUrl = await service.http.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => service.close());
beforeEach(() => {
  vi.stubEnv('HALDANE_URL', baseUrl);
  vi.stubEnv('HALDANE_TOKEN', ADMIN);
});
afterEach(() => vi.unstubAllEnvs());

const create = (...more: string[]) => runHaldane(['token', 'create', '--name', 'ci', '--role', 'runner', ...more]);

it('creates a token, prints it alone, lists it without it, and revokes it', async () => {
  const made = await create('--applications', 'shop,cart', '--expires', '90d');
  expect([made.code, made.err]).toEqual([
    0,
    expect.stringMatching(
      /^ci \(\w{12}\): runner; applications shop, cart; metrics accounts all; until 20.*shown this once/,
    ),
  ]);
  expect(made.out).toMatch(/^haldane_[a-z0-9]{12}_[A-Za-z0-9]{43}\n$/);
  const token = made.out.trim();
  const ask = () => fetch(`${baseUrl}/credentials`, { headers: { authorization: `Bearer ${token}` } });
  expect((await ask()).status).toBe(200);
  const listed = await runHaldane(['token', 'list']);
  expect([listed.code, listed.out]).toEqual([
    0,
    expect.stringMatching(/^valid {3}ci \(\w{12}\): runner; .*; last used 20/),
  ]);
  expect(listed.out).not.toContain(token.slice(21));
  expect(JSON.parse((await runHaldane(['token', 'list', '--json'])).out)).toHaveLength(1);
  expect(await create()).toMatchObject({ code: 64, err: expect.stringContaining("There is a token called 'ci'") });
  expect(await runHaldane(['token', 'revoke', 'ci'])).toEqual({ code: 0, out: 'ci is revoked\n', err: '' });
  expect((await ask()).status).toBe(401);
  expect((await runHaldane(['token', 'list'])).out).toMatch(/^revoked ci /);
});

it.each([
  [['--expires', '90'], /expires: must be a number of hours, days or weeks/],
  [['--applications', 'shop,,cart'], /--applications: must be names, separated by commas/],
])('refuses %o, naming the option and the remedy', async (options, message) => {
  expect(await create(...options)).toMatchObject({ code: 64, err: expect.stringMatching(message) });
});

it('says what to do without a token, and with one that may not', async () => {
  vi.stubEnv('HALDANE_TOKEN', undefined);
  expect(await create()).toMatchObject({ code: 3, err: expect.stringContaining('set HALDANE_TOKEN to a token') });
});
