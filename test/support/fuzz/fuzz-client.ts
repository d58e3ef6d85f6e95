import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { FuzzRequest } from './fuzz-request.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FuzzClient {
  /** @throws Error when there is no whole answer within {@link ANSWER_MILLIS} */
  send(request: FuzzRequest): Promise<Answer>;
  /** How many requests have been answered. */
  readonly answered: number;
  close(): void;
}

/** Every request is answered within this time, however bad. */
export const ANSWER_MILLIS = 5000;

/** Sends requests over kept connections to a port of this machine. */
export function createFuzzClient(port: number): FuzzClient {
  const agent = new Agent({ keepAlive: true });
  let answered = 0;
  return {
    get answered() {
      return answered;
    },
    async send(request) {
      const answer = await sendOnce(port, agent, request);
      answered++;
      return answer;
    },
    close: () => agent.destroy(),
  };
}

function sendOnce(port: number, agent: Agent, { method, target, headers, body }: FuzzRequest): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const sent = httpRequest({
    host: '127.0.0.1',
    port,
    agent,
    method,
    path: target,
    headers: { ...length, ...headers },
    signal: AbortSignal.timeout(ANSWER_MILLIS),
  });
  let status: number | undefined;
  sent.on('response', (response) => {
    status = response.statusCode;
    const chunks: Buffer[] = [];
    const answer = () => ({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
    response.on('error', reject);
    response.on('end', () => resolve(answer()));
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (!response.headers['content-type']?.startsWith('text/event-stream')) return;
      // A stream of events has answered with its first; it ends when the run does.
      resolve(answer());
      response.destroy();
    });
  });
  // The service may refuse a long body and close the connection before all of it is sent.
  sent.on(
    'error',
    (error) => status === undefined && reject(new Error(`no answer: ${error.message}`, { cause: error })),
  );
  sent.end(body);
  return promise;
}
