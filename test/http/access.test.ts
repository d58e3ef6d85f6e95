import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Auth, withLoginAddress } from '../../src/config/auth.ts';
import type { Role } from '../../src/domain/permission.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const ADMIN = 'an-admin-token-of-at-least-32-letters';
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

let service: TestService;
beforeAll(async () => {
  service = await createTestService({ auth: { adminToken: ADMIN } });
});
afterAll(() => service.close());

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly payload?: object;
  readonly headers?: Record<string, string>;
}

const as = async (token: string, url: string, { headers, ...asked }: Asked = {}) =>
  service.http.inject({ url, ...asked, headers: { authorization: `Bearer ${token}`, ...headers } });

let made = 0;
async function newToken(role: Role, more: object = {}): Promise<string> {
  const payload = { name: `token-${++made}`, role, ...more };
  const answer = await as(ADMIN, '/tokens', { method: 'POST', payload });
  expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)]);
  return answer.json().token;
}

describe('a closed service', () => {
  it('answers nobody, and says what to send; health stays open', async () => {
    const answer = await service.http.inject('/canary/executions');
    expect([answer.statusCode, answer.json().errorCode]).toEqual([401, 'AUTHENTICATION_REQUIRED']);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="haldane"');
    expect((await service.http.inject('/health')).statusCode).toBe(200);
    expect((await service.http.inject('/health?deep=true')).statusCode).toBe(401);
    expect((await service.http.inject('/health?deep=false')).statusCode).toBe(200);
  });

  it('lets browsers ask for a token as the password', async () => {
    const answer = await service.http.inject({ url: '/', headers: { accept: 'text/html' } });
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, expect.stringMatching(/^Basic /)]);
  });

  it('takes a token as bearer, as password, as user, and in the path', async () => {
    const token = await newToken('viewer');
    const url = '/canary/executions';
    for (const authorization of [`Bearer ${token}`, `bearer  ${token} `, basic('ci', token), basic(token, '')]) {
      expect((await service.http.inject({ url, headers: { authorization } })).statusCode).toBe(200);
    }
    for (const path of [`/t/${token}${url}`, `//t//${token}/${url}?limit=1`, `/t/${token}/credentials`]) {
      expect([path, (await service.http.inject(path)).statusCode]).toEqual([path, 200]);
    }
    expect((await service.http.inject(`/t/${token}/nowhere`)).json().message).toBe(
      'No route GET /nowhere; /docs lists the routes.',
    );
  });

  it.each([
    ['an unknown token', `haldane_${'a'.repeat(12)}_${'b'.repeat(43)}`],
    ['another text', 'letmein'],
    ['nothing', ''],
    ['an admin token that is longer', `${ADMIN}x`],
  ])('refuses %s, without repeating it', async (_, token) => {
    const answer = await as(token, '/credentials');
    expect([answer.statusCode, answer.json().errorCode]).toEqual([401, 'CREDENTIALS_REFUSED']);
    if (token !== '') expect(answer.body).not.toContain(token);
  });

  it('refuses a token with a wrong secret, or another case', async () => {
    const token = await newToken('viewer');
    for (const wrong of [`${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`, token.toUpperCase()]) {
      expect((await as(wrong, '/credentials')).statusCode).toBe(401);
    }
  });

  it('lets a role do what it may, and says what it lacks', async () => {
    const [viewer, runner] = [await newToken('viewer'), await newToken('runner')];
    const stored = await as(ADMIN, '/canaryConfig', { method: 'POST', payload: configOf(1, { applications: ['x'] }) });
    const start = { method: 'POST', payload: requestOf() } as const;
    const url = `/canary/${stored.json().canaryConfigId}`;
    expect((await as(viewer, url, start)).json()).toMatchObject({
      status: 403,
      errorCode: 'PERMISSION_DENIED',
      message: expect.stringMatching(/needs the permission runs.start, which the role viewer does not have \(token 't/),
    });
    expect((await as(runner, url, start)).statusCode).toBe(200);
    const own = { method: 'POST', payload: { canaryConfig: configOf(), executionRequest: requestOf() } } as const;
    expect((await as(runner, '/canary', own)).statusCode).toBe(403);
    expect((await as(ADMIN, '/admin/orca/instance/enabled', { method: 'POST', payload: { enabled: true } })).body).toBe(
      '',
    );
  });
});

