import { describe, expect, it } from 'vitest';
import { Auth, isOpen, refuseOpenUnsaid, refuseUnseenCertificates } from '../../src/config/auth.ts';
import { readConfig } from '../../src/config/config.ts';

const RULES = [{ claims: { sub: '*' }, role: 'viewer' }];
const ISSUER = { issuer: 'https://issuer.example.com', audience: 'haldane', rules: RULES };
const LOGIN = { clientId: 'c', publicUrl: 'https://haldane.example.com', sessionSecret: 's'.repeat(32) };

describe('the settings of authentication', () => {
  it.each<[object, string, boolean]>([
    [{}, '127.0.0.1', true],
    [{ mode: 'open' }, '0.0.0.0', true],
    [{ adminToken: 'a'.repeat(32) }, '0.0.0.0', false],
    [{ oidc: [ISSUER] }, '127.0.0.1', false],
    [{ mode: 'closed' }, '::', false],
    [{ mode: 'open', adminToken: 'a'.repeat(32) }, '127.0.0.1', true],
  ])('%o on %s is open: %s', (settings, host, open) => {
    const auth = Auth.parse(settings);
    expect(isOpen(auth)).toBe(open);
    expect(() => refuseOpenUnsaid({ auth, server: { host } })).not.toThrow();
  });

  it.each(['0.0.0.0', '::', '10.1.2.3', 'haldane.internal'])('are needed on %s', (host) => {
    expect(() => refuseOpenUnsaid({ auth: Auth.parse({}), server: { host } })).toThrow(/Choose one: tokens/);
  });

  it('for certificates need somebody who vouches for them', () => {
    const auth = Auth.parse({ certificates: { rules: RULES } });
    expect(() => refuseUnseenCertificates({ auth, server: { host: 'x' } })).toThrow(/set server.tls.clientCaFile/);
    const tls = { clientCaFile: 'ca.crt' };
    expect(() => refuseUnseenCertificates({ auth, server: { host: 'x', tls } })).not.toThrow();
  });

  it.each<[object, RegExp]>([
    [{ adminToken: 'short' }, /auth.adminToken: must have 32 characters or more/],
    [{ mode: 'closd' }, /auth.mode: .*open.*closed/],
    [{ oidc: [{ ...ISSUER, issuer: 'http://issuer.example.com' }] }, /auth.oidc\[0\].issuer: must be .* by https/],
    [{ oidc: [{ ...ISSUER, algorithms: ['HS256'] }] }, /auth.oidc\[0\].algorithms\[0\]: /],
    [{ oidc: [{ ...ISSUER, algorithms: ['none'] }] }, /auth.oidc\[0\].algorithms\[0\]: /],
    [{ oidc: [{ ...ISSUER, rules: [] }] }, /auth.oidc\[0\].rules: /],
    [{ oidc: [{ ...ISSUER, rules: [{ claims: {}, role: 'viewer' }] }] }, /rules\[0\].claims: must name a claim/],
    [{ oidc: [ISSUER, ISSUER] }, /auth.oidc: has an issuer twice/],
    [{ oidc: [{ ...ISSUER, login: { ...LOGIN, sessionSecret: 'x' } }] }, /login.sessionSecret: must have 32/],
    [
      { proxy: { addresses: ['10.0.0.0/33'], rules: RULES } },
      /auth.proxy.addresses\[0\]: must be an address or a network/,
    ],
    [{ proxy: { addresses: ['::1'], rules: [{ claims: { user: 'x' }, role: 'root' }] } }, /rules\[0\].role: /],
  ])('%o are refused, naming the field and no secret', (auth, message) => {
    const read = () => readConfig({ text: JSON.stringify({ auth }), environment: {}, providers: [] });
    expect(read).toThrow(message);
    expect(read).not.toThrow(/short/);
  });

  it('let browsers come back to server.publicUrl, unless a login has an address of its own', () => {
    const { publicUrl, ...login } = LOGIN;
    const comesBackTo = (settings: object) => {
      const { auth } = readConfig({ text: JSON.stringify(settings), environment: {}, providers: [] });
      return auth.oidc?.[0]?.login?.publicUrl;
    };
    const server = { publicUrl: 'https://canary.example.com' };
    expect(comesBackTo({ server, auth: { oidc: [{ ...ISSUER, login }] } })).toBe('https://canary.example.com');
    expect(comesBackTo({ server, auth: { oidc: [{ ...ISSUER, login: LOGIN }] } })).toBe(publicUrl);
    expect(() =>
      comesBackTo({ auth: { oidc: [ISSUER, { ...ISSUER, issuer: 'https://b.example.com', login }] } }),
    ).toThrow('auth.oidc[1].login.publicUrl: is missing; write where browsers reach this service');
  });

  it('come from the environment before the file', () => {
    const environment = { HALDANE_AUTH_MODE: 'closed', HALDANE_ADMIN_TOKEN: 'b'.repeat(32) };
    const { auth } = readConfig({ text: 'auth: { mode: open }', environment, providers: [] });
    expect(auth).toMatchObject({ mode: 'closed', adminToken: 'b'.repeat(32) });
  });
});
