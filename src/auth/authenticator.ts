import { BlockList, isIP } from 'node:net';
import type { Principal } from '../domain/principal.ts';
import { CanaryError } from '../errors.ts';
import { certificatePrincipal } from './certificates.ts';
import { isJwt } from './oidc/jwt-check.ts';
import type { Sessions } from './oidc/sessions.ts';
import { type Claims, firstRule, type Rule } from './rules.ts';
import { hasHash, hashOf, tokenIdIn } from './token-text.ts';
import type { Tokens } from './tokens.ts';

/** What a request brings along. */
export interface Credentials {
  /** a token or a JWT, from wherever it was sent */
  readonly secret: string | undefined;
  /** the cookie of a login */
  readonly session: string | undefined;
  /** of a client whose certificate an authority vouches for */
  readonly certificate: Claims | undefined;
  /** the address at the other end of the connection */
  readonly peer: string;
  header(name: string): string | undefined;
}

export interface ProxySettings {
  /** addresses and networks, such as 10.0.0.0/8 */
  readonly addresses: readonly string[];
  readonly userHeader: string;
  readonly groupsHeader: string;
  readonly rules: readonly Rule[];
}

export interface AuthenticatorOptions {
  readonly tokens: Pick<Tokens, 'principalOf'>;
  readonly adminToken?: string | undefined;
  readonly proxy?: ProxySettings | undefined;
  readonly certificates?: { readonly rules: readonly Rule[] } | undefined;
  /** of configured issuers */
  readonly jwts?: ((jwt: string) => Promise<Principal>) | undefined;
  readonly sessions?: Pick<Sessions, 'principalOf'> | undefined;
}

/** Who sends a request. @throws CanaryError AUTHENTICATION_REQUIRED, CREDENTIALS_REFUSED */
export type Authenticate = (credentials: Credentials) => Promise<Principal>;

export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const { tokens, adminToken, proxy, certificates, jwts, sessions } = options;
  const adminHash = adminToken === undefined ? undefined : hashOf(adminToken);
  const ofProxy = proxy && createProxyCheck(proxy);
  return async (credentials) => {
    const { secret } = credentials;
    if (secret === undefined) {
      const { session, certificate } = credentials;
      const ofSession = session === undefined ? undefined : await sessions?.principalOf(session);
      const principal = ofSession ?? ofProxy?.(credentials);
      if (principal !== undefined) return principal;
      if (certificates !== undefined && certificate !== undefined) {
        return certificatePrincipal(certificates.rules, certificate);
      }
      throw new CanaryError('AUTHENTICATION_REQUIRED', 'Send a token: the header Authorization: Bearer <token>.');
    }
    if (adminHash !== undefined && hasHash(secret, adminHash)) return ADMIN;
    if (tokenIdIn(secret) !== undefined) return tokens.principalOf(secret);
    if (jwts !== undefined && isJwt(secret)) return jwts(secret);
    const message = 'The credentials are no token of this service; `haldane token create` makes one.';
    throw new CanaryError('CREDENTIALS_REFUSED', message);
  };
}

const ADMIN: Principal = { kind: 'token', name: 'auth.adminToken', role: 'admin' };

/** Believes the headers of listed proxies; those of everybody else are as if they were not there. */
function createProxyCheck({ addresses, userHeader, groupsHeader, rules }: ProxySettings) {
  const listed = blockListOf(addresses);
  return ({ peer, header }: Credentials): Principal | undefined => {
    const user = header(userHeader);
    if (user === undefined || user === '' || !isListed(listed, peer)) return undefined;
    const groups = (header(groupsHeader) ?? '').split(',').map((group) => group.trim());
    const rule = firstRule(rules, { user, groups });
    if (rule === undefined) {
      const message = `No rule of auth.proxy.rules is for this user: they look at ${userHeader} and ${groupsHeader}.`;
      throw new CanaryError('PERMISSION_DENIED', message);
    }
    return { kind: 'proxy', name: user.slice(0, 200), ...grantOf(rule) };
  };
}

function grantOf({ role, applications, accounts }: Rule) {
  return { role, applications, accounts };
}

function blockListOf(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of addresses) {
    const [address = '', bits] = one.split('/');
    const type = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (type === 'ipv6' ? 128 : 32) : Number(bits), type);
  }
  return list;
}

/** IPv4 as it arrives at an IPv6 socket is written as IPv4. */
function isListed(list: BlockList, peer: string): boolean {
  const address = peer.replace(/^::ffff:(?=\d+\.)/, '');
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