describe('a gate', () => {
  const hook = (token: string, config: string, metadata: object = {}) => {
    const canary = { controlScope: 'v1', experimentScope: 'v2', pass: '95', marginal: '75', ...metadata };
    const payload = { name: 'podinfo', namespace: 'test', phase: 'Progressing', checksum: '1', metadata: canary };
    return as(token, `/hooks/flagger/rollout/${config}`, { method: 'POST', payload });
  };
  const storedConfig = async (applications: string[]) => {
    const payload = configOf(1, { applications, name: `of-${applications.join('-')}` });
    return (await as(ADMIN, '/canaryConfig', { method: 'POST', payload })).json().canaryConfigId as string;
  };

  it('judges only for whoever has all applications of the config, and the application that is named', async () => {
    const [own, shared] = [await storedConfig(['gated']), await storedConfig(['gated', 'other'])];
    const token = await newToken('runner', { applications: ['gated'] });
    expect((await hook(token, own)).statusCode).toBe(200);
    for (const refused of [await hook(token, shared), await hook(token, own, { application: 'other' })]) {
      expect([refused.statusCode, refused.body]).toEqual([
        403,
        expect.stringMatching(/^token '.*' has the applications/),
      ]);
      expect(refused.headers['content-type']).toBe('text/plain; charset=utf-8');
    }
  });

  it('sends queries only to accounts of the caller', async () => {
    const config = await storedConfig(['accounted']);
    const refused = await hook(await newToken('runner', { accounts: ['another'] }), config);
    expect([refused.statusCode, refused.body]).toEqual([403, expect.stringContaining("not to 'fake-metrics'")]);
    expect((await hook(await newToken('runner', { accounts: ['fake-metrics'] }), config)).statusCode).toBe(200);
    expect((await hook(await newToken('viewer'), config)).statusCode).toBe(403);
  });
});

describe('many requests', () => {
  it('of one caller, or of one address, are refused with the name of the limit, and health is not', async () => {
    const limited = await createTestService({
      auth: { adminToken: ADMIN },
      limits: { requestsPerMinute: { perAddress: 6, perCaller: 3 } },
    });
    const ask = (headers: object, remoteAddress: string, url = '/credentials') =>
      limited.http.inject({ url, remoteAddress, headers: headers as Record<string, string> });
    const authorization = `Bearer ${ADMIN}`;
    for (let times = 0; times < 3; times++) expect((await ask({ authorization }, '10.0.0.1')).statusCode).toBe(200);
    const caller = await ask({ authorization }, '10.0.0.1');
    expect([caller.statusCode, caller.json().errorCode]).toEqual([429, 'RATE_LIMITED']);
    expect(caller.json().message).toContain('limits.requestsPerMinute.perCaller');
    expect(Number(caller.headers['retry-after'])).toBeGreaterThan(0);
    for (let times = 0; times < 6; times++) expect((await ask({}, '10.0.0.2')).statusCode).toBe(401);
    const address = await ask({}, '10.0.0.2');
    expect([address.statusCode, address.json().message]).toEqual([429, expect.stringContaining('.perAddress')]);
    expect((await ask({}, '10.0.0.2', '/health')).statusCode).toBe(200);
    expect((await ask({}, '10.0.0.3')).statusCode).toBe(401);
    await limited.close();
  });
});

