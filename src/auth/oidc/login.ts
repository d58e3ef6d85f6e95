import type { Configuration } from 'openid-client';
import { z } from 'zod';
import type { Principal } from '../../domain/principal.ts';
import { isLoopbackHost } from '../../domain/values/loopback.ts';
import { CanaryError } from '../../errors.ts';
import { issuerUnavailable } from './issuer-error.ts';
import { type Issuer, principalFrom } from './jwt-check.ts';
import { createSeal } from './sealed.ts';
import { createSessions, type Sessions } from './sessions.ts';

/** For a person to log in at the issuer. */
const LOGIN_SECONDS = 600;
const TIMEOUT_SECONDS = 5;

/** What openid-client says when the issuer does not work; all else is about this login. */
const UNAVAILABLE = ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON'];

export interface LoginSettings {
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scope: string;
  /** where browsers reach this service */
  readonly publicUrl: string;
  readonly sessionSecret: string;
  readonly sessionHours: number;
}

/** Login of browsers: OpenID Connect, authorization code with PKCE. */
export interface Login {
  readonly sessions: Sessions;
  /** whether browsers reach us by https */
  readonly secure: boolean;
  readonly loginSeconds: number;
  /** @returns where to send the browser, and what to keep in a cookie meanwhile */
  begin(returnTo: string): Promise<{ readonly address: string; readonly kept: string }>;
  /** The browser is back. @param query of the address it came back to @param kept the cookie of {@link begin} */
  end(query: string, kept: string): Promise<{ readonly principal: Principal; readonly returnTo: string }>;
}

const Kept = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() });

export function createLogin(issuer: Issuer, settings: LoginSettings): Login {
  const { publicUrl, scope } = settings;
  const seal = createSeal(settings.sessionSecret, 'login');
  const redirectUri = `${publicUrl.replace(/\/$/, '')}/login/callback`;
  const client = rememberClient(issuer, settings);
  return {
    sessions: createSessions({ ...settings, rules: issuer.rules }),
    secure: publicUrl.startsWith('https:'),
    loginSeconds: LOGIN_SECONDS,
    async begin(returnTo) {
      const oidc = await import('openid-client');
      const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
      const address = oidc.buildAuthorizationUrl(await client(), {
        ...{ redirect_uri: redirectUri, scope, state, nonce, code_challenge_method: 'S256' },
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      });
      return { address: address.href, kept: await seal.close({ state, nonce, verifier, returnTo }, LOGIN_SECONDS) };
    },
    async end(query, kept) {
      const { data } = Kept.safeParse(await seal.open(kept));
      if (data === undefined) throw refused('took too long, or began in another browser');
      const { authorizationCodeGrant } = await import('openid-client');
      const configuration = await client();
      const checks = { expectedState: data.state, expectedNonce: data.nonce, pkceCodeVerifier: data.verifier };
      const tokens = await authorizationCodeGrant(configuration, new URL(`${redirectUri}${query}`), checks).catch(
        (error: unknown) => {
          throw asRefusal(issuer.issuer, error);
        },
      );
      return { principal: principalFrom(issuer, tokens.claims() ?? {}), returnTo: data.returnTo };
    },
  };
}

/** The issuer is asked what it can at the first login. */
function rememberClient({ issuer, clockSkewSeconds }: Issuer, settings: LoginSettings) {
  let client: Promise<Configuration> | undefined;
  const discover = async () => {
    const oidc = await import('openid-client');
    const { clientId, clientSecret } = settings;
    const execute = [oidc.enableNonRepudiationChecks];
    const isLocal = issuer.startsWith('http:') && isLoopbackHost(new URL(issuer).hostname);
    if (isLocal) execute.push(oidc.allowInsecureRequests);
    const metadata = {
      [oidc.clockTolerance]: clockSkewSeconds,
      ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
    };
    const authentication = clientSecret === undefined ? oidc.None() : undefined;
    return oidc.discovery(new URL(issuer), clientId, metadata, authentication, { execute, timeout: TIMEOUT_SECONDS });
  };
  return () => {
    client ??= discover().catch((error: unknown) => {
      client = undefined;
      throw issuerUnavailable(issuer, error);
    });
    return client;
  };
}

/** What the issuer or the browser says is no; anything else is the issuer not working. */
function asRefusal(issuer: string, error: unknown): CanaryError {
  const { code = '', error: said } = error as { code?: string; error?: string };
  if (said !== undefined) return refused(`was refused by ${issuer}: ${said.slice(0, 100)}`);
  if (code.startsWith('OAUTH_') && !UNAVAILABLE.includes(code)) {
    return refused('did not end as it began: the answer does not belong to it');
  }
  return issuerUnavailable(issuer, error);
}

function refused(why: string): CanaryError {
  return new CanaryError('CREDENTIALS_REFUSED', `The login ${why}; open /login to begin again.`);
}
