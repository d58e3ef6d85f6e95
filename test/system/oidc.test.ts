import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Auth, withLoginAddress } from '../../src/config/auth.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { AUDIENCE, type OidcIssuer, startOidcIssuer } from '../support/servers/oidc-issuer.ts';

const RULES = [
  { claims: { repository: 'acme/*', ref: 'refs/heads/main' }, role: 'runner', applications: ['shop'] },
  { claims: { 'kubernetes.io.namespace': 'argo', 'kubernetes.io.serviceaccount.name': 'rollouts' }, role: 'runner' },
  { claims: { groups: 'sre' }, role: 'admin' },
  { claims: { groups: 'dev-*' }, role: 'viewer' },
];
const PORT = 20_000 + Math.floor(Math.random() * 20_000);
const ADDRESS = `http://127.0.0.1:${PORT}`;

let issuer: OidcIssuer;
let service: TestService;
beforeAll(async () => {
  issuer = await startOidcIssuer(`${ADDRESS}/login/callback`, { ann: ['sre'], bob: ['dev-shop'], eve: ['sales'] });
  const { client_id: clientId, client_secret: clientSecret } = issuer.client;
  const login = { clientId, clientSecret, sessionSecret: 's'.repeat(32) };
  const auth = Auth.parse({ oidc: [{ issuer: issuer.issuer, audience: AUDIENCE, rules: RULES, login }] });
  // As from server.publicUrl.
  service = await createTestService({ auth: withLoginAddress(auth, ADDRESS) });
  await service.http.listen({ port: PORT, host: '127.0.0.1' });
});
afterEach(() => {
  vi.useRealTimers();
  issuer.fail(false);
});
afterAll(async () => {
  await service.close();
  await issuer.stop();
});

interface Answer {
  readonly status: number;
  readonly errorCode?: string;
  readonly message?: string;
}

async function ask(path: string, jwt: string): Promise<Answer> {
  const answer = await fetch(`${ADDRESS}${path}`, { headers: { authorization: `Bearer ${jwt}` } });
  return { ...((await answer.json()) as object), status: answer.status };
}

const seconds = () => Math.floor(Date.now() / 1000);
const usual = () => ({ iss: issuer.issuer, aud: AUDIENCE, exp: seconds() + 60, sub: 'x', groups: ['sre'] });

