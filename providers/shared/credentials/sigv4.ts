import { createHash, createHmac } from 'node:crypto';
import { unescape as percentDecoded } from 'node:querystring';
import type { Outgoing } from './authorize.ts';

/** AWS keys; temporary ones have a session token. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Signing {
  readonly keys: AwsKeys;
  readonly region: string;
  /** its AWS name for signing, e.g. `aps` or `monitoring` */
  readonly service: string;
  readonly instantMillis: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * AWS Signature Version 4: the headers to add to a request, `Authorization` among them. Signs Host, these, and all
 * given `headers`: pass only those that arrive unchanged. Pure.
 *
 * Path and query of `url` are signed in normalized form. A `+` in the query is a blank, which AWS expects as `%20`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signV4({ method, url, headers, body }: Outgoing, signing: Signing): Record<string, string> {
  const { keys, region, service, instantMillis } = signing;
  const { host, pathname, search } = new URL(url);
  const stamp = new Date(instantMillis).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [stamp.slice(0, 8), region, service, 'aws4_request'];
  const added = {
    'X-Amz-Date': stamp,
    ...(keys.sessionToken ? { 'X-Amz-Security-Token': keys.sessionToken } : {}),
  };
  const signed = canonicalHeaders({ ...headers, ...added, Host: host });
  const names = signed.map(([name]) => name).join(';');
  const request = [
    method,
    canonicalPath(pathname),
    canonicalQuery(search),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(body ?? ''),
  ].join('\n');
  const signature = hmac(signingKey(keys, scope), [ALGORITHM, stamp, scope.join('/'), sha256(request)].join('\n'));
  const credential = [keys.accessKeyId, ...scope].join('/');
  return {
    ...added,
    Authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature.toString('hex')}`,
  };
}

/** The hexadecimal value of `X-Amz-Content-Sha256` for a body. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Names in lower case and sorted; insignificant blanks in values removed. */
function canonicalHeaders(headers: Readonly<Record<string, string>>): [name: string, value: string][] {
  return Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Encoded once more than it is sent, as every service except S3 requires; empty segments are dropped. */
function canonicalPath(pathname: string): string {
  return pathname
    .replace(/\/{2,}/g, '/')
    .split('/')
    .map(encoded)
    .join('/');
}

/** Sorted after encoding, by name, then by value. */
function canonicalQuery(search: string): string {
  return search
    .replace(/^\?/, '')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
      return [encoded(decoded(name)), encoded(decoded(value))] as const;
    })
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
}

function decoded(text: string): string {
  return percentDecoded(text.replaceAll('+', ' '));
}

/** Encodes everything except A-Z, a-z, 0-9, `-`, `.`, `_` and `~`. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** One key per day, region and service, so that the secret itself never signs. */
function signingKey({ secretAccessKey }: AwsKeys, scope: readonly string[]): Buffer {
  return scope.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
