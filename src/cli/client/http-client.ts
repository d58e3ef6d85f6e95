import { messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';
import {
  type JsonAnswer,
  type Received,
  readJsonAnswer,
  readTextAnswer,
  type TextAnswer,
  toJsonBody,
} from './json-answer.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** A JSON service. An unreachable address is a CommandError; every other failure is returned. */
export interface HttpClient {
  readonly baseUrl: string;
  get(path: string, query?: Query, signal?: AbortSignal): Promise<JsonAnswer>;
  /** Whatever is there, as text. */
  text(path: string): Promise<TextAnswer>;
  send(method: SendMethod, path: string, options?: SendOptions): Promise<JsonAnswer>;
}

export type SendMethod = 'POST' | 'PUT' | 'DELETE';

export interface SendOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface HttpClientOptions {
  /** without a trailing slash */
  readonly baseUrl: string;
  /** its name in messages */
  readonly name: string;
  readonly timeoutMillis: number;
  /** sent as `Authorization: Bearer`, to this address only */
  readonly token?: string | undefined;
  /** what to do when it cannot be reached, for messages */
  readonly remedy?: string | undefined;
}

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

type Outcome = Received | { readonly reason: string };

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const request = (sent: Sent, tries = 1) => exchange(options, sent, tries);
  const urlOf = (path: string, query: Query = {}) => `${options.baseUrl}${pathWithQuery(path, query)}`;
  return {
    baseUrl: options.baseUrl,
    // The other side may close an idle connection just as we use it: retry reads once.
    get: async (path, query, signal) => asJson(await request({ method: 'GET', url: urlOf(path, query), signal }, 2)),
    async text(path) {
      const received = await request({ method: 'GET', url: urlOf(path), headers: { accept: '*/*' } }, 2);
      return 'status' in received ? readTextAnswer(received) : { ok: false, ...received };
    },
    send: async (method, path, { query, ...sent } = {}) =>
      asJson(await request({ method, url: urlOf(path, query), ...sent })),
  };
}

/** `/canary?wait=30s`; what is not given is left out. */
export function pathWithQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(Object.fromEntries(given.map(([key, value]) => [key, String(value)])))}`;
}

async function exchange(options: HttpClientOptions, sent: Sent, tries: number): Promise<Outcome> {
  const { baseUrl, name, timeoutMillis, token, remedy } = options;
  const { method, url, body, headers, signal } = sent;
  try {
    const answer = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: toJsonBody(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMillis), ...(signal === undefined ? [] : [signal])]),
    });
    const header = (name: string) => answer.headers.get(name) ?? undefined;
    return { status: answer.status, text: await answer.text(), header };
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as Error).name === 'TimeoutError') return { reason: `no answer in ${timeoutMillis} ms` };
    const code = codeOf(error);
    if (!CONNECTION_LOST.has(code)) {
      const message = `${name} cannot be reached at ${baseUrl}: ${code}${remedy === undefined ? '' : `; ${remedy}`}`;
      throw new CommandError(EXIT.unreachable, message, error);
    }
    if (tries > 1) return exchange(options, sent, tries - 1);
    return { reason: `the connection broke: ${code}` };
  }
}

function asJson(received: Outcome): JsonAnswer {
  return 'status' in received ? readJsonAnswer(received) : { ok: false, ...received };
}

/** The peer closed the connection. Every other failure to get a response means unreachable. */
const CONNECTION_LOST = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? messageOf(cause ?? error);
}
