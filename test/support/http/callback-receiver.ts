import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startLoopback } from '../servers/loopback-server.ts';

export interface ReceivedCallback {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CallbackReceiver {
  readonly baseUrl: string;
  readonly received: readonly ReceivedCallback[];
  /** Resolves once this many have arrived. */
  until(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** A callback receiver; `answer` gets the number of the request, from 1, and returns 204 by default. */
export async function startReceiver(
  answer: (number: number, response: ServerResponse, request: IncomingMessage) => void = (_, response) =>
    response.writeHead(204).end(),
): Promise<CallbackReceiver> {
  const received: ReceivedCallback[] = [];
  const { baseUrl, server, stop } = await startLoopback(async (request, response) => {
    received.push({ path: request.url ?? '', headers: request.headers, body: await text(request) });
    answer(received.length, response, request);
    server.emit('callback');
  });
  return {
    baseUrl,
    received,
    until: async (count) => {
      while (received.length < count) await once(server, 'callback');
    },
    stop,
  };
}

/** The signature a receiver computes itself. */
export function expectedSignature(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`;
}