describe('a JWT of a configured issuer', () => {
  it('has the role of the first rule that matches its claims', async () => {
    const ci = await issuer.jwt({ repository: 'acme/shop', ref: 'refs/heads/main' });
    expect((await ask('/canary/executions?application=shop', ci)).status).toBe(200);
    expect((await ask('/canary/executions?application=cart', ci)).status).toBe(403);
    const pod = await issuer.jwt({ 'kubernetes.io': { namespace: 'argo', serviceaccount: { name: 'rollouts' } } });
    expect((await ask('/canary/executions?application=cart', pod)).status).toBe(200);
    expect((await ask('/tokens', pod)).status).toBe(403);
    expect((await ask('/tokens', await issuer.jwt({ groups: ['sales', 'sre'] }))).status).toBe(200);
  });

  it('is a 403 without a rule, which names the claims and not what is in them', async () => {
    const answer = await ask('/canary/executions', await issuer.jwt({ repository: 'evil/shop', ref: 'refs/heads/x' }));
    expect(answer).toMatchObject({ status: 403, errorCode: 'PERMISSION_DENIED' });
    expect(answer.message).toMatch(/The rules look at repository, ref, .*groups; the claims are .*repository/);
    expect(answer.message).not.toMatch(/evil|refs/);
  });

  it('is refused for another audience, and when it has expired', async () => {
    const other = await ask('/tokens', await issuer.jwt({ groups: ['sre'] }, 'https://other.example.com'));
    expect(other).toMatchObject({ status: 401, message: expect.stringContaining('has a wrong claim aud') });
    const late = await ask('/tokens', await issuer.forge({ ...usual(), exp: seconds() - 31 }));
    expect(late).toMatchObject({ status: 401, message: expect.stringContaining('has expired') });
    expect((await ask('/tokens', await issuer.forge({ ...usual(), exp: seconds() - 20 }))).status).toBe(200);
    expect((await ask('/tokens', await issuer.forge({ ...usual(), nbf: seconds() + 100 }))).status).toBe(401);
    const { exp: _, ...endless } = usual();
    expect((await ask('/tokens', await issuer.forge(endless))).message).toContain('has no claim exp');
  });

  it('is refused unsigned, signed by others, by a public key as a secret, or of another issuer', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const right = await issuer.forge(usual());
    const [header = '', payload = '', signature = ''] = right.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const jwks = await (await fetch(`${issuer.issuer}/jwks`)).text();
    const hs = `${part({ alg: 'HS256', kid })}.${payload}`;
    const attempts = {
      none: `${part({ alg: 'none' })}.${payload}.`,
      None: `${part({ alg: 'NoNe', kid })}.${payload}.${signature}`,
      'HS256 with the public key': `${hs}.${createHmac('sha256', jwks).update(hs).digest('base64url')}`,
      'another payload': `${header}.${part({ ...usual(), groups: ['sre', 'x'] })}.${signature}`,
      'a key of its own': `${part({ alg: 'ES256', jwk: JSON.parse(jwks).keys[0] })}.${payload}.${signature.slice(0, -4)}AAAA`,
      'a kid that leads elsewhere': `${part({ alg: 'ES256', kid: '../../dev/null' })}.${payload}.${signature}`,
      'a jku': `${part({ alg: 'ES256', kid: 'x', jku: 'http://127.0.0.1:1/jwks' })}.${payload}.${signature}`,
      'another issuer': await issuer.forge({ ...usual(), iss: 'https://elsewhere.example.com' }),
      'an issuer with a slash more': await issuer.forge({ ...usual(), iss: `${issuer.issuer}/` }),
      'a crit header': `${part({ alg: 'ES256', kid, crit: ['x'], x: 1 })}.${payload}.${signature}`,
    };
    for (const [what, jwt] of Object.entries(attempts)) {
      expect([what, await ask('/tokens', jwt)]).toEqual([what, expect.objectContaining({ status: 401 })]);
    }
    expect((await ask('/tokens', right)).status).toBe(200);
  });

  it('is good after the issuer has changed its keys, which are kept meanwhile', async () => {
    const before = issuer.keyRequests;
    for (let times = 0; times < 5; times++) await ask('/tokens', await issuer.forge(usual()));
    expect(issuer.keyRequests).toBe(before);
    await issuer.rotate();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    expect((await ask('/tokens', await issuer.forge(usual()))).status).toBe(200);
    expect(issuer.keyRequests).toBe(before + 1);
    // Whoever sends unknown keys does not make us ask for each.
    for (let times = 0; times < 5; times++) await ask('/tokens', await issuer.forge(usual(), { kid: randomUUID() }));
    expect(issuer.keyRequests).toBe(before + 1);
  });

  it('waits for an issuer that is down, in words; known keys are enough', async () => {
    const jwt = await issuer.forge(usual());
    expect((await ask('/tokens', jwt)).status).toBe(200);
    issuer.fail(true);
    expect((await ask('/tokens', jwt)).status).toBe(200);
    const oidc = [{ issuer: issuer.issuer, audience: AUDIENCE, rules: RULES }];
    const fresh = await createTestService({ auth: withLoginAddress(Auth.parse({ oidc }), undefined) });
    const headers = { authorization: `Bearer ${jwt}` };
    const down = await fresh.http.inject({ url: '/tokens', headers });
    expect([down.statusCode, down.json().errorCode, down.headers['retry-after']]).toEqual([
      503,
      'ISSUER_UNAVAILABLE',
      '5',
    ]);
    expect(down.json().message).toContain(`The issuer ${issuer.issuer} does not answer as it should`);
    issuer.fail(false);
    expect((await fresh.http.inject({ url: '/tokens', headers })).statusCode).toBe(200);
    await fresh.close();
  });
});

