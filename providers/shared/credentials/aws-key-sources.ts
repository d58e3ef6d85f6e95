import { z } from 'zod';
import { CanaryError } from '../../../src/errors.ts';
import { wallClock } from '../../../src/waiting/clocks.ts';
import type { Refusal } from '../http/failures.ts';
import { fetchText, type HttpQuestion, type TextAnswer } from '../http/http.ts';
import { jsonOf } from '../http/json-of.ts';
import { type Authorize, readAccountFile, withSecretHeaders } from './authorize.ts';
import { type AwsAccount, type AwsKeySource, awsBaseUrl, NO_KEYS } from './aws-account.ts';
import { type AwsKeys, signV4 } from './sigv4.ts';

/** Keys and their expiry. */
export interface IssuedKeys {
  readonly keys: AwsKeys;
  /** Infinity when they never expire */
  readonly expiresMillis: number;
}

/** The account and context for which keys are requested. */
interface Asker {
  readonly account: AwsAccount;
  /** where STS is */
  readonly region: string;
}

/** Key endpoints of machines and containers are local: they respond fast or not at all. */
const LOCAL_TIMEOUT_MILLIS = 2000;
const NEVER = new AbortController().signal;
const STS_VERSION = '2011-06-15';

/**
 * Keys for an account, from its first source: its own, a web identity token, the container's address, the EC2 metadata
 * service; then those of `roleArn`.
 *
 * @throws CanaryError METRICS_ACCESS_DENIED when there are none; METRICS_STORE_… when a retry may help
 */
export async function issueKeys(asker: Asker): Promise<IssuedKeys> {
  const source = sourceOf(asker);
  const own = await keysBeforeRole(asker);
  return source.roleArn ? assumeRole(asker, source.roleArn, own.keys) : own;
}

/** Whether other keys can be obtained when these are rejected. */
export function canRenew({ sigv4 = NO_KEYS }: AwsAccount): boolean {
  return !sigv4.accessKeyId || Boolean(sigv4.roleArn);
}

async function keysBeforeRole(asker: Asker): Promise<IssuedKeys> {
  const source = sourceOf(asker);
  const { accessKeyId, secretAccessKey, sessionToken, containerCredentialsUri } = source;
  if (accessKeyId && secretAccessKey) {
    return { keys: { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined }, expiresMillis: Infinity };
  }
  if (source.webIdentityTokenFile) return assumeRoleWithWebIdentity(asker, source.webIdentityTokenFile);
  if (containerCredentialsUri) return askContainer(asker, containerCredentialsUri);
  return askMetadata(asker);
}

/** The token authenticates: this request is not signed. The file is read again, since the token is rotated. */
async function assumeRoleWithWebIdentity(asker: Asker, tokenFile: string): Promise<IssuedKeys> {
  const { account } = asker;
  const { webIdentityRoleArn = '', roleSessionName } = sourceOf(asker);
  const token = (await readAccountFile(account, 'sigv4.webIdentityTokenFile', tokenFile)).trim();
  const form = {
    Action: 'AssumeRoleWithWebIdentity',
    Version: STS_VERSION,
    RoleArn: webIdentityRoleArn,
    RoleSessionName: roleSessionName,
    WebIdentityToken: token,
  };
  return askSts(asker, form, async () => withSecretHeaders(account, {}, [token]));
}

async function assumeRole(asker: Asker, roleArn: string, keys: AwsKeys): Promise<IssuedKeys> {
  const { account, region } = asker;
  const { roleSessionName, externalId } = sourceOf(asker);
  const form = {
    Action: 'AssumeRole',
    Version: STS_VERSION,
    RoleArn: roleArn,
    RoleSessionName: roleSessionName,
    ...(externalId ? { ExternalId: externalId } : {}),
  };
  return askSts(asker, form, async (outgoing) => {
    const headers = { 'Content-Type': outgoing.headers['Content-Type'] ?? '' };
    const signed = signV4({ ...outgoing, headers }, { keys, region, service: 'sts', instantMillis: wallClock() });
    return withSecretHeaders(account, signed, [keys.secretAccessKey, keys.sessionToken ?? '']);
  });
}

async function askSts(asker: Asker, form: Record<string, string>, authorize: Authorize): Promise<IssuedKeys> {
  const { account, region } = asker;
  const issuer = `AWS STS (role ${form.RoleArn})`;
  const { text } = await fetchText(
    {
      account,
      baseUrl: sourceOf(asker).stsEndpoint ?? awsBaseUrl('sts', region),
      path: '/',
      form: new URLSearchParams(form),
      accept: 'text/xml',
      foreign: true,
      issuer,
      authorize,
      readRefusal: readStsRefusal,
    },
    NEVER,
  );
  return readIssued(asker, issuer, {
    AccessKeyId: tagOf(text, 'AccessKeyId'),
    SecretAccessKey: tagOf(text, 'SecretAccessKey'),
    Token: tagOf(text, 'SessionToken'),
    Expiration: tagOf(text, 'Expiration'),
  });
}

