import type { JWTVerifyGetKey } from 'jose';
import { issuerUnavailable } from './issuer-error.ts';

const TIMEOUT_MILLIS = 5000;
/** Keys are fetched again after so long, */
const KEYS_MILLIS = 10 * 60_000;
/** and for a key that is not known, but not more often than this. */
const UNKNOWN_KEY_MILLIS = 30_000;

/**
 * The keys of an issuer, fetched when they are first needed and kept.
 *
 * Source: OpenID Connect Discovery 1.0, section 4.
 *
 * @returns what jose verifies with. @throws CanaryError ISSUER_UNAVAILABLE
 */
export function issuerKeys(issuer: string, jwksUri: string | undefined): () => Promise<JWTVerifyGetKey> {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return () => {
    keys ??= openKeys(issuer, jwksUri).catch((error: unknown) => {
      keys = undefined;
      throw issuerUnavailable(issuer, error);
    });
    return keys;
  };
}

async function openKeys(issuer: string, jwksUri: string | undefined): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet } = await import('jose');
  const uri = jwksUri ?? (await discoverKeys(issuer));
  return createRemoteJWKSet(new URL(uri), {
    timeoutDuration: TIMEOUT_MILLIS,
    cacheMaxAge: KEYS_MILLIS,
    cooldownDuration: UNKNOWN_KEY_MILLIS,
  });
}

async function discoverKeys(issuer: string): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MILLIS) });
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  const { issuer: named, jwks_uri: uri } = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new Error(`${address} is of another issuer; write auth.oidc.issuer exactly as it does`);
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw new Error(`${address} names no jwks_uri`);
  return uri;
}
