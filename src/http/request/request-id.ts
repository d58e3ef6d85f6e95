import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpServer } from '../service.ts';

export const REQUEST_ID = 'x-request-id';

/** What proxies and clients send; anything else might break a line of a log. */
const SOUND = /^[\w.:+/=@-]{1,128}$/;

/** The id that whoever asks has given, or a new one. It is in the log and in the answer. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID];
  return typeof given === 'string' && SOUND.test(given) ? given : randomUUID();
}

/** Says in every answer which request it is. */
export function answerRequestId(http: HttpServer): void {
  http.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID, request.id);
    done();
  });
}
