import type { Socket } from 'node:net';
import { CanaryError } from '../../errors.ts';
import type { HttpServer } from '../service.ts';

/** Connections beyond the limit that are answered at all: with a 503 in words, or with `/health`. */
const ANSWERED_BEYOND = 50;

/**
 * Answers 503 on connections beyond `server.maxConnections`, except to `/health`: a service that is busy need not be
 * restarted. Still more connections are closed at once.
 */
export function limitConnections(http: HttpServer, max: number): void {
  const beyond = new WeakSet<Socket>();
  let open = 0;
  http.server.maxConnections = max + ANSWERED_BEYOND;
  http.server.on('connection', (socket: Socket) => {
    open += 1;
    if (open > max) beyond.add(socket);
    socket.once('close', () => {
      open -= 1;
    });
  });
  http.addHook('onRequest', async ({ socket, routeOptions }, reply) => {
    if (!beyond.has(socket) || routeOptions.url === '/health') return;
    reply.header('connection', 'close');
    throw new CanaryError(
      'LIMIT_REACHED',
      `The service has ${max} open connections, as many as server.maxConnections allows; try again later.`,
      { retryAfterMillis: 1000 },
    );
  });
}

/**
 * Cuts off a client that reads nothing of its answer for so long: what it does not read is kept for it, and its
 * connection too. One that reads slowly is served.
 */
export function cutOffStalledClients(http: HttpServer, millis: number): void {
  http.addHook('onSend', async (request, reply) => {
    const { raw } = reply;
    raw.setTimeout(millis, () => {
      // A stream that has nothing to say is silent too.
      if (raw.writableLength === 0) return;
      request.log.warn({ path: request.routeOptions.url, millis }, 'client reads nothing, connection closed');
      raw.destroy();
    });
  });
}
