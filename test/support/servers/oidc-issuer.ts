import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import { type LoopbackServer, startLoopback } from './loopback-server.ts';

export const AUDIENCE = 'https://haldane.example.com';
const CLIENT = { client_id: 'haldane', client_secret: 'of-the-client' };

export interface OidcIssuer {
  readonly issuer: string;
  readonly client: typeof CLIENT;
  /** A JWT for {@link AUDIENCE}, from the token endpoint, with these claims besides the usual ones. */
  jwt(claims: Readonly<Record<string, unknown>>, audience?: string): Promise<string>;
  /** A JWT that is signed with the issuer's current key, whatever it says. */
  forge(claims: Readonly<Record<string, unknown>>, header?: object): Promise<string>;
  /** From now on it signs with another key, and publishes that one only. */
  rotate(): Promise<void>;
  /** From now on it answers nothing. */
  fail(isDown: boolean): void;
  /** Logs in as this user in a browser that begins at an address of the service. @returns the address to come back to */
  logIn(address: string, user: string): Promise<string>;
  /** how often its keys were asked for */
  readonly keyRequests: number;
  stop(): Promise<void>;
}

/** A real issuer, on this machine. Its users have the groups that are given. */
export async function startOidcIssuer(redirectUri: string, groups: Record<string, string[]>): Promise<OidcIssuer> {
  let provider: Provider | undefined;
  let key: JWK = {};
  let isDown = false;
  let keyRequests = 0;
  let extra: Readonly<Record<string, unknown>> = {};
  const server = await startLoopback((request, response) => {
    if (request.url?.startsWith('/jwks')) keyRequests += 1;
    if (isDown) response.writeHead(502).end();
    else provider?.callback()(request, response);
  });
  const issuer = server.baseUrl;
  const rotate = async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    key = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: `key-${Math.random()}` };
    provider = new Provider(issuer, configurationOf({ key, redirectUri, groups, extra: () => extra }));
  };
  await rotate();
  return {
    issuer,
    client: CLIENT,
    async jwt(claims, audience = AUDIENCE) {
      extra = claims;
      const body = new URLSearchParams({ grant_type: 'client_credentials', resource: audience, scope: 'run' });
      const authorization = `Basic ${btoa(`${CLIENT.client_id}:${CLIENT.client_secret}`)}`;
      const answer = await fetch(`${issuer}/token`, { method: 'POST', body, headers: { authorization } });
      return ((await answer.json()) as { access_token: string }).access_token;
    },
    forge: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: key.kid ?? '', ...header }).sign(key as never),
    rotate,
    fail: (down) => {
      isDown = down;
    },
    logIn: (address, user) => logIn(server, address, user),
    get keyRequests() {
      return keyRequests;
    },
    stop: () => server.stop(),
  };
}

interface IssuerParts {
  readonly key: JWK;
  readonly redirectUri: string;
  readonly groups: Record<string, string[]>;
  readonly extra: () => Readonly<Record<string, unknown>>;
}

function configurationOf({ key, redirectUri, groups, extra }: IssuerParts): Configuration {
  return {
    jwks: { keys: [key as never] },
    clients: [
      {
        ...CLIENT,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'client_credentials'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    cookies: { keys: ['of-a-test'] },
    claims: { openid: ['sub', 'groups'], email: ['email'] },
    conformIdTokenClaims: false,
    scopes: ['openid', 'email', 'profile', 'run'],
    findAccount: (_context, user) => ({
      accountId: user,
      claims: async () => ({ sub: user, email: `${user}@example.com`, groups: groups[user] ?? [] }),
    }),
    extraTokenClaims: () => ({ ...extra() }),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'run',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    ttl: { AccessToken: 300, ClientCredentials: 300, IdToken: 300, Grant: 300, Interaction: 300, Session: 300 },
  };
}

/** What a person does in a browser: name, password, consent. */
async function logIn({ baseUrl }: LoopbackServer, address: string, user: string): Promise<string> {
  const cookies = new Map<string, string>();
  const ask = async (url: string, form?: Record<string, string>) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
    const answer = await fetch(url, { ...body, redirect: 'manual', headers: { cookie } });
    for (const one of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
    return new URL(location, baseUrl).href;
  };
  let at = await ask(address);
  for (const prompt of ['login', 'consent']) {
    at = await ask(await ask(at, { prompt, login: user, password: 'any' }));
  }
  return at;
}
