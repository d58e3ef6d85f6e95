import type { JWTPayload } from 'jose';
import type { Principal } from '../../domain/principal.ts';
import { CanaryError } from '../../errors.ts';
import { firstRule, type Rule } from '../rules.ts';
import { issuerUnavailable } from './issuer-error.ts';
import { issuerKeys } from './issuer-keys.ts';

/** Who issues JWTs that are accepted, and who may what with one. */
export interface Issuer {
  /** as in the claim `iss` */
  readonly issuer: string;
  readonly audience: readonly string[];
  /** absent: discovered */
  readonly jwksUri?: string | undefined;
  readonly algorithms: readonly string[];
  readonly clockSkewSeconds: number;
  /** the claim that logs and the audit call its holder by */
  readonly nameClaim: string;
  readonly rules: readonly Rule[];
}

const LONGEST_NAME = 200;

/** Whether a text has the shape of a signed JWT: three parts, of which the first is JSON in base64url. */
export function isJwt(text: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text);
}

/**
 * Checks JWTs: that a configured issuer signed them with an allowed algorithm, for us, and that they have not expired.
 *
 * @returns finds out whose JWT it is. @throws CanaryError CREDENTIALS_REFUSED, PERMISSION_DENIED when no rule matches,
 *   ISSUER_UNAVAILABLE
 */
export function createJwtCheck(issuers: readonly Issuer[]): (jwt: string) => Promise<Principal> {
  const known = new Map(issuers.map((one) => [one.issuer, { ...one, keys: issuerKeys(one.issuer, one.jwksUri) }]));
  return async (jwt) => {
    const { decodeJwt, jwtVerify } = await import('jose');
    const issuer = known.get(issuerOf(jwt, decodeJwt) ?? '');
    if (issuer === undefined) throw refused('is of an issuer that auth.oidc does not list');
    const keys = await issuer.keys();
    try {
      const { payload } = await jwtVerify(jwt, keys, {
        issuer: issuer.issuer,
        audience: [...issuer.audience],
        algorithms: [...issuer.algorithms],
        clockTolerance: issuer.clockSkewSeconds,
        requiredClaims: ['exp'],
      });
      return principalFrom(issuer, payload);
    } catch (error) {
      throw asRefusal(issuer.issuer, error);
    }
  };
}

function issuerOf(jwt: string, decode: (jwt: string) => JWTPayload): string | undefined {
  try {
    return decode(jwt).iss;
  } catch {
    throw refused('cannot be read');
  }
}

/** @throws CanaryError PERMISSION_DENIED when no rule matches; it names the claims, but not what is in them */
export function principalFrom(issuer: Pick<Issuer, 'issuer' | 'nameClaim' | 'rules'>, claims: JWTPayload): Principal {
  const rule = firstRule(issuer.rules, claims);
  if (rule === undefined) {
    const looked = [...new Set(issuer.rules.flatMap((one) => Object.keys(one.claims)))].join(', ');
    const there = Object.keys(claims).join(', ').slice(0, 500);
    const message = `No rule of auth.oidc for ${issuer.issuer} matches. The rules look at ${looked}; the claims are ${there}.`;
    throw new CanaryError('PERMISSION_DENIED', message);
  }
  const { role, applications, accounts } = rule;
  const name = String(claims[issuer.nameClaim] ?? claims.sub ?? 'unnamed').slice(0, LONGEST_NAME);
  return { kind: 'oidc', name, role, applications, accounts };
}

/** jose's codes for what is wrong with a JWT, in our words. */
const REFUSALS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'has expired',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'is not signed by its issuer',
  ERR_JWKS_NO_MATCHING_KEY: 'is signed with a key that its issuer does not publish',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'does not say with which of the keys of its issuer it is signed',
  ERR_JOSE_ALG_NOT_ALLOWED: 'is signed with an algorithm that auth.oidc does not list',
  ERR_JOSE_NOT_SUPPORTED: 'is signed with an algorithm that is not supported',
  ERR_JWS_INVALID: 'is not a signed JWT',
  ERR_JWT_INVALID: 'is not a JWT',
};

function asRefusal(issuer: string, error: unknown): unknown {
  if (error instanceof CanaryError) return error;
  const { code = '', claim, reason } = error as { code?: string; claim?: string; reason?: string };
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') {
    return refused(reason === 'missing' ? `has no claim ${claim}` : `has a wrong claim ${claim}`);
  }
  const known = REFUSALS[code];
  return known === undefined ? issuerUnavailable(issuer, error) : refused(known);
}

function refused(why: string): CanaryError {
  return new CanaryError('CREDENTIALS_REFUSED', `The JWT ${why}; get another one from its issuer.`);
}
