import type { LookupFunction } from 'node:net';
import { unescape as percentDecoded } from 'node:querystring';
import type { Readable } from 'node:stream';
import type { AxiosProxyConfig, AxiosRequestConfig, AxiosResponse } from 'axios';
import type { z } from 'zod';
import manifest from '../../../package.json' with { type: 'json' };
import { inSpan } from '../../../src/tracing/current-span.ts';
import { answeredBy, requestSpan } from '../../../src/tracing/request-span.ts';
import { monotonicClock } from '../../../src/waiting/clocks.ts';
import { startDeadline } from '../../../src/waiting/deadline.ts';
import { onePerTick } from '../../../src/waiting/one-per-tick.ts';
import { sleep } from '../../../src/waiting/sleep.ts';
import {
  type Authorize,
  accountCredentials,
  type Credentials,
  foreignCredentials,
  type Outgoing,
} from '../credentials/authorize.ts';
import type { HttpAccount } from './account.ts';
import { agentsOf, type HttpAgents } from './agents.ts';
import {
  type Asked,
  baseUrlOf,
  canceledError,
  type HttpAnswer,
  networkError,
  type Refusal,
  refusalError,
  timeLimitOf,
  timeoutError,
  unreadableError,
} from './failures.ts';
import { loadAxios } from './load-axios.ts';
import { parseJson } from './parse-json.ts';
import { maskPath } from './path-secrets.ts';
import { readBody } from './read-body.ts';

