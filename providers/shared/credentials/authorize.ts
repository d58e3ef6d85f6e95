import { readFile } from 'node:fs/promises';
import { unescape as percentDecoded } from 'node:querystring';
import { CanaryError, messageOf } from '../../../src/errors.ts';
import type { HttpAccount } from '../http/account.ts';
import { pathSecrets } from '../http/path-secrets.ts';

/** An outgoing request without its credentials. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The credentials of one request. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** Removes every secret of the account from a foreign text. */
  readonly redact: (text: string) => string;
  /**
   * The store may reject them as expired: renew them and repeat the request. `true`: after a 401; a function recognizes
   * other forms of this rejection.
   */
  readonly renewable?: boolean | ((status: number, text: string) => boolean);
}

/**
 * Creates the credentials of one request; `refused` when the store has just rejected the previous ones. A store's own
 * scheme is one function of this type, passed as `authorize` of its requests.
 *
 * @throws CanaryError METRICS_ACCESS_DENIED when none can be obtained
 */
export type Authorize = (
  outgoing: Outgoing,
  context: { readonly signal: AbortSignal; readonly refused: boolean },
) => Promise<Credentials>;

/** Shorter header values are flags and numbers; redacting them would make every text unreadable. */
const SECRET_HEADER_LENGTH = 4;

/** Secrets sent for an account besides its own fields, such as issued tokens; latest first. */
const sentSecrets = new WeakMap<HttpAccount, readonly string[]>();
const REMEMBERED_SECRETS = 20;

/**
 * The credentials every HTTP account may have: user and password, or a bearer token. Files are read for every request,
 * so that a rotated token takes effect at once.
 */
export function accountCredentials(account: HttpAccount): Authorize {
  return () => readCredentials(account);
}

/** No credentials: for hosts that are not the store. */
export const foreignCredentials: Authorize = async () => ({ headers: {}, redact: (text) => text });

/**
 * Headers with secrets, such as an API key, besides the account's own; redacted from the store's messages.
 *
 * @param secrets values to redact; default: the values of the headers
 */
export function withSecretHeaders(
  account: HttpAccount,
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[] = Object.values(headers),
): Credentials {
  remember(account, secrets);
  return { headers, redact: redactor([...secrets, ...otherSecrets(account)]) };
}

function remember(account: HttpAccount, secrets: readonly string[]): void {
  const sent = new Set([...secrets, ...(sentSecrets.get(account) ?? [])]);
  sentSecrets.set(account, [...sent].slice(0, REMEMBERED_SECRETS));
}

/** Removes from a text every secret of the account, and every one that was sent for it. */
export function sentRedactor(account: HttpAccount): (text: string) => string {
  return redactor(otherSecrets(account));
}

/** @throws CanaryError METRICS_ACCESS_DENIED when a file cannot be read, or a token cannot be sent */
export async function readCredentials(account: HttpAccount): Promise<Credentials> {
  const userAndPassword = await basicOf(account);
  const token = userAndPassword.fromFile ? undefined : await bearerOf(account);
  const basic = userAndPassword.text && Buffer.from(userAndPassword.text).toString('base64');
  if (token && /[\r\n]/.test(token)) {
    throw new CanaryError('METRICS_ACCESS_DENIED', `account '${account.name}': the bearer token contains a line break`);
  }
  const authorization = token ? `Bearer ${token}` : basic ? `Basic ${basic}` : undefined;
  const password = userAndPassword.text?.replace(/^[^:]*:/, '');
  const own = [basic, userAndPassword.text, password, token].filter((secret) => secret !== undefined && secret !== '');
  remember(account, own as string[]);
  const secrets = [...own, ...otherSecrets(account)];
  return {
    headers: authorization === undefined ? {} : { Authorization: authorization },
    redact: redactor(secrets),
  };
}

/** A file of the account. @throws CanaryError METRICS_ACCESS_DENIED */
export async function readAccountFile(account: HttpAccount, field: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = messageOf(error);
    throw new CanaryError('METRICS_ACCESS_DENIED', `account '${account.name}': ${field} cannot be read: ${reason}`);
  }
}

async function basicOf(account: HttpAccount): Promise<{ text: string | undefined; fromFile: boolean }> {
  const { usernamePasswordFile: path, username, password } = account;
  if (path) return { text: (await readAccountFile(account, 'usernamePasswordFile', path)).trim(), fromFile: true };
  return { text: username || password ? `${username ?? ''}:${password ?? ''}` : undefined, fromFile: false };
}

async function bearerOf(account: HttpAccount): Promise<string | undefined> {
  const { bearerTokenFile: path, bearerToken } = account;
  return path ? (await readAccountFile(account, 'bearerTokenFile', path)).trim() : bearerToken;
}

/** Includes unused secrets: the store may know them from elsewhere. */
function otherSecrets(account: HttpAccount): (string | undefined)[] {
  const { headers, password, bearerToken, proxyUrl } = account;
  const values = Object.values(headers).filter((value) => value.length >= SECRET_HEADER_LENGTH);
  const withoutScheme = values.map((value) => value.replace(/^(Basic|Bearer|Token)\s+/i, ''));
  const ofProxy = proxyUrl && percentDecoded(new URL(proxyUrl).password);
  const own = [password, bearerToken, ...values, ...withoutScheme, ofProxy, ...ofPath(account)];
  return [...own, ...(sentSecrets.get(account) ?? [])];
}

/** Read once: it is asked for with every query. */
const pathSecretsOf = new WeakMap<HttpAccount, readonly string[]>();

function ofPath(account: HttpAccount): readonly string[] {
  const known = pathSecretsOf.get(account);
  if (known !== undefined) return known;
  const parts = isDatabase(account) ? [] : pathSecrets(account.endpoint?.baseUrl);
  const secrets = parts.filter((part) => part.length >= SECRET_HEADER_LENGTH);
  pathSecretsOf.set(account, secrets);
  return secrets;
}

/** The path of a database's address is its name. */
function isDatabase(account: HttpAccount & { readonly dialect?: unknown }): boolean {
  return account.dialect === 'postgres';
}

/** Longest first: a secret that contains another must not be redacted only in part. */
function redactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret !== undefined && secret !== '')
    .flatMap((secret = '') => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams([['', secret]]).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
    ])
    .sort((a, b) => b.length - a.length);
  return (text) => spellings.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text);
}
