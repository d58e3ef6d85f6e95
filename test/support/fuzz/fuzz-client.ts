import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { FuzzRequest } from './fuzz-request.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FuzzClient {
  /** @throws Error without a complete answer in time */
  send(request: FuzzRequest): Promise<Answer>;
  close(): void;
}

/** Every request is answered within this time, however bad. */
export const ANSWER_MILLIS = 5000;

/** Sends requests over kept connections to a port of this machine. */
export function createFuzzClient(port: number, answerMillis = ANSWER_MILLIS): FuzzClient {
  const agent = new Agent({ keepAlive: true });
  return {
    send: (request) => sendOnce({ port, agent, answerMillis }, request),
    close: () => agent.destroy(),
  };
}

interface Connections {
  readonly port: number;
  readonly agent: Agent;
  readonly answerMillis: number;
}

function sendOnce(
  { port, agent, answerMillis }: Connections,
  { method, target, headers, body }: FuzzRequest,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const sent = httpRequest({
    host: '127.0.0.1',
    port,
    agent,
    method,
    path: target,
    headers: { ...length, ...headers },
    signal: AbortSignal.timeout(answerMillis),
  });
  let status: number | undefined;
  const fail = (cause: Error) => reject(new Error(`no whole answer: ${cause.message}`, { cause }));
  sent.on('response', (response) => {
    status = response.statusCode;
    const chunks: Buffer[] = [];
    const answer = () => ({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
    response.on('error', fail);
    response.on('end', () => resolve(answer()));
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (!response.headers['content-type']?.startsWith('text/event-stream')) return;
      // An event stream has responded with its first event; it ends with the run.
      resolve(answer());
      response.destroy();
    });
  });
  // The service may reject a long body and close the connection before all of it is sent.
  sent.on('error', (error) => status === undefined && fail(error));
  sent.end(body);
  return promise;
}
