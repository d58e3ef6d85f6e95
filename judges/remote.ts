import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import { z } from 'zod';
import type { CanaryJudge, JudgeRequest } from '../src/domain/canary-judge.ts';
import { CanaryJudgeResult } from '../src/domain/canary-judge-result.ts';
import { dropNulls, toWireJson } from '../src/domain/values/wire-json.ts';
import { CanaryError, messageOf } from '../src/errors.ts';

export interface RemoteJudgeSettings {
  /** `/judge` is appended; a user name and password in it are sent as basic authentication and never shown */
  readonly baseUrl: string;
  /** sent with every request, e.g. `authorization` */
  readonly headers?: Readonly<Record<string, string>>;
  /** for the connection, with its TLS handshake */
  readonly connectTimeoutMillis?: number;
  /** for a whole attempt, from the first to the last byte */
  readonly readTimeoutMillis?: number;
  readonly attempts?: number;
  /** before the second attempt, half to one and a half times as long at random; doubles with every further one */
  readonly backoffMillis?: number;
}

/** More than any result needs. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/**
 * Asks a judge elsewhere: any service with Kayenta's `POST <baseUrl>/judge`, another Haldane among them.
 *
 * Repeats what may pass by itself: no connection, no answer in time, a 5xx. A 4xx is the other judge's verdict on the
 * request and is handed on as JUDGEMENT_FAILED; anything else ends as JUDGE_UNAVAILABLE.
 */
export function createRemoteJudge(settings: RemoteJudgeSettings): CanaryJudge {
  const client = createClient(settings);
  return { name: 'RemoteJudge-v1.0', visible: true, judge: (request, signal) => judge(client, request, signal) };
}

interface Client extends Required<Omit<RemoteJudgeSettings, 'baseUrl'>> {
  readonly url: string;
  readonly auth: { readonly username: string; readonly password: string } | undefined;
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What an attempt came to: an answer to read, or why there is none yet. */
type Attempt = Answer | { readonly failure: string; readonly cause?: unknown };

function createClient({ baseUrl, ...settings }: RemoteJudgeSettings): Client {
  const { connectTimeoutMillis = 30_000, readTimeoutMillis = 90_000, attempts = 3, backoffMillis = 500 } = settings;
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/judge`);
  const auth = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  url.username = '';
  url.password = '';
  return {
    url: url.href,
    auth: auth.username || auth.password ? auth : undefined,
    headers: settings.headers ?? {},
    connectTimeoutMillis,
    readTimeoutMillis,
    attempts,
    backoffMillis,
    httpAgent: limitConnecting(new HttpAgent(), 'connect', connectTimeoutMillis),
    httpsAgent: limitConnecting(new HttpsAgent(), 'secureConnect', connectTimeoutMillis),
  };
}

function limitConnecting<A extends HttpAgent>(agent: A, connected: 'connect' | 'secureConnect', millis: number): A {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    const giveUp = () => socket?.destroy(new Error(`no connection within ${millis} ms`));
    const timer = setTimeout(giveUp, millis);
    socket?.once(connected, () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    return socket;
  };
  return agent;
}

async function judge(client: Client, request: JudgeRequest, signal: AbortSignal): Promise<CanaryJudgeResult> {
  const { canaryConfig, scoreThresholds, metricSetPairList } = request;
  const body = toWireJson({ canaryConfig, scoreThresholds, metricSetPairList });
  for (let attempt = 1; ; attempt++) {
    const outcome = await ask(client, body, signal);
    if (signal.aborted) throw canceled(client, signal);
    if ('status' in outcome) return readAnswer(client, outcome);
    if (attempt >= client.attempts) throw unavailable(client, `${outcome.failure} (attempt ${attempt})`, outcome.cause);
    const pause = client.backoffMillis * 2 ** (attempt - 1) * (0.5 + Math.random());
    await wait(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw canceled(client, signal);
  }
}

async function ask(client: Client, body: string, signal: AbortSignal): Promise<Attempt> {
  const deadline = AbortSignal.timeout(client.readTimeoutMillis);
  try {
    const { status, data } = await axios.post<string>(client.url, body, {
      adapter: 'http',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...client.headers },
      ...(client.auth === undefined ? {} : { auth: client.auth }),
      httpAgent: client.httpAgent,
      httpsAgent: client.httpsAgent,
      proxy: false,
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      maxContentLength: MAX_ANSWER_BYTES,
      validateStatus: () => true,
      responseType: 'text',
      transformResponse: (text) => text,
      signal: AbortSignal.any([signal, deadline]),
    });
    const text = data ?? '';
    return status >= 500 ? { failure: `it answered ${status}${saying(text)}` } : { status, text };
  } catch (cause) {
    const failure = deadline.aborted ? `no answer within ${client.readTimeoutMillis} ms` : messageOf(cause);
    return { failure, cause };
  }
}

function readAnswer(client: Client, { status, text }: Answer): CanaryJudgeResult {
  if (status >= 400) {
    throw new CanaryError('JUDGEMENT_FAILED', `The judge at ${client.url} answered ${status}${saying(text)}`);
  }
  if (status >= 300)
    throw unavailable(client, `it answered ${status}, a redirection; configure the address it leads to`);
  const value = parseJson(text);
  dropNulls(value);
  const result = CanaryJudgeResult.safeParse(value);
  if (result.success) return result.data;
  throw unavailable(client, `its answer is not a judge result: ${z.prettifyError(result.error)}`, result.error);
}

/** The message of an error answer, or the beginning of whatever it says. */
function saying(text: string): string {
  const body = z.object({ message: z.string() }).safeParse(parseJson(text));
  const words = (body.success ? body.data.message : text).trim().slice(0, 500);
  return words === '' ? '' : `: ${words}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unavailable(client: Client, reason: string, cause?: unknown): CanaryError {
  const message = `The judge at ${client.url} cannot be used: ${reason}. Check the address and that it is running.`;
  return new CanaryError('JUDGE_UNAVAILABLE', message, cause === undefined ? {} : { cause });
}

function canceled(client: Client, signal: AbortSignal): CanaryError {
  return new CanaryError('EXECUTION_CANCELED', `Canceled while the judge at ${client.url} was asked.`, {
    cause: signal.reason,
  });
}
