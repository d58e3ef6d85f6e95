import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import { CanaryError, messageOf } from '../../../src/errors.ts';
import { wallClock } from '../../../src/waiting/clocks.ts';
import type { HttpAccount } from '../http/account.ts';
import { jsonOf } from '../http/json-of.ts';
import { type Authorize, readAccountFile } from './authorize.ts';
import { fetchToken, TokenText } from './fetch-token.ts';
import { bearerToken, heldToken, type IssuedToken, type TokenIssuer } from './token-cache.ts';

/** Fields of an account whose store accepts Google's tokens. */
export const GoogleFields = {
  jsonPath: z
    .string()
    .optional()
    .describe('the key file of a service account; absent or empty: the metadata server of Google Cloud is asked'),
  impersonateServiceAccount: z.string().min(1).optional().describe('the service account to ask as, by its address'),
  quotaProject: z.string().min(1).optional().describe('the project whose quota is used, if not that of the caller'),
  metadataEndpoint: z
    .url({ protocol: /^https?$/ })
    .default('http://metadata.google.internal')
    .describe('of the metadata server'),
};
/** The same as one field of an account. */
export const Google = z.strictObject(GoogleFields);
export type Google = z.infer<typeof Google>;

/** The scope for reading metrics. */
export const MONITORING_READ = 'https://www.googleapis.com/auth/monitoring.read';

const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
const IAM_CREDENTIALS = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts';
/** The longest lifetime Google accepts for a signed token request. */
const JWT_SECONDS = 3600;

/** Bearer tokens of Google, for one scope. */
export function googleToken(account: HttpAccount, google: Google, scope: string): Authorize {
  const { impersonateServiceAccount: impersonated, quotaProject } = google;
  const issuer: TokenIssuer = impersonated
    ? { account, purpose: `${impersonated} ${scope}`, issue: () => impersonate(account, google, scope) }
    : ownIssuer(account, google, scope);
  return bearerToken({ ...issuer, headers: quotaProject ? { 'x-goog-user-project': quotaProject } : {} });
}

function ownIssuer(account: HttpAccount, google: Google, scope: string): TokenIssuer {
  const { jsonPath: path } = google;
  const issue = () => (path ? issueForKey(account, path, scope) : askMetadataServer(account, google));
  return { account, purpose: scope, issue };
}

async function askMetadataServer(account: HttpAccount, { metadataEndpoint }: Google): Promise<IssuedToken> {
  return fetchToken({
    account,
    url: `${metadataEndpoint.replace(/\/+$/, '')}/computeMetadata/v1/instance/service-accounts/default/token`,
    headers: { 'Metadata-Flavor': 'Google' },
    secrets: [],
    direct: true,
    remedy:
      "outside of Google Cloud give the account a jsonPath; inside, check the machine's or the pod's service account",
  });
}

const KeyFile = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('service_account'),
    client_email: z.string().min(1),
    private_key: z.string().min(1),
    private_key_id: z.string().optional(),
    token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
  }),
  z.object({
    type: z.literal('authorized_user'),
    client_id: z.string(),
    client_secret: z.string(),
    refresh_token: z.string(),
    token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
  }),
]);
type ServiceAccountKey = Extract<z.infer<typeof KeyFile>, { type: 'service_account' }>;

/** The file is read for every token, so that a rotated key takes effect within the hour. */
async function issueForKey(account: HttpAccount, path: string, scope: string): Promise<IssuedToken> {
  const key = parseKeyFile(account, await readAccountFile(account, 'jsonPath', path));
  const remedy = `check the key in ${path}, and the clock of this machine`;
  if (key.type === 'service_account') {
    const assertion = signedRequest(account, key, scope);
    const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
    return fetchToken({ account, url: key.token_uri, form, secrets: [assertion], remedy });
  }
  const { client_id, client_secret, refresh_token, token_uri } = key;
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id, client_secret, refresh_token });
  return fetchToken({ account, url: token_uri, form, secrets: [client_secret, refresh_token], remedy });
}

function parseKeyFile(account: HttpAccount, text: string): z.infer<typeof KeyFile> {
  const json = jsonOf(text);
  // Not the parser's words: they quote the file.
  if (json === undefined) throw denied(account, 'jsonPath is not JSON; give the key file of a service account');
  const parsed = KeyFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw denied(
    account,
    `jsonPath: ${issue?.path.join('.')}: ${issue?.message}; give the key file of a service account (type service_account)`,
  );
}

/** A JSON Web Token that requests an access token (RFC 7523), signed with RS256. */
function signedRequest(account: HttpAccount, key: ServiceAccountKey, scope: string): string {
  const { client_email, private_key, private_key_id, token_uri } = key;
  const issuedAtSeconds = Math.floor(wallClock() / 1000);
  const header = { alg: 'RS256', typ: 'JWT', ...(private_key_id === undefined ? {} : { kid: private_key_id }) };
  const claims = {
    iss: client_email,
    scope,
    aud: token_uri,
    iat: issuedAtSeconds,
    exp: issuedAtSeconds + JWT_SECONDS,
  };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey(account, private_key)).toString('base64url')}`;
}

function privateKey(account: HttpAccount, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw denied(account, `jsonPath: private_key cannot be read: ${messageOf(error)}`);
  }
}

const ImpersonatedToken = z
  .object({ accessToken: TokenText, expireTime: z.iso.datetime({ offset: true }) })
  .transform(({ accessToken, expireTime }) => ({
    token: accessToken,
    lifetimeSeconds: (Date.parse(expireTime) - wallClock()) / 1000,
  }));

async function impersonate(account: HttpAccount, google: Google, scope: string): Promise<IssuedToken> {
  const { impersonateServiceAccount: email = '' } = google;
  const own = await heldToken(ownIssuer(account, google, CLOUD_PLATFORM), { signal: new AbortController().signal });
  return fetchToken({
    account,
    url: `${IAM_CREDENTIALS}/${encodeURIComponent(email)}:generateAccessToken`,
    json: { scope: [scope] },
    headers: { Authorization: `Bearer ${own}` },
    secrets: [own],
    remedy: `the caller needs the role roles/iam.serviceAccountTokenCreator on ${email}`,
    Answer: ImpersonatedToken,
  });
}

function denied({ name }: HttpAccount, problem: string): CanaryError {
  return new CanaryError('METRICS_ACCESS_DENIED', `account '${name}': ${problem}`);
}
