import { messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';

/** The outcome of a request that reached the other side. */
export type JsonAnswer =
  | { readonly ok: true; readonly body: unknown }
  /** `status` is absent when there was no answer in time, or the connection broke */
  | { readonly ok: false; readonly status?: number; readonly reason: string };

export type Query = Readonly<Record<string, string | number | undefined>>;

/** A JSON service. An unreachable address is a CommandError; every other failure is returned. */
export interface HttpClient {
  readonly baseUrl: string;
  get(path: string, query?: Query): Promise<JsonAnswer>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, options?: SendOptions): Promise<JsonAnswer>;
}

interface SendOptions {
  readonly query?: Query;
  readonly body?: unknown;
}

interface HttpClientOptions {
  /** without a trailing slash */
  readonly baseUrl: string;
  /** its name in messages */
  readonly name: string;
  readonly timeoutMillis: number;
}

export function createHttpClient({ baseUrl, name, timeoutMillis }: HttpClientOptions): HttpClient {
  async function request(method: string, url: string, body?: unknown, tries = 1): Promise<JsonAnswer> {
    try {
      const answer = await fetch(url, {
        method,
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body, writeNumber) }),
        signal: AbortSignal.timeout(timeoutMillis),
      });
      return readAnswer(answer.status, await answer.text());
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') return { ok: false, reason: `no answer in ${timeoutMillis} ms` };
      const code = codeOf(error);
      if (!CONNECTION_LOST.has(code)) {
        throw new CommandError(EXIT.unreachable, `${name} cannot be reached at ${baseUrl}: ${code}`, error);
      }
      if (tries > 1) return request(method, url, body, tries - 1);
      return { ok: false, reason: `the connection broke: ${code}` };
    }
  }
  const urlOf = (path: string, query: Query = {}) => `${baseUrl}${path}${queryText(query)}`;
  return {
    baseUrl,
    // The other side may close an idle connection just as we use it: retry reads once.
    get: (path, query) => request('GET', urlOf(path, query), undefined, 2),
    send: (method, path, { query, body } = {}) => request(method, urlOf(path, query), body),
  };
}

/** JSON has no NaN: it is a string on the wire. `null` stays, since it has a meaning in a judge's settings. */
function writeNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** The peer closed the connection. Every other failure to get a response means unreachable. */
const CONNECTION_LOST = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? messageOf(cause ?? error);
}

function queryText(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(Object.fromEntries(given.map(([key, value]) => [key, String(value)])))}`;
}

function readAnswer(status: number, text: string): JsonAnswer {
  const read = parseJson(text);
  if (status < 200 || status > 299) return { ok: false, status, reason: `${status}: ${problemIn(read.body, text)}` };
  return read.problem === undefined
    ? { ok: true, body: read.body }
    : { ok: false, status, reason: `not JSON: ${read.problem}` };
}

function parseJson(text: string): { readonly body?: unknown; readonly problem?: string } {
  try {
    return text === '' ? {} : { body: JSON.parse(text) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** The text of an error response: Kayenta's and ours have `message`, Spring's problem documents `detail`. */
function problemIn(body: unknown, text: string): string {
  const { message, detail, error } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const said = [message, detail, error].find((part) => typeof part === 'string' && part !== '');
  return typeof said === 'string' ? said : text.slice(0, 200) || 'no reason given';
}