/** One request to an HTTP store. */
export interface HttpQuestion extends Asked {
  /** appended to the path of the base URL, with its query string */
  readonly path: string;
  /** GET without a body, POST with one */
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** at most one of these three */
  readonly form?: URLSearchParams;
  readonly json?: unknown;
  readonly text?: { readonly type: string; readonly text: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** media types; JSON when absent */
  readonly accept?: string;
  /** for another host than the store, such as a token issuer: the account's headers and credentials are not sent */
  readonly foreign?: boolean;
  /** bypasses the account's proxy: for addresses only this machine can reach */
  readonly direct?: boolean | undefined;
  /** a custom resolver for the host name; unused when a proxy resolves */
  readonly lookup?: LookupFunction | undefined;
  /** instead of the credentials every HTTP account may have */
  readonly authorize?: Authorize | undefined;
  /** Reads an unsuccessful answer. */
  readonly readRefusal?: (status: number, text: string, headers: AnswerHeaders) => Refusal;
  /** The pause the store asks for after this answer, in milliseconds, whatever its status. */
  readonly readPause?: (headers: AnswerHeaders) => number | undefined;
}

/** A request with a JSON answer. */
export interface JsonQuestion<Answer> extends HttpQuestion {
  /** the fields that are used, leniently */
  readonly Answer: z.ZodType<Answer>;
  /** Finds an error in a successful answer; parsed before {@link Answer}. */
  readonly readFailure?: (json: unknown) => Refusal | undefined;
}

export type AnswerHeaders = Readonly<Record<string, string | undefined>>;

/** A request whose answer is not one JSON document: CSV, lines, events. */
export interface TextAnswer {
  readonly text: string;
  readonly headers: AnswerHeaders;
  /** Creates the error for an error found in the text. */
  readonly refused: (refusal: Refusal) => Error;
  /** Creates the error for a text that cannot be parsed. */
  readonly unreadable: (reason: string) => Error;
}

/**
 * Sends one request immediately: no retry, no redirect, ends at the account's `timeoutMillis` or when `signal` aborts.
 * The engine limits concurrency. If the store rejects expired credentials, they are renewed and the request is repeated
 * once.
 *
 * @throws CanaryError METRICS_…, or EXECUTION_CANCELED when `signal` aborts
 */
export async function fetchJson<Answer>(question: JsonQuestion<Answer>, signal: AbortSignal): Promise<Answer> {
  const { answer, credentials } = await ask(question, signal);
  return parseAnswer(question, answer, credentials);
}

/** Like {@link fetchJson}, but the caller parses the whole answer. */
export async function fetchText(question: HttpQuestion, signal: AbortSignal): Promise<TextAnswer> {
  const { answer, credentials } = await ask(question, signal);
  return {
    text: answer.text,
    headers: answer.headers,
    refused: (refusal) => refusalError(question, answer, refusal, credentials),
    unreadable: (reason) => unreadableError(question, answer, reason, credentials),
  };
}

/** The end of each account's pause, by the monotonic clock. */
const pauses = new WeakMap<HttpAccount, number>();

async function ask(question: HttpQuestion, signal: AbortSignal) {
  const agents = await agentsOf(question.account);
  await outlastPause(question, signal);
  const outgoing = outgoingOf(question);
  const authorize =
    question.authorize ?? (question.foreign ? foreignCredentials : accountCredentials(question.account));
  let credentials = await authorize(outgoing, { signal, refused: false });
  let answer = await send({ question, outgoing, agents, credentials }, signal);
  if (mayBeTooOld(answer, credentials)) {
    credentials = await authorize(outgoing, { signal, refused: true });
    answer = await send({ question, outgoing, agents, credentials }, signal);
  }
  const pauseMillis = question.readPause?.(answer.headers);
  if (pauseMillis !== undefined) pauses.set(question.account, monotonicClock() + pauseMillis);
  if (answer.status === 206 && !question.account.allowPartial)
    throw refusalError(question, answer, PARTIAL, credentials);
  if (answer.status >= 200 && answer.status <= 299) return { answer, credentials };
  const refusal = question.readRefusal?.(answer.status, answer.text, answer.headers) ?? {};
  throw refusalError(question, answer, { retryAfterMillis: pauseMillis, ...refusal }, credentials);
}

const PARTIAL: Refusal = {
  code: 'METRICS_ANSWER_INVALID',
  text: 'Partial Content: the answer is partial',
  remedy: "accept it with the account's allowPartial",
};

function mayBeTooOld({ status, text }: HttpAnswer, { renewable = false }: Credentials): boolean {
  return typeof renewable === 'function' ? renewable(status, text) : renewable && status === 401;
}

async function outlastPause(question: HttpQuestion, signal: AbortSignal): Promise<void> {
  const { account } = question;
  const millis = (pauses.get(account) ?? 0) - monotonicClock();
  if (millis <= 0 || question.foreign) return;
  await sleep(Math.min(millis, account.timeoutMillis), signal).catch(() => {
    throw canceledError(question);
  });
}

function outgoingOf(question: HttpQuestion): Outgoing {
  const { account, path, headers, foreign } = question;
  const body = bodyOf(question);
  return {
    method: question.method ?? (body === undefined ? 'GET' : 'POST'),
    url: baseUrlOf(question).replace(/\/+$/, '') + path,
    headers: {
      Accept: question.accept ?? 'application/json',
      'Accept-Encoding': 'gzip',
      'User-Agent': `haldane/${manifest.version}`,
      ...(body === undefined ? {} : { 'Content-Type': body.type }),
      ...headers,
      ...(foreign ? {} : account.headers),
    },
    body: body?.text,
  };
}

function bodyOf({ form, json, text }: HttpQuestion): { type: string; text: string } | undefined {
  if (form !== undefined) return { type: 'application/x-www-form-urlencoded', text: form.toString() };
  if (json !== undefined) return { type: 'application/json', text: JSON.stringify(json) };
  return text;
}

interface Sending {
  readonly question: HttpQuestion;
  readonly outgoing: Outgoing;
  readonly agents: HttpAgents;
  readonly credentials: Credentials;
}

/** A trace ends at others than the store: token issuers are not asked to go on with it. */
function send(sending: Sending, signal: AbortSignal): Promise<HttpAnswer> {
  const { question, outgoing } = sending;
  const shape = () => requestSpan(outgoing.method, maskPath(outgoing.url, baseUrlOf(question)));
  return inSpan(shape, async (span) => {
    const answer = await sendWithin(sending, question.foreign ? {} : (span?.headers ?? {}), signal);
    answeredBy(span, answer.status);
    return answer;
  });
}

async function sendWithin(
  { question, outgoing, agents, credentials }: Sending,
  trace: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { account } = question;
  const { method, url, headers, body } = outgoing;
  const { millis } = timeLimitOf(question);
  const axios = await loadAxios();
  const deadline = startDeadline(millis, signal); // axios' own timeout starts again with every byte received
  let answering = false;
  try {
    const {
      status,
      data,
      headers: answered,
    }: AxiosResponse<Readable> = await axios.send({
      method,
      url,
      ...(body === undefined ? {} : { data: body }),
      headers: new axios.AxiosHeaders({ ...trace, ...headers, ...credentials.headers }),
      httpAgent: agents.httpAgent,
      httpsAgent: agents.httpsAgent,
      proxy: account.proxyUrl && !question.direct ? proxyOf(account.proxyUrl) : false,
      ...(question.lookup && !account.proxyUrl
        ? { lookup: question.lookup as NonNullable<AxiosRequestConfig['lookup']> }
        : {}),
      maxRedirects: 0,
      validateStatus: () => true,
      responseType: 'stream',
      signal: deadline.signal,
    });
    answering = true;
    return { status, text: await readBody(data, deadline, signal), headers: plainHeaders(answered) };
  } catch (error) {
    if (signal.aborted) throw canceledError(question);
    if (deadline.passed) throw timeoutError(question, `no answer within ${millis} ms`);
    if (!answering && !axios.isAxiosError(error)) throw error;
    throw networkError(question, error, credentials);
  } finally {
    deadline.clear();
  }
}

function proxyOf(url: string): AxiosProxyConfig {
  const { protocol, hostname, port, username, password } = new URL(url);
  return {
    protocol,
    host: hostname,
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    ...(username === '' ? {} : { auth: { username: percentDecoded(username), password: percentDecoded(password) } }),
  };
}

/** Names in lower case; a repeated header is dropped. */
function plainHeaders(headers: object): AnswerHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === 'string'));
}

async function parseAnswer<Answer>(
  question: JsonQuestion<Answer>,
  answer: HttpAnswer,
  credentials: Credentials,
): Promise<Answer> {
  let json: unknown;
  try {
    // Answers that arrive together are read one a turn.
    await onePerTick();
    json = await parseJson(answer.text);
  } catch {
    throw unreadableError(question, answer, 'not JSON', credentials);
  }
  const refusal = question.readFailure?.(json);
  if (refusal !== undefined) throw refusalError(question, answer, refusal, credentials);
  const parsed = question.Answer.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unreadableError(question, answer, `${issue?.path.join('.') || 'answer'}: ${issue?.message}`, credentials);
}
