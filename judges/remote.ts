import { z } from 'zod';
import { type CanaryJudge, type JudgeRequest, REMOTE_JUDGE } from '../src/domain/canary-judge.ts';
import { CanaryJudgeResult } from '../src/domain/canary-judge-result.ts';
import { fieldPath } from '../src/domain/values/field-path.ts';
import { dropNulls, toWireJson } from '../src/domain/values/wire-json.ts';
import { CanaryError, messageOf } from '../src/errors.ts';
import { type Connections, createConnections } from '../src/outbound/connections.ts';
import type { OutgoingAnswer } from '../src/outbound/send.ts';
import { backoffMillis } from '../src/waiting/backoff.ts';
import { sleep } from '../src/waiting/sleep.ts';

export interface RemoteJudgeSettings {
  /** `/judge` is appended; a user name and password in it are sent as basic authentication and never shown */
  readonly baseUrl: string;
  /** sent with every request, e.g. `authorization` */
  readonly headers?: Readonly<Record<string, string>>;
  /** for the connection, with its TLS handshake */
  readonly connectTimeoutMillis?: number;
  /** per attempt, from the first to the last byte */
  readonly readTimeoutMillis?: number;
  readonly attempts?: number;
  /** before the second attempt, with jitter from half to one and a half times; doubles with every further attempt */
  readonly backoffMillis?: number;
  readonly random?: () => number;
}

/** More than any result needs. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/**
 * Calls a remote judge: any service with Kayenta's `POST <baseUrl>/judge`, including another Haldane.
 *
 * Retries transient failures: no connection, no answer in time, a 5xx. A 4xx means the other judge rejected the request
 * and becomes JUDGEMENT_FAILED; anything else becomes JUDGE_UNAVAILABLE.
 */
export function createRemoteJudge(settings: RemoteJudgeSettings): CanaryJudge {
  const client = createClient(settings);
  return {
    name: REMOTE_JUDGE,
    visible: true,
    pairsLikeKayenta: true,
    passesSettingsOn: true,
    Settings,
    MetricSettings: z.looseObject({}),
    judge: (request, signal) => judge(client, request, signal),
  };
}

/** The remote judge's settings are unknown here: everything is passed on. */
const Settings = z.looseObject({
  remoteJudge: z
    .unknown()
    .optional()
    .meta({ title: 'Remote judge', description: 'the judge to use when the other service is a Haldane' }),
});

interface Client extends Required<Omit<RemoteJudgeSettings, 'baseUrl' | 'connectTimeoutMillis'>> {
  /** with the user name and password */
  readonly target: string;
  /** without them, for messages */
  readonly url: string;
  readonly connections: Connections;
}

/** The outcome of an attempt: an answer to parse, or why there is none yet. */
type Attempt = OutgoingAnswer | { readonly failure: string };

function createClient({ baseUrl, ...settings }: RemoteJudgeSettings): Client {
  const {
    connectTimeoutMillis = 30_000,
    readTimeoutMillis = 90_000,
    attempts = 3,
    backoffMillis: firstMillis = 500,
  } = settings;
  const target = `${baseUrl.replace(/\/+$/, '')}/judge`;
  const url = new URL(target);
  url.username = '';
  url.password = '';
  return {
    target,
    url: url.href,
    headers: settings.headers ?? {},
    readTimeoutMillis,
    attempts,
    backoffMillis: firstMillis,
    random: settings.random ?? Math.random,
    connections: createConnections({ connectTimeoutMillis }),
  };
}

async function judge(client: Client, request: JudgeRequest, signal: AbortSignal): Promise<CanaryJudgeResult> {
  const { canaryConfig, scoreThresholds, metricSetPairList, look } = request;
  // A service that is no Haldane may refuse what Kayenta does not send.
  const isHaldane = Boolean(canaryConfig.judge?.judgeConfigurations?.remoteJudge);
  const told = look !== undefined && isHaldane ? { look } : {};
  const body = toWireJson({ canaryConfig, scoreThresholds, metricSetPairList, ...told });
  for (let attempt = 1; ; attempt++) {
    const outcome = await ask(client, body, signal);
    if (signal.aborted) throw canceled(client, signal);
    if ('status' in outcome) return readAnswer(client, outcome);
    if (attempt >= client.attempts) throw unavailable(client, `${outcome.failure} (attempt ${attempt})`);
    const backoff = { firstMillis: client.backoffMillis, jitter: [0.5, 1.5], random: client.random } as const;
    await sleep(backoffMillis(attempt, backoff), signal).catch(() => undefined);
    if (signal.aborted) throw canceled(client, signal);
  }
}

async function ask(client: Client, body: string, signal: AbortSignal): Promise<Attempt> {
  const { target, headers, connections, readTimeoutMillis } = client;
  const message = {
    method: 'POST',
    url: target,
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body,
    connections,
    timeoutMillis: readTimeoutMillis,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  } as const;
  try {
    // Loaded when it is needed: the HTTP client is most of what the judges of a command line would have to load.
    const { send } = await import('../src/outbound/send.ts');
    const answer = await send(message, signal);
    return answer.status >= 500 ? { failure: `it answered ${answer.status}${saying(answer.text)}` } : answer;
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

function readAnswer(client: Client, { status, text }: OutgoingAnswer): CanaryJudgeResult {
  if (status >= 400) {
    throw new CanaryError('JUDGEMENT_FAILED', `The judge at ${client.url} answered ${status}${saying(text)}`);
  }
  if (status >= 300)
    throw unavailable(client, `it answered ${status}, a redirection; configure the address it leads to`);
  const value = parseJson(text);
  dropNulls(value);
  const result = CanaryJudgeResult.safeParse(withJavaDefaults(value));
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, MOST_PROBLEMS).map(({ path, message }) => {
    const field = fieldPath(path);
    return field === '' ? message : `${field}: ${message}`;
  });
  const message = `The judge at ${client.url} cannot be used: its answer is not a judge result (${problems.join('; ')}).`;
  throw new CanaryError('JUDGE_UNAVAILABLE', message, { cause: result.error });
}

const MOST_PROBLEMS = 3;

/** Kayenta reads an answer without these as if they were false, or empty. */
function withJavaDefaults(answer: unknown): unknown {
  const { results, groupScores, score, ...others } = (answer ?? {}) as Record<string, unknown>;
  const words = { classification: '', classificationReason: '' };
  return {
    ...others,
    results: withDefaults(results, { critical: false, muted: false }),
    groupScores: withDefaults(groupScores, words),
    score: isObject(score) ? { classificationReason: '', ...score } : score,
  };
}

function withDefaults(list: unknown, defaults: object): unknown {
  return Array.isArray(list) ? list.map((one) => (isObject(one) ? { ...defaults, ...one } : one)) : list;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The message of an error response, or the start of its text. */
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
