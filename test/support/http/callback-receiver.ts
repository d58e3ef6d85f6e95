import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
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

/** Whether a receiver that knows the secret believes the message; the specification's own library checks it. */
export function isSignedWith(secret: string, { headers, body }: Pick<ReceivedCallback, 'headers' | 'body'>): boolean {
  const webhook = secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });
  try {
    webhook.verify(body, headers as Record<string, string>);
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
