import type { FastifyReply } from 'fastify';
import { CanaryError } from '../../errors.ts';

/**
 * Aborts when the client leaves before it has its answer. Fastify's own `request.signal` tells of the end of the
 * request: with a body that is at once, or never.
 */
export function clientSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished)
      gone.abort(new CanaryError('CLIENT_GONE', 'The client disconnected before the response was ready.'));
  });
  return gone.signal;
}
