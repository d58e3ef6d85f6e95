import type { Readable } from 'node:stream';
import type { AxiosRequestConfig } from 'axios';
import { messageOf } from '../errors.ts';
import { inSpan } from '../tracing/current-span.ts';
import { answeredBy, requestSpan } from '../tracing/request-span.ts';
import { startDeadline } from '../waiting/deadline.ts';
import type { Connections } from './connections.ts';

/** One request to a service that is not a metrics store. */
export interface OutgoingMessage {
  readonly method: 'GET' | 'POST';
  /** a user name and password in the URL are sent as basic authentication */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly connections: Connections;
  /** from connecting to the last byte of the answer */
  readonly timeoutMillis: number;
  /** limit of the response body; 0: only the status is read */
  readonly maxAnswerBytes: number;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly text: string;
}

/** There was no readable response. Contains neither the request nor its credentials. */
export class NoAnswer extends Error {
  /** whether the deadline passed */
  readonly late: boolean;

  constructor(reason: string, late: boolean) {
    super(reason);
    this.name = 'NoAnswer';
    this.late = late;
  }
}

/**
 * Sends one request, without a proxy, and returns any status. Redirects are not followed: the request and its
 * credentials are for this host only.
 *
 * @throws NoAnswer, or the reason of `signal` when it aborts
 */
export function send(message: OutgoingMessage, signal: AbortSignal): Promise<OutgoingAnswer> {
  // The path of a callback's address may be a secret.
  const shape = () => requestSpan(message.method, new URL('/', message.url).href);
  return inSpan(shape, async (span) => {
    const answer = await sendOne({ ...message, headers: { ...message.headers, ...span?.headers } }, signal);
    answeredBy(span, answer.status);
    return answer;
  });
}

async function sendOne(message: OutgoingMessage, signal: AbortSignal): Promise<OutgoingAnswer> {
  const { default: axios } = await import('axios'); // not at start: it loads all of Node's HTTP clients
  const deadline = startDeadline(message.timeoutMillis, signal);
  try {
    const config = { ...requestOf(message), signal: deadline.signal };
    if (message.maxAnswerBytes > 0) {
      const { status, data } = await axios.request<string>(config);
      return { status, text: data ?? '' };
    }
    const { status, data } = await axios.request<Readable>({ ...config, responseType: 'stream' });
    data.destroy();
    return { status, text: '' };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (deadline.passed) throw new NoAnswer(`no answer within ${message.timeoutMillis} ms`, true);
    throw new NoAnswer(reasonOf(error), false);
  } finally {
    deadline.clear();
  }
}

function requestOf({ method, url, headers, body, connections, maxAnswerBytes }: OutgoingMessage): AxiosRequestConfig {
  return {
    adapter: 'http',
    method,
    url,
    headers: { ...headers },
    ...(body === undefined ? {} : { data: body }),
    httpAgent: connections.httpAgent,
    httpsAgent: connections.httpsAgent,
    proxy: false,
    maxRedirects: 0,
    maxBodyLength: Number.POSITIVE_INFINITY,
    maxContentLength: maxAnswerBytes,
    validateStatus: () => true,
    responseType: 'text',
    transformRequest: (text) => text,
    transformResponse: (text) => text,
  };
}

/** When all of several addresses failed, Node's error has no message. */
function reasonOf(error: unknown): string {
  return messageOf(error) || ((error as NodeJS.ErrnoException).code ?? 'no connection');
}
