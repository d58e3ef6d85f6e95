import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { RouteContext } from '../service.ts';

const KEY = 'idempotency-key';

/** The header with which a client can repeat a start without starting twice. */
export const IdempotencyHeader = z.looseObject({
  [KEY]: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'repeating a request with the same key returns the same id, for 24 hours; a different request with ' +
        'that key is a 409',
    ),
});

interface Startable {
  readonly exists: (id: string) => Promise<boolean>;
  /** @param id absent: a new one */
  readonly start: (id: string | undefined) => Promise<string>;
}

/** Starts what the request asks for; once per key, if it has one. @returns the id */
export function startIdempotently(
  { startOnce }: RouteContext,
  request: FastifyRequest,
  { exists, start }: Startable,
): Promise<string> {
  const key = request.headers[KEY];
  if (typeof key !== 'string') return start(undefined);
  const { wait: _, ...query } = request.query as Record<string, unknown>;
  const asked = { path: request.url.split('?')[0], query, body: request.body };
  return startOnce({ key, asked, exists, start });
}
