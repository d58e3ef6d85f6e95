import type { FastifyRequest } from 'fastify';
import { isLoopbackAddress } from '../../domain/values/loopback.ts';
import { CanaryError } from '../../errors.ts';
import type { HttpServer } from '../service.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** whether the route is for the operator: answered on this machine only, unless `server.remoteAdmin` is set */
    forOperator?: boolean;
  }
}

/** For the description of such a route. */
export const FOR_OPERATOR =
  'Without authentication, answered on the machine of the service only, unless `server.remoteAdmin` is set.';

/** What a proxy adds: behind one on this machine every client looks local. */
const FORWARDING_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** Answers routes `forOperator` to clients on this machine only, where there is no authentication. */
export function guardOperatorRoutes(http: HttpServer, remoteAdmin: boolean): void {
  if (remoteAdmin) return;
  http.addHook('onRequest', async (request) => {
    if (request.routeOptions.config?.forOperator !== true || isLocal(request)) return;
    throw new CanaryError(
      'ADMIN_REMOTE',
      `${request.method} ${request.routeOptions.url} is answered on the machine of the service only: send it there, ` +
        'to 127.0.0.1 and not through a proxy, or set server.remoteAdmin: true.',
    );
  });
}

function isLocal({ socket, headers }: FastifyRequest): boolean {
  return (
    isLoopbackAddress(socket.remoteAddress ?? '') && FORWARDING_HEADERS.every((name) => headers[name] === undefined)
  );
}
