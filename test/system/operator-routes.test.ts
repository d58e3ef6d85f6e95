import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let service: ServiceProcess | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

interface Started {
  readonly log: readonly string[];
  readonly ask: (
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; text: string }>;
}

/** The real process, with its log. */
async function start(server: object, auth: object = {}): Promise<Started> {
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'haldane.yml');
  writeFileSync(file, JSON.stringify({ dataDir, auth, server: { port: 0, ...server } }));
  const log: string[] = [];
  service = await startService({ HALDANE_CONFIG: file }, (line) => log.push(line));
  const { port } = new URL(service.baseUrl);
  const ask: Started['ask'] = async (method, path, body, headers = {}) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const options = { method, headers: { 'content-type': 'application/json', ...headers }, ...json };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, options);
    return { status: answer.status, text: await answer.text() };
  };
  return { log, ask };
}

const SWITCH = '/admin/orca/instance/enabled';
const WARNING = 'listening beyond this machine without authentication';

describe('the routes of operators', () => {
  it('answer this machine, and nobody behind a proxy on it', async () => {
    const { ask, log } = await start({});
    const proxied = await ask('POST', SWITCH, { enabled: false }, { 'x-forwarded-for': '203.0.113.7' });
    expect([proxied.status, proxied.text]).toEqual([403, expect.stringContaining('server.remoteAdmin: true')]);
    expect((await ask('DELETE', '/credentials/x', undefined, { forwarded: 'for=203.0.113.7' })).status).toBe(403);
    expect((await ask('GET', '/health')).text).not.toContain('OUT_OF_SERVICE');
    expect((await ask('POST', SWITCH, { enabled: false })).status).toBe(200);
    expect((await ask('GET', '/health')).text).toContain('OUT_OF_SERVICE');
    const page = await ask('GET', '/', undefined, { accept: 'text/html' });
    expect(page.text).toContain('This instance is disabled and starts no runs.');
    expect(log.join('\n')).not.toContain(WARNING);
  });

  it('do not forget the store, without which every request is a 400', async () => {
    const { ask } = await start({});
    const refused = await ask('DELETE', '/credentials/haldane');
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('ACCOUNT_OF_STORE')]);
    expect((await ask('GET', '/canaryConfig')).status).toBe(200);
  });

  it('answer everybody with server.remoteAdmin', async () => {
    const { ask } = await start({ remoteAdmin: true });
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    expect((await ask('POST', SWITCH, { enabled: false }, headers)).status).toBe(200);
  });
});

it.each(['0.0.0.0', '::'])('a start on %s without authentication is refused, with the three ways out', async (host) => {
  const message = await start({ host }).catch((error: Error) => error.message);
  for (const way of ['auth.adminToken', 'auth.oidc', 'auth: { mode: open }']) expect(message).toContain(way);
});

it.each([{ adminToken: 'a'.repeat(32) }, { mode: 'closed' }])('a start beyond with %o is closed', async (auth) => {
  const { ask, log } = await start({ host: '0.0.0.0' }, auth);
  expect((await ask('GET', '/canaryConfig')).status).toBe(401);
  expect((await ask('GET', '/health')).status).toBe(200);
  expect(log.join('\n')).not.toContain(WARNING);
});

it('a start that listens beyond this machine says what that means, and takes any Host', async () => {
  const { ask, log } = await start({ host: '0.0.0.0' }, { mode: 'open' });
  const warnings = log.filter((line) => line.includes(WARNING)).map((line) => JSON.parse(line));
  expect(warnings).toMatchObject([{ level: 40, host: '0.0.0.0', remedy: expect.stringContaining('127.0.0.1') }]);
  expect((await ask('GET', '/canaryConfig')).status).toBe(200);
});
