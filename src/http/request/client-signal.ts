import type { FastifyReply } from 'fastify';
import { CanaryError } from '../../errors.ts';

/**
 * Aborts when the client disconnects before the response. Fastify's own `request.signal` reports the end of the request
 * instead: with a body that is at once, or never.
 */
export function clientSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished)
      gone.abort(new CanaryError('CLIENT_GONE', 'The client disconnected before the response was ready.'));
  });
  return gone.signal;
}
