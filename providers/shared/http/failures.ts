import { CanaryError, type ErrorCode, messageOf } from '../../../src/errors.ts';
import { wallClock } from '../../../src/waiting/clocks.ts';
import type { Credentials } from '../credentials/authorize.ts';
import type { HttpAccount } from './account.ts';
import { jsonOf } from './json-of.ts';
import { AnswerTooLarge } from './read-body.ts';

/** The account and metric of a request; every message starts with them. */
export interface Asked {
  readonly account: HttpAccount;
  readonly metricName?: string | undefined;
  /** the address, if not the account's `endpoint.baseUrl` */
  readonly baseUrl?: string | undefined;
  /** the name of the other side in messages; default 'the store' */
  readonly issuer?: string | undefined;
  /** this request's own limit, if below the account's */
  readonly timeLimit?: TimeLimit | undefined;
}

/** The time limit of a request. */
export interface TimeLimit {
  readonly millis: number;
  /** the field it comes from, with its value */
  readonly field: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** by lower-case name */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What a provider reads from its store's error; the rest follows from the status. */
export interface Refusal {
  readonly code?: ErrorCode | undefined;
  /** the store's message */
  readonly text?: string | undefined;
  readonly remedy?: string | undefined;
  /** how long to wait before a retry; default: `Retry-After` */
  readonly retryAfterMillis?: number | undefined;
}

/** How much of the store's text is quoted. */
const EXCERPT_LENGTH = 2048;
/** How much of it is searched for secrets: far more than is quoted, so that none is cut in two. */
const SEARCHED_LENGTH = 65_536;

interface OfAccount {
  readonly account: { readonly name: string };
  readonly metricName?: string | undefined;
}

export interface OfMetric {
  readonly account: { readonly name: string };
  readonly metric: { readonly name?: string | undefined };
}

/** "account 'prom', metric 'latency'" */
export function requestLabel(asked: OfAccount | OfMetric): string {
  const { account } = asked;
  const metricName = 'metric' in asked ? asked.metric.name : asked.metricName;
  return `account '${account.name}'${metricName === undefined ? '' : `, metric '${metricName}'`}`;
}

/** An excerpt of the store's text, without secrets. */
export function excerptOf(text: string, redact: Credentials['redact']): string {
  return redact(text.slice(0, SEARCHED_LENGTH)).trim().slice(0, EXCERPT_LENGTH) || '(nothing)';
}

/** The host of the store or issuer. */
export function baseUrlOf({ account, baseUrl }: Asked): string {
  const url = baseUrl ?? account.endpoint?.baseUrl;
  if (url === undefined)
    throw new Error(`account '${account.name}' has no endpoint.baseUrl, and its provider gave none`);
  return url;
}

/** The shorter of the request's and the account's limit. */
export function timeLimitOf({ account: { timeoutMillis }, timeLimit }: Asked): TimeLimit {
  if (timeLimit !== undefined && timeLimit.millis < timeoutMillis) return timeLimit;
  return { millis: timeoutMillis, field: `the account's timeoutMillis (${timeoutMillis})` };
}

/** The error for an unsuccessful answer, including a 200 that contains an error. */
export function refusalError(asked: Asked, answer: HttpAnswer, refusal: Refusal, { redact }: Credentials): CanaryError {
  const { status, text, headers } = answer;
  if (status >= 300 && status < 400) return redirectError(asked, answer, redact);
  const said = excerptOf(refusal.text ?? text, redact);
  const remedy = refusal.remedy ?? (wantsTls(answer) ? WANTS_TLS : REMEDIES[status]);
  const retryAfterMillis = refusal.retryAfterMillis ?? readRetryAfter(headers['retry-after']);
  return new CanaryError(
    refusal.code ?? codeOf(status),
    `${requestLabel(asked)}: ${asked.issuer ?? 'the store'} answered ${status}: ${said}${remedy === undefined ? '' : ` - ${remedy}`}`,
    {
      answered: { status, url: addressOf(asked, redact) },
      ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
    },
  );
}

/** Where the question went: no query string, no name, no password. */
function addressOf(asked: Asked & { readonly path?: string }, redact: Credentials['redact']): string {
  const { origin, pathname } = new URL(baseUrlOf(asked));
  return redact(`${origin}${pathname.replace(/\/$/, '')}${asked.path?.split('?')[0] ?? ''}`);
}

/** An answer of success that cannot be read. */
export function unreadableError(asked: Asked, { text }: HttpAnswer, reason: string, { redact }: Credentials) {
  return new CanaryError(
    'METRICS_ANSWER_INVALID',
    `${requestLabel(asked)}: the answer cannot be read (${redact(reason)}); ${unreadableRemedy(text)} It answered: ` +
      excerptOf(text, redact),
  );
}

/** JSON of another shape comes from another interface; a page or a text from another server, or from one before it. */
function unreadableRemedy(text: string): string {
  if (!/^\s*[[{]/.test(text)) return 'is endpoint.baseUrl the address of the store itself?';
  if (jsonOf(text) === undefined) return 'does a proxy before the store break it off?';
  return "is it the account's type of store that answers at endpoint.baseUrl?";
}

/** Like {@link unreadableError}, for problems found while reading points. */
export function unreadableAnswer(request: OfMetric, reason: string): CanaryError {
  return new CanaryError('METRICS_ANSWER_INVALID', `${requestLabel(request)}: the answer cannot be read: ${reason}`);
}

/**
 * The error for no answer at all. The foreign error is not kept as the cause: it contains the request with its
 * credentials.
 */
export function networkError(asked: Asked, error: unknown, { redact }: Credentials): CanaryError {
  const { code } = error as { code?: unknown };
  const reason = redact(messageOf(error) || String(code));
  const { host } = new URL(baseUrlOf(asked));
  if (error instanceof AnswerTooLarge) {
    return new CanaryError(
      'METRICS_LIMIT_EXCEEDED',
      `${requestLabel(asked)}: the answer is larger than 64 MiB; aggregate or group the query, or use a longer step`,
    );
  }
  if (code === 'ETIMEDOUT') return timeoutError(asked, `connecting to ${host} timed out`);
  if (speaksPlainHttp(reason)) {
    return new CanaryError(
      'METRICS_STORE_UNAVAILABLE',
      `${requestLabel(asked)}: ${host} answers in plain HTTP, not HTTPS; begin endpoint.baseUrl with http://, or name the ` +
        'port that speaks TLS',
    );
  }
  return new CanaryError(
    'METRICS_STORE_UNAVAILABLE',
    `${requestLabel(asked)}: ${host} cannot be reached: ${reason}${code ? ` (${String(code)})` : ''}`,
  );
}

export function timeoutError(asked: Asked, reason: string): CanaryError {
  const issuer = asked.issuer === undefined ? '' : `${asked.issuer}: `;
  return new CanaryError(
    'METRICS_STORE_TIMEOUT',
    `${requestLabel(asked)}: ${issuer}${reason}; make the query cheaper or raise ${timeLimitOf(asked).field}`,
  );
}

export function canceledError(asked: Asked): CanaryError {
  return new CanaryError('EXECUTION_CANCELED', `${requestLabel(asked)}: canceled before the store answered`);
}

/** OpenSSL's words for a first byte that begins no TLS record. */
function speaksPlainHttp(reason: string): boolean {
  return /wrong version number|packet length too long|http request|unknown protocol/i.test(reason);
}

const WANTS_TLS = 'begin endpoint.baseUrl with https://: this port speaks TLS';

/** The words of Go's servers, nginx, Apache and Jetty for HTTP on a port of HTTPS. */
function wantsTls({ status, text }: HttpAnswer): boolean {
  return status === 400 && /HTTP request.{0,20}\bHTTPS\b|speaking plain HTTP to an SSL/i.test(text);
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: "check the account's credentials",
  403: "check the account's credentials and what they may read",
  404: "check the account's endpoint.baseUrl",
  413: 'shorten the query',
};

function codeOf(status: number): ErrorCode {
  if (status < 300) return 'METRICS_QUERY_REJECTED';
  if (status === 401 || status === 403 || status === 407) return 'METRICS_ACCESS_DENIED';
  if (status === 408 || status === 504) return 'METRICS_STORE_TIMEOUT';
  if (status === 413) return 'METRICS_LIMIT_EXCEEDED';
  if (status === 429) return 'METRICS_STORE_THROTTLED';
  return status >= 500 ? 'METRICS_STORE_UNAVAILABLE' : 'METRICS_QUERY_REJECTED';
}

/** Redirects are not followed: the request and its credentials are for this host only. */
function redirectError(asked: Asked, { status, headers }: HttpAnswer, redact: Credentials['redact']): CanaryError {
  const { location } = headers;
  const target = location === undefined ? 'nowhere' : excerptOf(location, redact);
  return new CanaryError(
    'METRICS_ANSWER_INVALID',
    `${requestLabel(asked)}: ${asked.issuer ?? 'the store'} answered ${status}, a redirect to ${target}; set the account's ` +
      'endpoint.baseUrl to the real address of the store, or set its credentials if that is a login page',
  );
}

/** `Retry-After` is a number of seconds or an HTTP date. */
function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(text)) return Number(text) * 1000;
  const millis = Date.parse(text);
  return Number.isNaN(millis) ? undefined : Math.max(0, millis - wallClock());
}
