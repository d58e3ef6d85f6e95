import { request as askRaw } from 'node:http';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf, newToken } from '../../src/auth/token-text.ts';
import { type Permission, permits, ROLES, type Role } from '../../src/domain/permission.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const ADMIN = 'an-admin-token-of-at-least-32-letters';
/** In the name of a config of the application shop, which nobody of another application may see. */
const MARK = 'only-of-shop';

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly permission: Permission;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly errorCode: string | undefined;
}

let service: TestService;
let port = 0;
let run = '';
let config = '';
const log: string[] = [];
const tokens: Record<string, string> = {};
beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log.push(String(chunk));
      done();
    },
  });
  const limits = { requestsPerMinute: { perAddress: 100_000, perCaller: 100_000 } };
  service = await createTestService({ auth: { adminToken: ADMIN }, limits, log: pino({ level: 'trace' }, sink) });
  const address = await service.http.listen({ port: 0, host: '127.0.0.1' });
  port = Number(new URL(address).port);
  const json = async (path: string, body: unknown) => JSON.parse((await ask('POST', path, ADMIN, body)).text);
  config = (await json('/canaryConfig', configOf(1, { name: MARK }))).canaryConfigId;
  run = (await json(`/canary/${config}`, requestOf())).canaryExecutionId;
  for (const role of Object.keys(ROLES)) tokens[role] = (await json('/tokens', { name: role, role })).token;
  tokens.other = (await json('/tokens', { name: 'other', role: 'admin', applications: ['other'] })).token;
  tokens.revoked = (await json('/tokens', { name: 'revoked', role: 'admin' })).token;
  await ask('DELETE', '/tokens/revoked', ADMIN);
  const { id, text } = newToken();
  const times = { createdAt: 1, createdBy: 'test', expiresAt: Date.now() - 1 };
  await service.store.tokens.create({ id, name: 'expired', hash: hashOf(text), role: 'admin', ...times });
  tokens.expired = text;
  tokens.wrong = newToken().text;
});
afterAll(() => service.close());

/** The path goes out as it is written. */
function ask(method: string, path: string, token?: string, body?: unknown, headers: object = {}): Promise<Answer> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const all = { ...authorization, ...json, ...headers };
    const asked = askRaw({ host: '127.0.0.1', port, method, path, headers: all }, (answer) => {
      let text = '';
      const end = () => {
        answer.destroy();
        resolve({ status: answer.statusCode ?? 0, text, errorCode: /"errorCode":"(\w+)"/.exec(text)?.[1] });
      };
      answer.on('data', (chunk) => {
        text += String(chunk);
        if (answer.headers['content-type'] === 'text/event-stream') end();
      });
      answer.on('end', end);
    });
    // A request that is no HTTP is answered with a body, which a client does not expect after HEAD.
    asked.on('error', (error) =>
      method === 'HEAD' ? resolve({ status: 400, text: '', errorCode: undefined }) : reject(error),
    );
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function operations(): Promise<Operation[]> {
  const document = JSON.parse((await ask('GET', '/v3/api-docs')).text) as {
    paths: Record<string, Record<string, Record<string, never>>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, () => (path.startsWith('/canaryConfig') ? config : run)),
      permission: operation['x-permission'] ?? 'admin',
      operationId: operation.operationId ?? '',
      body: Object.values((operation.requestBody as { content?: object } | undefined)?.content ?? {})[0]?.example,
    })),
  );
}