it('logins are counted by their address, although nobody is known yet', async () => {
  const login = { clientId: 'haldane', publicUrl: 'http://127.0.0.1:8090', sessionSecret: 's'.repeat(32) };
  // Nobody listens there.
  const oidc = [
    { issuer: 'http://127.0.0.1:9', audience: 'haldane', rules: [{ claims: { sub: '*' }, role: 'viewer' }], login },
  ];
  const limits = { requestsPerMinute: { perAddress: 4, perCaller: 3 } };
  const limited = await createTestService({ auth: withLoginAddress(Auth.parse({ oidc }), undefined), limits });
  const statuses: number[] = [];
  for (const url of ['/login', '/login/callback?code=x', '/login', '/login/callback', '/login']) {
    statuses.push((await limited.http.inject({ url, remoteAddress: '10.0.0.1' })).statusCode);
  }
  expect([statuses.slice(0, 4).includes(429), statuses[4]]).toEqual([false, 429]);
  expect((await limited.http.inject({ url: '/login', remoteAddress: '10.0.0.2' })).statusCode).not.toBe(429);
  await limited.close();
});

it('one caller has so many streams of events, and others have theirs', async () => {
  const limited = await createTestService({
    auth: { adminToken: ADMIN },
    limits: { eventStreamsPerCaller: 1 },
    providers: [fakeProvider(() => new Promise(() => {}))],
  });
  const address = await limited.http.listen({ port: 0, host: '127.0.0.1' });
  const ask = (path: string, token: string, body?: object) => {
    const json = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    return fetch(`${address}${path}`, { ...json, headers });
  };
  const payload = { canaryConfig: configOf(), executionRequest: requestOf() };
  const { canaryExecutionId: id } = (await (await ask('/canary', ADMIN, payload)).json()) as Record<string, string>;
  const { token = '' } = (await (await ask('/tokens', ADMIN, { name: 'x', role: 'viewer' })).json()) as Record<
    string,
    string
  >;
  const first = await ask(`/canary/${id}/events`, ADMIN);
  const second = await ask(`/canary/${id}/events`, ADMIN);
  const third = await ask(`/canary/${id}/events`, token);
  expect([first.status, second.status, third.status]).toEqual([200, 429, 200]);
  expect(await second.text()).toContain('limits.eventStreamsPerCaller');
  await Promise.all([first, third].map(({ body }) => body?.cancel()));
  await limited.close();
});

