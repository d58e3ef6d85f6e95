import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HttpServer, RouteContext } from '../service.ts';

const KEY = 'idempotency-key';

/** The header with which a client can repeat a start without starting twice. */
export const IdempotencyHeader = z.looseObject({
  [KEY]: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'repeating a request with the same key returns the same id, for 24 hours, with the header ' +
        '`Idempotent-Replayed: true`; a different request with that key is a 409',
    ),
});

/** As they were sent: `now-30m` is the same request a minute later, what is read from it is not. */
const sentBodies = new WeakMap<FastifyRequest, unknown>();

/** Keeps what a start with a key sends, before it is read. */
export function keepSentBodies(http: HttpServer): void {
  http.addHook('preValidation', async (request) => {
    if (request.headers[KEY] !== undefined) sentBodies.set(request, request.body);
  });
}

interface Startable {
  readonly exists: (id: string) => Promise<boolean>;
  /** @param id absent: a new one */
  readonly start: (id: string | undefined) => Promise<string>;
  readonly reply: FastifyReply;
}

/** Starts what the request asks for; once per key, if it has one. The answer says whether it did. @returns the id */
export async function startIdempotently(
  { startOnce }: RouteContext,
  request: FastifyRequest,
  { exists, start, reply }: Startable,
): Promise<string> {
  const key = request.headers[KEY];
  if (typeof key !== 'string') return start(undefined);
  const { wait: _, ...query } = request.query as Record<string, unknown>;
  const asked = { path: request.url.split('?')[0], query, body: sentBodies.get(request) };
  let isNew = false;
  const startNew = (id: string) => {
    isNew = true;
    return start(id);
  };
  const id = await startOnce({ key, asked, exists, start: startNew });
  if (!isNew) reply.header('idempotent-replayed', 'true');
  return id;
}
