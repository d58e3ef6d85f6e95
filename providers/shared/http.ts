import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { unescape as percentDecoded } from 'node:querystring';
import axios, { type AxiosProxyConfig } from 'axios';
import type { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import type { HttpAccount } from './http-account.ts';
import { type Credentials, readAccountFile, readCredentials } from './http-credentials.ts';
import {
  type Asked,
  canceledError,
  type HttpAnswer,
  networkError,
  type Refusal,
  refusalError,
  timeoutError,
  unreadableError,
} from './http-failures.ts';

/** One question to a store that speaks HTTP and answers JSON. */
export interface HttpQuestion<Answer> extends Asked {
  /** appended to the path of `endpoint.baseUrl` */
  readonly path: string;
  /** sent as a form with POST; without it the question is a GET */
  readonly form?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  /** the fields that are used, leniently */
  readonly Answer: z.ZodType<Answer>;
  readonly readRefusal?: (status: number, text: string) => Refusal;
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Asks once and at once: never retries, never follows a redirect, and ends with the account's `timeoutMillis` or with
 * `signal`. How many questions are under way is the engine's business.
 *
 * @throws CanaryError METRICS_…, or EXECUTION_CANCELED when `signal` aborts
 */
export async function fetchJson<Answer>(question: HttpQuestion<Answer>, signal: AbortSignal): Promise<Answer> {
  const client = await clientOf(question.account);
  return ask(question, client, signal);
}

interface Client {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  /** the files the agents were made from */
  readonly tlsFiles: string;
}

/** Connections of each account; they live as long as the account. The only state kept here. */
const clients = new WeakMap<HttpAccount, Client>();

/** Certificates are read anew for every question, so that rotated ones are used; agents change only with them. */
async function clientOf(account: HttpAccount): Promise<Client> {
  const { caFile, certFile, keyFile, insecureSkipVerify = false } = account.tls ?? {};
  const read = (field: string, path: string | undefined) => path && readAccountFile(account, `tls.${field}`, path);
  const [ca, cert, key] = [
    await read('caFile', caFile),
    await read('certFile', certFile),
    await read('keyFile', keyFile),
  ];
  const tlsFiles = JSON.stringify([ca, cert, key]);
  const known = clients.get(account);
  if (known?.tlsFiles === tlsFiles) return known;
  const client: Client = {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true, rejectUnauthorized: !insecureSkipVerify, ca, cert, key }),
    tlsFiles,
  };
  clients.set(account, client);
  return client;
}

async function ask<Answer>(question: HttpQuestion<Answer>, client: Client, signal: AbortSignal): Promise<Answer> {
  const credentials = await readCredentials(question.account);
  const answer = await send({ question, client, credentials }, signal);
  if (answer.status < 200 || answer.status > 299) {
    const refusal = question.readRefusal?.(answer.status, answer.text) ?? {};
    throw refusalError(question, answer, refusal, credentials);
  }
  return parseAnswer(question, answer, credentials);
}

interface Sending {
  readonly question: HttpQuestion<unknown>;
  readonly client: Client;
  readonly credentials: Credentials;
}

async function send({ question, client, credentials }: Sending, signal: AbortSignal): Promise<HttpAnswer> {
  const { account, path, form } = question;
  const deadline = startDeadline(account.timeoutMillis, signal);
  try {
    const { status, data, headers } = await axios.request<string>({
      method: form === undefined ? 'GET' : 'POST',
      url: account.endpoint.baseUrl.replace(/\/+$/, '') + path,
      ...(form === undefined ? {} : { data: form.toString() }),
      headers: headersOf(question, credentials),
      httpAgent: client.httpAgent,
      httpsAgent: client.httpsAgent,
      proxy: account.proxyUrl ? proxyOf(account.proxyUrl) : false,
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      validateStatus: () => true,
      responseType: 'text',
      transformResponse: (text) => text,
      signal: deadline.signal,
    });
    return {
      status,
      text: data ?? '',
      retryAfter: headerOf(headers['retry-after']),
      location: headerOf(headers.location),
    };
  } catch (error) {
    if (signal.aborted) throw canceledError(question);
    if (deadline.passed) throw timeoutError(question, `no answer within ${account.timeoutMillis} ms`);
    if (!axios.isAxiosError(error)) throw error;
    throw networkError(question, error, credentials);
  } finally {
    deadline.clear();
  }
}

/**
 * A deadline for a whole answer: axios' own timeout starts again with every byte received. Its signal aborts with
 * `signal` too; AbortSignal.any would do the same for a tenth of a request's cost.
 */
function startDeadline(millis: number, signal: AbortSignal) {
  const ended = new AbortController();
  const end = () => ended.abort();
  const timer = setTimeout(() => {
    deadline.passed = true;
    end();
  }, millis);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  const deadline = {
    signal: ended.signal,
    passed: false,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    },
  };
  return deadline;
}

function headersOf({ account, form, headers }: HttpQuestion<unknown>, { authorization }: Credentials) {
  return {
    Accept: 'application/json',
    'Accept-Encoding': 'gzip',
    'User-Agent': `haldane/${manifest.version}`,
    ...(form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
    ...headers,
    ...account.headers,
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  };
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

function headerOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parseAnswer<Answer>(question: HttpQuestion<Answer>, answer: HttpAnswer, credentials: Credentials): Answer {
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch {
    throw unreadableError(question, answer, 'not JSON', credentials);
  }
  const parsed = question.Answer.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unreadableError(question, answer, `${issue?.path.join('.') || 'answer'}: ${issue?.message}`, credentials);
}