async function askContainer(asker: Asker, uri: string): Promise<IssuedKeys> {
  const { account } = asker;
  const { containerAuthorizationToken, containerAuthorizationTokenFile: file } = sourceOf(asker);
  const token = file
    ? (await readAccountFile(account, 'sigv4.containerAuthorizationTokenFile', file)).trim()
    : containerAuthorizationToken;
  const issuer = 'the address of sigv4.containerCredentialsUri';
  const { text } = await askLocally(asker, {
    baseUrl: uri,
    path: '',
    issuer,
    authorize: async () => withSecretHeaders(account, token ? { Authorization: token } : {}),
  });
  return readIssued(asker, issuer, jsonOf(text));
}

/** Version 2: opens a session first, which a forged request (SSRF) cannot do. */
async function askMetadata(asker: Asker): Promise<IssuedKeys> {
  const issuer = 'the metadata service of EC2';
  const at = { baseUrl: sourceOf(asker).metadataEndpoint, issuer };
  const session = await askLocally(asker, {
    ...at,
    method: 'PUT',
    path: '/latest/api/token',
    headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
  });
  const authorize: Authorize = async () =>
    withSecretHeaders(asker.account, { 'X-aws-ec2-metadata-token': session.text.trim() });
  const folder = '/latest/meta-data/iam/security-credentials/';
  const roles = await askLocally(asker, { ...at, path: folder, authorize });
  const role = roles.text.trim().split('\n')[0] ?? '';
  const { text } = await askLocally(asker, { ...at, path: folder + encodeURIComponent(role), authorize });
  return readIssued(asker, issuer, jsonOf(text));
}

type LocalQuestion = Omit<HttpQuestion, 'account' | 'foreign' | 'direct'> & { readonly issuer: string };

/**
 * Requests an address of this machine.
 *
 * @throws CanaryError METRICS_ACCESS_DENIED without a response: the account is wrong, or we do not run in AWS
 */
async function askLocally({ account }: Asker, question: LocalQuestion): Promise<TextAnswer> {
  const ended = AbortSignal.timeout(LOCAL_TIMEOUT_MILLIS);
  let answered = false;
  const readRefusal = (status: number, text: string) => {
    answered = true;
    return readLocalRefusal(status, text);
  };
  try {
    return await fetchText({ account, foreign: true, direct: true, accept: '*/*', readRefusal, ...question }, ended);
  } catch (error) {
    if (answered || !(error instanceof CanaryError)) throw error;
    const reason = ended.aborted ? `no answer within ${LOCAL_TIMEOUT_MILLIS} ms` : error.message;
    throw new CanaryError(
      'METRICS_ACCESS_DENIED',
      `account '${account.name}': there are no AWS keys: ${question.issuer} does not answer (${reason}) - give sigv4 ` +
        'accessKeyId and secretAccessKey, webIdentityTokenFile or containerCredentialsUri, or run on EC2 with a role',
    );
  }
}

function readLocalRefusal(status: number, text: string): Refusal {
  if (status >= 500 || status === 429) return { text };
  return { code: 'METRICS_ACCESS_DENIED', text, remedy: 'is there a role for this machine, container or pod?' };
}

function readStsRefusal(status: number, body: string): Refusal {
  const code = tagOf(body, 'Code') ?? '';
  const text = [code, tagOf(body, 'Message') ?? body].filter((part) => part !== '').join(': ');
  if (/Throttl|RequestLimitExceeded/.test(code)) return { code: 'METRICS_STORE_THROTTLED', text };
  if (status >= 500 || code === 'IDPCommunicationError') return { code: 'METRICS_STORE_UNAVAILABLE', text };
  return { code: 'METRICS_ACCESS_DENIED', text, remedy: 'check sigv4, and who may assume the role' };
}

const Issued = z.object({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().optional(),
  Expiration: z.iso.datetime({ offset: true }).optional(),
});

/** The answer contains secrets: never quote it in an error. */
function readIssued({ account }: Asker, issuer: string, answer: unknown): IssuedKeys {
  const { Code: code = 'Success' } = (answer ?? {}) as { readonly Code?: unknown };
  if (code !== 'Success') {
    throw new CanaryError('METRICS_ACCESS_DENIED', `account '${account.name}': ${issuer} answered ${String(code)}`);
  }
  const { data, error } = Issued.safeParse(answer);
  if (data === undefined) {
    const missing = error.issues[0]?.path.join('.') || 'JSON';
    throw new CanaryError(
      'METRICS_ANSWER_INVALID',
      `account '${account.name}': ${issuer} gave no keys: its answer has no readable ${missing}`,
    );
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration: end } = data;
  const expiresMillis = end === undefined ? Infinity : Date.parse(end);
  return { keys: { accessKeyId, secretAccessKey, sessionToken }, expiresMillis };
}

function tagOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.trim();
}

function sourceOf({ account }: Asker): AwsKeySource {
  return account.sigv4 ?? NO_KEYS;
}
