import type { FastifyReply, FastifyRequest } from 'fastify';
import { CanaryError } from '../../errors.ts';
import type { HttpServer } from '../service.ts';
import { allowedMethods } from './allowed-methods.ts';

type Fail = (error: Error, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/**
 * Refuses what no route is there for: 405 with `Allow` where the path has other methods, else 404. Before the body is
 * read, so that neither its type nor its content is complained of. Only for routes that are added after it.
 *
 * @param fail answers the error: a page for people, JSON for programs
 */
export function refuseUnknownRoutes(http: HttpServer, fail: Fail): void {
  const methodsOf = allowedMethods(http);
  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    const { method, url } = request;
    const path = (url.split('?')[0] ?? '').replaceAll(/\/{2,}/g, '/');
    const allowed = methodsOf(path);
    if (allowed.length === 0) {
      const message = `No route ${method} ${path}; /docs lists the routes.`;
      return fail(new CanaryError('ROUTE_NOT_FOUND', message), request, reply);
    }
    const methods = allowed.join(', ');
    const message = `${method} is not allowed on ${path}; allowed: ${methods}.`;
    return fail(new CanaryError('METHOD_NOT_ALLOWED', message), request, reply.header('allow', methods));
  };
  http.addHook('onRequest', async (request, reply) => (request.is404 ? refuse(request, reply) : undefined));
  http.setNotFoundHandler(refuse);
}