describe('a browser', () => {
  const visit = (path: string, options: RequestInit = {}) =>
    fetch(`${ADDRESS}${path}`, {
      redirect: 'manual',
      ...options,
      headers: { accept: 'text/html', ...options.headers },
    });
  const cookiesOf = (answer: Response) => answer.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
  const logIn = async (user: string, path = '/configs?application=shop') => {
    const sent = await visit(path);
    const location = sent.headers.get('location') ?? '';
    const begun = location.startsWith('/login') ? await visit(location) : sent;
    const back = await issuer.logIn(begun.headers.get('location') ?? '', user);
    const { pathname, search } = new URL(back);
    return {
      begun,
      ended: await visit(`${pathname}${search}`, { headers: { cookie: cookiesOf(begun).join('; ') } }),
      back,
    };
  };

  it('logs in, sees who it is, and logs out', async () => {
    const { ended } = await logIn('ann');
    expect([ended.status, ended.headers.get('location')]).toEqual([303, '/configs?application=shop']);
    const [session = ''] = ended.headers.getSetCookie().filter((one) => one.startsWith('haldane_session='));
    expect(session).toMatch(/Path=\/; Max-Age=28800; HttpOnly; SameSite=Lax$/);
    expect(session).not.toContain('ann');
    const headers = { cookie: cookiesOf(ended).join('; ') };
    const page = await visit('/configs', { headers });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('ann (admin)')]);
    const own = { ...headers, origin: ADDRESS };
    const payload = { method: 'POST', headers: { ...own, 'content-type': 'application/json' } };
    expect((await visit('/tokens', { ...payload, body: '{"name":"x","role":"viewer"}' })).status).toBe(200);
    const out = await visit('/logout', { method: 'POST', headers: own });
    expect(out.headers.getSetCookie()[0]).toMatch(/^haldane_session=; Path=\/; Max-Age=0/);
  });

  it('writes nothing for a page of another site, or one that does not say whose it is', async () => {
    const { ended } = await logIn('ann');
    const write = (headers: Record<string, string>) =>
      visit('/tokens', {
        method: 'POST',
        body: '{"name":"csrf","role":"admin"}',
        headers: { 'content-type': 'application/json', ...headers },
      });
    const cookie = cookiesOf(ended).join('; ');
    for (const more of [{ origin: 'https://evil.example.com' }, { 'sec-fetch-site': 'cross-site' }, {}]) {
      const answer = await write({ cookie, ...more } as Record<string, string>);
      expect([more, answer.status]).toEqual([more, 403]);
    }
  });

  it('has the role of its groups, or none', async () => {
    const viewer = await logIn('bob', '/');
    const headers = { cookie: cookiesOf(viewer.ended).join('; ') };
    expect((await visit('/', { headers })).status).toBe(200);
    expect((await visit('/configs/new', { headers })).status).toBe(403);
    expect((await logIn('eve', '/')).ended.status).toBe(403);
  });

  it('cannot use the answer of another login, a changed cookie, or a session of other rules', async () => {
    const { back, begun } = await logIn('ann');
    const { pathname, search } = new URL(back);
    expect((await visit(`${pathname}${search}`)).status).toBe(401);
    const other = await visit('/login');
    expect((await visit(`${pathname}${search}`, { headers: { cookie: cookiesOf(other).join('') } })).status).toBe(401);
    expect((await visit(`${pathname}${search}`, { headers: { cookie: cookiesOf(begun).join('') } })).status).toBe(401);
    const { ended } = await logIn('ann');
    const [session = ''] = cookiesOf(ended).filter((one) => one.startsWith('haldane_session='));
    for (const cookie of [`${session.slice(0, -2)}xx`, session.replace('_session', '_login'), 'haldane_session=']) {
      expect((await visit('/configs', { headers: { cookie } })).status).toBe(302);
    }
    const login = cookiesOf(begun).join('').replace('haldane_login', 'haldane_session');
    expect((await visit('/configs', { headers: { cookie: login } })).status).toBe(302);
  });

  it.each(['//evil.example.com', '/\\evil.example.com', 'https://evil.example.com', '/%09/evil', 'javascript:1'])(
    'comes back to a page of ours, not to %s',
    async (to) => {
      const { ended } = await logIn('ann', `/login?to=${encodeURIComponent(to)}`);
      expect(new URL(ended.headers.get('location') ?? '', ADDRESS).origin).toBe(ADDRESS);
    },
  );
});
