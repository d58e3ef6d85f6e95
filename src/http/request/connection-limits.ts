import type { Socket } from 'node:net';
import { CanaryError } from '../../errors.ts';
import type { HttpServer } from '../service.ts';

/** Connections beyond the limit that are answered at all: with a 503 in words, or what probes ask for. */
const ANSWERED_BEYOND = 50;

const PROBES = ['/health', '/livez', '/readyz'];

/**
 * Answers 503 on connections beyond `server.maxConnections`, except to probes: a service that is busy need not be
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
    if (!beyond.has(socket) || PROBES.includes(routeOptions.url ?? '')) return;
    reply.header('connection', 'close');
    throw new CanaryError(
      'LIMIT_REACHED',
      `The service has ${max} open connections, as many as server.maxConnections allows; try again later.`,
      { retryAfterMillis: 1000 },
    );
  });
}