describe('every operation', () => {
  it('answers nobody but those who have its permission', async () => {
    const all = await operations();
    expect(all.length).toBeGreaterThan(60);
    const wrong: unknown[] = [];
    for (const { operationId, method, path, permission, body } of all) {
      const isPublic = permission === 'public';
      for (const who of [undefined, 'wrong', 'expired', 'revoked'] as const) {
        const { status } = await ask(method, path, who && tokens[who], body);
        if ((status === 401) === isPublic) wrong.push([operationId, who, status]);
      }
      for (const role of ['viewer', 'runner', 'editor', 'admin'] as const) {
        // What is deleted would be missing for the others.
        const object = method === 'DELETE' ? path.replace(run, 'none').replace(config, 'none') : path;
        const { status, errorCode } = await ask(method, object, tokens[role], body);
        // A hook refuses in the manner of its tool, which may have no codes.
        const inWords = status === 403 && errorCode === undefined;
        const denied = inWords || errorCode === 'PERMISSION_DENIED' || errorCode === 'AUTHENTICATION_REQUIRED';
        if (denied === permits(role as Role, permission) || (denied && status !== 403))
          wrong.push([operationId, role, status]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('tells those of another application nothing of this one, and changes nothing', async () => {
    const told: unknown[] = [];
    for (const { operationId, method, path, permission, body } of await operations()) {
      if (permission === 'public') continue;
      const answer = await ask(method, path, tokens.other, body);
      if (answer.text.includes(MARK)) told.push([operationId, answer.status]);
      if (path.includes(run) && ![400, 403, 404].includes(answer.status)) told.push([operationId, answer.status]);
    }
    expect(told).toEqual([]);
    expect((await ask('GET', `/canary/${run}`, ADMIN)).status).toBe(200);
    expect((await ask('GET', `/canaryConfig/${config}`, ADMIN)).text).toContain(MARK);
  });
});

describe('an attack', () => {
  const SECRETS = ['/canary/executions?application=*', '/canaryConfig', '/tokens', '/audit', '/'];

  it.each([
    (path: string) => `/${path}`,
    (path: string) => path.replaceAll('/', '//'),
    (path: string) => `${path.replace(/(\?|$)/, '/$1')}`,
    (path: string) => `/./${path.slice(1)}`,
    (path: string) => `/health/..${path}`,
    (path: string) => `/health/%2e%2e${path}`,
    (path: string) => `/assets/..${path}`,
    (path: string) => `/docs/ui/../..${path}`,
    (path: string) => `/docs/ui/static/..%2f..%2f..${path.replaceAll('/', '%2f')}`,
    (path: string) => path.replace('c', '%63'),
    (path: string) => path.replace('c', '%2563'),
    (path: string) => `/${path.slice(1).replaceAll('/', '%2f')}`,
    (path: string) => path.replaceAll('/', '\\'),
    (path: string) => path.toUpperCase(),
    (path: string) => path.replace(/(\?|$)/, ';x=/health$1'),
    (path: string) => `${path}#/health`,
    (path: string) => `${path}${path.includes('?') ? '&' : '?'}deep=false&token=${tokens.admin}`,
    (path: string) => `http://127.0.0.1${path}`,
    (path: string) => `http://127.0.0.1/health/..${path}`,
    (path: string) => `/t${path}`,
    (path: string) => `/t/${path}`,
    (path: string) => `/t/%20${path}`,
    (path: string) => `/T/${tokens.admin}${path}`,
    (path: string) => `/health/t/${tokens.admin}${path}`,
    (path: string) => `/t/${tokens.admin}x${path}`,
    (path: string) => `/t/${tokens.wrong}/t/${tokens.admin}${path}`,
  ])('by the path gets nothing: %s', async (disguise) => {
    for (const path of SECRETS) {
      for (const method of ['GET', 'HEAD']) {
        const { status, text } = await ask(method, disguise(path));
        expect([disguise(path), status >= 400, text.includes(MARK)]).toEqual([disguise(path), true, false]);
      }
    }
  });

  it.each<[string, object]>([
    ['a header twice', { authorization: ['Bearer wrong', `Bearer ${ADMIN}`] }],
    ['an empty bearer', { authorization: 'Bearer ' }],
    ['only a scheme', { authorization: 'Bearer' }],
    ['a scheme that is none', { authorization: `Digest ${ADMIN}` }],
    ['a session that is none', { cookie: 'haldane_session=x' }],
    ['an address of this machine', { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' }],
    ['the user of a proxy', { 'x-forwarded-user': 'admin', 'x-forwarded-groups': 'sre' }],
    ['another path', { 'x-original-url': '/health', 'x-rewrite-url': '/health' }],
    ['another method', { 'x-http-method-override': 'GET' }],
  ])('by headers gets nothing: %s', async (_, headers) => {
    for (const path of SECRETS) expect((await ask('GET', path, undefined, undefined, headers)).status).toBe(401);
  });

  it('by other methods, events and pages gets nothing', async () => {
    for (const method of ['OPTIONS', 'TRACE', 'PATCH', 'PROPFIND']) {
      expect((await ask(method, '/tokens')).status).toBeGreaterThanOrEqual(400);
    }
    const pages = [
      '/',
      '/configs',
      '/configs/new',
      `/configs/${config}`,
      `/configs/${config}/edit`,
      `/compare?a=${run}`,
    ];
    const reports = ['', '.html', '.md', '.json', '.junit.xml', '/metrics/m0'].map(
      (ending) => `/reports/${run}${ending}`,
    );
    for (const path of [...pages, ...reports, `/canary/${run}/events`, '/prometheus/api/v1/query?query=up']) {
      expect([path, (await ask('GET', path)).status]).toEqual([path, 401]);
      const ofOther = await ask('GET', path, tokens.other);
      expect([path, ofOther.text.includes(MARK)]).toEqual([path, false]);
    }
    expect((await ask('GET', `/canary/${run}/events`, tokens.viewer)).text).toContain('event: ');
  });

  it('leaves no token in a log line, an answer or the store', async () => {
    for (const path of [
      `/t/${tokens.viewer}/canary/none`,
      `/t/${tokens.viewer}/nowhere`,
      `/t/${tokens.wrong}/canary`,
    ]) {
      const { text } = await ask('GET', path);
      expect(text).not.toMatch(/haldane_[a-z0-9]{12}_/);
    }
    const known = [ADMIN, ...Object.values(tokens)];
    expect(log.length).toBeGreaterThan(10);
    expect(known.filter((token) => log.some((line) => line.includes(token)))).toEqual([]);
    const stored = JSON.stringify([await service.store.tokens.list(), await service.store.audit.list({ limit: 1000 })]);
    expect(known.filter((token) => stored.includes(token))).toEqual([]);
  });
});

describe('the audit', () => {
  it('says who did what to which object, and what was refused', async () => {
    await ask('PUT', `/canary/${run}/cancel`, tokens.runner);
    await ask('PUT', `/canary/${run}/cancel`, tokens.viewer);
    const entries = JSON.parse((await ask('GET', `/audit?object=${run}&what=cancelCanaryExecution`, ADMIN)).text);
    const from = '127.0.0.1';
    expect(entries.slice(0, 2)).toMatchObject([
      { kind: 'token', who: 'viewer', what: 'cancelCanaryExecution', object: run, status: 403, from },
      { kind: 'token', who: 'runner', what: 'cancelCanaryExecution', object: run, status: 202, from },
    ]);
    expect(log.some((line) => line.includes('"audit"') && line.includes('"who":"runner"'))).toBe(true);
    const started = JSON.parse((await ask('GET', '/audit?who=auth.adminToken&what=startCanary', ADMIN)).text);
    expect(started.at(-1)).toMatchObject({ object: run, status: 200 });
    expect((await ask('GET', '/audit', tokens.editor)).status).toBe(403);
    const [first, second] = JSON.parse((await ask('GET', '/audit?limit=2', ADMIN)).text);
    expect(JSON.parse((await ask('GET', `/audit?limit=1&before=${first.id}`, ADMIN)).text)[0].id).toBe(second.id);
  });
});