describe('tokens', () => {
  it('are shown once, and their use is noted', async () => {
    const token = await newToken('viewer', { expires: '90d' });
    expect(token).toMatch(/^haldane_[a-z0-9]{12}_[A-Za-z0-9]{43}$/);
    await as(token, '/credentials');
    const listed = await as(ADMIN, '/tokens');
    expect(listed.body).not.toContain(token.split('_')[2]);
    const [newest] = listed.json();
    expect(newest).toMatchObject({ state: 'valid', createdBy: 'auth.adminToken', lastUsedAtIso: expect.any(String) });
    expect(Date.parse(newest.expiresAtIso) - Date.parse(newest.createdAtIso)).toBe(90 * 86_400_000);
  });

  it('end at once where they are revoked, and their name is free', async () => {
    const token = await newToken('viewer', { name: 'once' });
    const again = { method: 'POST', payload: { name: 'once', role: 'viewer' } } as const;
    expect((await as(token, '/credentials')).statusCode).toBe(200);
    expect((await as(ADMIN, '/tokens', again)).json()).toMatchObject({ status: 409, errorCode: 'TOKEN_EXISTS' });
    expect((await as(ADMIN, '/tokens/once', { method: 'DELETE' })).json().state).toBe('revoked');
    expect((await as(token, '/credentials')).json().message).toMatch(/is revoked: 'once'/);
    expect((await as(ADMIN, '/tokens/once', { method: 'DELETE' })).statusCode).toBe(404);
    expect((await as(ADMIN, '/tokens', again)).statusCode).toBe(200);
  });

  it.each([
    [{ name: 'a b', role: 'viewer' }, /^name: must be 1 to 100 letters/],
    [{ name: 'x', role: 'root' }, /^role: .*viewer.*runner.*editor.*admin/],
    [{ name: 'x', role: 'viewer', expires: '90' }, /^expires: must be a number of hours, days or weeks/],
    [{ name: 'x', role: 'viewer', expires: '99999w' }, /ten years or less/],
    [{ name: 'x', role: 'viewer', applications: [] }, /^applications: /],
    [{ name: 'x', role: 'viewer', aplications: ['shop'] }, /aplications/],
  ])('of %o are refused, naming the field', async (payload, message) => {
    const answer = await as(ADMIN, '/tokens', { method: 'POST', payload });
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe('a token of some applications', () => {
  let token: string;
  let [own, others]: [string, string] = ['', ''];
  const asked = (application: string) => ({ method: 'POST', payload: requestOf(), application }) as const;
  beforeAll(async () => {
    token = await newToken('admin', { applications: ['shop', 'cart'] });
    const store = async (name: string, applications: string[]) =>
      (await as(ADMIN, '/canaryConfig', { method: 'POST', payload: configOf(1, { name, applications }) })).json()
        .canaryConfigId;
    own = await store('own', ['shop', 'mail']);
    others = await store('others', ['mail']);
  });

  const start = async (by: string, config: string, application?: string) =>
    as(by, `/canary/${config}${application === undefined ? '' : `?application=${application}`}`, asked('x'));

  it('starts runs of its own configs, in its own applications', async () => {
    const started = await start(token, own);
    expect(started.statusCode).toBe(200);
    const run = await as(token, `/canary/${started.json().canaryExecutionId}`);
    expect([run.statusCode, run.json().application]).toEqual([200, 'shop']);
    expect((await start(token, own, 'mail')).json()).toMatchObject({ status: 403, errorCode: 'PERMISSION_DENIED' });
    expect((await start(token, others)).json()).toMatchObject({ status: 404, errorCode: 'OBJECT_NOT_FOUND' });
    const adhoc = { canaryConfig: configOf(), executionRequest: requestOf() };
    expect((await as(token, '/canary', { method: 'POST', payload: adhoc })).json().message).toBe(
      `token '${(await as(ADMIN, '/tokens')).json()[0].name}' has the applications shop, cart only: application 'ad-hoc'; name one of them.`,
    );
    expect((await as(token, '/canary?application=cart', { method: 'POST', payload: adhoc })).statusCode).toBe(200);
  });

  it('sees what is not there and what is of others alike', async () => {
    const id = (await start(ADMIN, others)).json().canaryExecutionId;
    const paths = [
      '/canary/X',
      '/canary/X/events',
      '/canary/X/verdict',
      '/pipelines/X',
      '/canaryResultArchive/X',
      '/reports/X',
    ];
    for (const path of [...paths, '/reports/X.json', '/reports/X.html', '/reports/X/metrics/m', '/compare?a=X']) {
      const [foreign, absent] = [await as(token, path.replace('X', id)), await as(token, path.replace('X', 'none'))];
      expect([path, foreign.statusCode]).toEqual([path, 404]);
      const { timestamp: _, ...body } = foreign.json();
      expect({ ...absent.json(), timestamp: undefined }).toMatchObject({ ...body, message: expect.any(String) });
      expect(foreign.json().message.replace(id, 'none')).toBe(absent.json().message);
    }
    for (const [method, url] of [
      ['PUT', `/canary/${id}/cancel`],
      ['DELETE', `/canary/${id}`],
    ] as const) {
      expect((await as(token, url, { method })).statusCode).toBe(404);
    }
    expect((await as(ADMIN, `/canary/${id}`)).statusCode).toBe(200);
  });

  it('compares its own runs, and no other', async () => {
    const ids = [
      (await start(token, own)).json(),
      (await start(token, own)).json(),
      (await start(ADMIN, others)).json(),
    ];
    const [one, other, foreign] = ids.map(({ canaryExecutionId }) => canaryExecutionId);
    const headers = { accept: 'text/html' };
    expect((await as(token, `/compare?run=${one}&run=${other}`, { headers })).statusCode).toBe(302);
    expect((await as(token, `/compare?run=${one}&run=${foreign}`, { headers })).statusCode).toBe(404);
    expect((await as(token, `/compare?a=${one}&b=${foreign}`, { headers })).statusCode).toBe(404);
  });

  it('lists its own only', async () => {
    const runs = (await as(token, '/canary/executions?application=*')).json() as { application: string }[];
    expect(new Set(runs.map(({ application }) => application))).toEqual(new Set(['shop', 'cart']));
    expect((await as(token, '/canary/executions?application=mail')).statusCode).toBe(403);
    expect((await as(token, '/canaryConfig')).json().map(({ name }: { name: string }) => name)).toEqual(['own']);
    expect((await as(token, '/canaryConfig?application=mail')).statusCode).toBe(403);
    const page = await as(token, '/', { headers: { accept: 'text/html' } });
    expect([page.statusCode, page.body.includes('mail')]).toEqual([200, false]);
    expect((await as(token, '/configs', { headers: { accept: 'text/html' } })).body).not.toContain('others');
  });

  it('tries configs on the past for its own applications, and sees no backtest of others', async () => {
    const window = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T02:00:00Z', step: 60 };
    const [controlScope, experimentScope] = [
      { scope: 'a', ...window },
      { scope: 'b', ...window },
    ];
    const executionRequest = requestOf({ scopes: { default: { controlScope, experimentScope } } });
    const backtest = { windowMinutes: 60, changes: [] };
    const begin = (by: string, applications: string[]) =>
      as(by, '/canaryConfig/backtest', {
        method: 'POST',
        payload: { canaryConfig: configOf(1, { applications }), executionRequest, backtest },
      });
    const id = (await begin(token, ['shop'])).json().backtestId;
    expect((await as(token, `/backtests/${id}`)).json().application).toBe('shop');
    const foreign = (await begin(ADMIN, ['mail'])).json().backtestId;
    expect(
      (
        await as(token, '/canaryConfig/backtest?application=mail', {
          method: 'POST',
          payload: { canaryConfig: configOf(1), executionRequest, backtest },
        })
      ).statusCode,
    ).toBe(403);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['PUT', '/cancel'],
    ] as const) {
      expect([method, (await as(token, `/backtests/${foreign}${path}`, { method })).statusCode]).toEqual([method, 404]);
    }
    const listed = (await as(token, '/backtests')).json() as { id: string }[];
    expect(listed.map((one) => one.id)).toEqual([id]);
    expect((await as(token, '/backtests?application=mail')).statusCode).toBe(403);
    const viewer = await newToken('viewer', {});
    expect((await begin(viewer, ['shop'])).statusCode).toBe(403);
  });

  it('writes no config that is also of others', async () => {
    const put = (id: string, applications: string[]) =>
      as(token, `/canaryConfig/${id}`, { method: 'PUT', payload: configOf(1, { name: 'mine', applications }) });
    expect((await put(own, ['shop'])).json()).toMatchObject({ status: 403 });
    expect((await put(others, ['shop'])).json()).toMatchObject({ status: 404 });
    const create = (applications: string[]) =>
      as(token, '/canaryConfig', { method: 'POST', payload: configOf(1, { name: 'mine', applications }) });
    expect((await create(['shop', 'mail'])).statusCode).toBe(403);
    expect((await create([])).statusCode).toBe(403);
    const mine = (await create(['shop'])).json().canaryConfigId;
    expect((await put(mine, ['mail'])).statusCode).toBe(403);
    expect((await put(mine, ['shop', 'cart'])).statusCode).toBe(200);
    expect((await as(token, `/canaryConfig/${own}`, { method: 'DELETE' })).statusCode).toBe(403);
    expect((await as(token, `/canaryConfig/${mine}`, { method: 'DELETE' })).statusCode).toBe(204);
  });

  it('reaches nothing that is of all applications', async () => {
    for (const path of [
      '/metricSetPairList',
      '/metricSetList',
      '/pipelines',
      '/canaryResultArchive',
      '/tokens',
      '/storage',
    ]) {
      expect([path, (await as(token, path)).json().message]).toEqual([
        path,
        expect.stringMatching(/this needs one for all/),
      ]);
    }
  });
});

describe('a token of some accounts', () => {
  it('sends queries to them only, whoever names them', async () => {
    const allowed = await newToken('editor', { accounts: ['fake-metrics'] });
    const other = await newToken('editor', { accounts: ['elsewhere'] });
    const payload = { canaryConfig: configOf(), executionRequest: requestOf() };
    const named = configOf();
    const query = { ...named.metrics?.[0]?.query, accountName: 'fake-other' } as never;
    const naming = { ...payload, canaryConfig: { ...named, metrics: [{ ...named.metrics?.[0], query }] } };
    for (const url of ['/canary', '/canaryConfig/series', '/canaryConfig/queries']) {
      const refused = await as(other, url, { method: 'POST', payload });
      expect([url, refused.statusCode, refused.json().message]).toEqual([
        url,
        403,
        expect.stringMatching(/may send queries to elsewhere only, not to 'fake-metrics'/),
      ]);
      const elsewhere = await as(allowed, url, { method: 'POST', payload: naming });
      expect([url, elsewhere.statusCode]).toEqual([url, 403]);
    }
    const analysis = { ...payload, executionRequest: { scopes: [{}] } };
    const started = await as(other, '/standalone_canary_analysis', { method: 'POST', payload: analysis });
    expect([started.statusCode, started.json().errorCode]).toEqual([403, 'PERMISSION_DENIED']);
    expect((await as(allowed, '/canary', { method: 'POST', payload })).statusCode).toBe(200);
    expect((await as(other, '/metadata/metricsService')).statusCode).toBe(403);
    expect((await as(allowed, '/metadata/metricsService')).statusCode).toBe(200);
  });
});

describe('a proxy that authenticates', () => {
  it('is believed from the listed addresses only', async () => {
    const proxied = await createTestService({
      auth: {
        proxy: {
          addresses: ['10.0.0.0/8', 'fd00::1'],
          userHeader: 'x-forwarded-user',
          groupsHeader: 'x-forwarded-groups',
          rules: [
            { claims: { groups: 'sre' }, role: 'admin' },
            { claims: { user: '*@example.com' }, role: 'viewer', applications: ['shop'] },
          ],
        },
      },
    });
    const ask = async (remoteAddress: string, user: string, groups = '', url = '/storage') =>
      (
        await proxied.http.inject({
          url,
          remoteAddress,
          headers: { 'x-forwarded-user': user, 'x-forwarded-groups': groups },
        })
      ).statusCode;
    expect(await ask('10.1.2.3', 'ann@example.com', 'dev, sre')).toBe(200);
    expect(await ask('::ffff:10.1.2.3', 'ann@example.com', 'sre')).toBe(200);
    expect(await ask('fd00::1', 'ann@example.com', 'sre')).toBe(200);
    expect(await ask('10.1.2.3', 'ann@example.com', 'dev')).toBe(403);
    expect(await ask('10.1.2.3', 'ann@example.com', 'dev', '/canary/executions?application=shop')).toBe(200);
    expect(await ask('10.1.2.3', 'ann@elsewhere.com')).toBe(403);
    expect(await ask('11.1.2.3', 'ann@example.com', 'sre')).toBe(401);
    expect(await ask('fd00::2', 'ann@example.com', 'sre')).toBe(401);
    expect(await ask('10.1.2.3', '', 'sre')).toBe(401);
    await proxied.close();
  });
});
