import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { CanaryConfig } from '../domain/canary-config.ts';
import type { Gate, GateCall, GateCanary, GateReply, GateRoute } from '../domain/gate.ts';
import type { GateCaller } from '../engine/gates/gates.ts';
import type { CanaryError } from '../errors.ts';
import { wallClock } from '../waiting/clocks.ts';
import { ErrorResponse, handleError, toCanaryError } from './answer/errors.ts';
import { ownAddress } from './answer/own-address.ts';
import { applicationFor, requireAccounts, requireApplications } from './request/scope.ts';
import type { HttpServer, RouteContext } from './service.ts';

/** Turns every gate into routes. */
export function gateRoutes(http: HttpServer, context: RouteContext): void {
  for (const gate of context.gates.all) {
    for (const route of gate.routes) addRoute(http, context, { gate, route });
  }
}

interface RouteOfGate {
  readonly gate: Gate;
  readonly route: GateRoute;
}

function addRoute(http: HttpServer, context: RouteContext, { gate, route }: RouteOfGate): void {
  const { engine } = context.gates;
  const { method, path, permission, operationId, summary, description } = route;
  http.route({
    method,
    url: path,
    config: { permission, of: 'chosen' },
    errorHandler: (error, request, reply) => refuse(route, { error, request, reply }),
    schema: {
      ...{ operationId, summary, description, tags: ['Gates'], params: route.Params },
      ...(route.Query === undefined ? {} : { querystring: route.Query }),
      ...(route.Body === undefined ? {} : { body: route.Body }),
      response: responsesOf(route),
    },
    handler: async (request, reply) => {
      const { params, query, body } = request;
      const call: GateCall = { params, query, body, nowMillis: wallClock() };
      const ask = route.toAsk(call);
      const admit: GateCaller['admit'] = (config, canary) => applicationOf(request, context, { config, canary });
      const caller = { gate: gate.name, address: ownAddress(request), admit };
      const answer = route.toReply(await engine.ask(caller, ask), call);
      if (answer.remember !== undefined) await engine.remember(caller, ask, answer.remember);
      return send(reply, answer);
    },
  });
}

interface Judged {
  readonly config: CanaryConfig;
  readonly canary: GateCanary | undefined;
}

/**
 * The application of a run that is asked for. What is known of a release is told to whoever has all applications of its
 * config.
 *
 * @throws CanaryError PERMISSION_DENIED
 */
function applicationOf(request: FastifyRequest, context: RouteContext, { config, canary }: Judged): string {
  requireApplications(request, config.applications ?? []);
  requireAccounts(request, context, { config, metricsAccountName: canary?.metricsAccountName });
  return applicationFor(request, canary?.application, config);
}

interface Refused {
  readonly error: FastifyError | CanaryError | Error;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** In the manner of the tool, which may show nothing else. */
function refuse({ toRefusal }: GateRoute, { error, request, reply }: Refused): FastifyReply {
  if (toRefusal === undefined) return handleError(error, request, reply);
  const { code, status, message } = toCanaryError(error);
  if (code === 'INTERNAL') request.log.error({ err: error }, 'request failed: internal error');
  return send(reply, toRefusal({ status, message }));
}

function send(reply: FastifyReply, { status, headers = {}, body }: GateReply): FastifyReply {
  reply.code(status).headers({ 'cache-control': 'no-store', ...headers });
  if (typeof body === 'string') return reply.type('text/plain; charset=utf-8').send(body);
  // A tool may rely on a field that is null.
  return reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(body);
}

function responsesOf({ replies, toRefusal }: GateRoute): Record<string, unknown> {
  const shapes = Object.entries(replies).map(([status, { description, schema }]) => [
    status,
    schema?.describe(description) ?? { description, content: Number(status) < 400 ? TEXT : TEXT_OR_JSON },
  ]);
  const refusals =
    toRefusal === undefined
      ? { 400: ErrorResponse, 404: ErrorResponse }
      : { default: { description: 'any other failure, as a sentence', content: TEXT_OR_JSON } };
  return { ...refusals, ...Object.fromEntries(shapes) };
}

const TEXT = { 'text/plain': { schema: { type: 'string' } } };
/** What is refused before its route is known, such as headers that are too large, is JSON everywhere. */
const TEXT_OR_JSON = { ...TEXT, 'application/json': { schema: ErrorResponse } };
