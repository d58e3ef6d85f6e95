import type { FastifyRequest } from 'fastify';
import { asCurrent } from '../../tracing/current-span.ts';
import type { OpenSpan, Tracing } from '../../tracing/tracing.ts';
import type { HttpServer } from '../service.ts';

const spans = new WeakMap<FastifyRequest, OpenSpan>();

/**
 * Traces requests that change something, and those that are part of a trace already: whoever polls for a verdict would
 * begin a trace each time.
 */
export function traceRequests(http: HttpServer, tracing: Tracing): void {
  http.addHook('onRequest', async (request) => {
    const { method, headers, routeOptions } = request;
    const { traceparent, tracestate } = headers as Readonly<Record<string, string | undefined>>;
    if (traceparent === undefined && (method === 'GET' || method === 'HEAD')) return;
    const route = routeOptions.url;
    const span = tracing.start({
      name: route === undefined ? method : `${method} ${route}`,
      kind: 'server',
      attributes: { 'http.request.method': method, 'http.route': route, 'url.scheme': request.protocol },
      parent: { traceparent, tracestate },
    });
    spans.set(request, span);
  });
  http.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else asCurrent(span, done);
  });
  http.addHook('onResponse', async (request, { statusCode }) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': statusCode });
    if (statusCode >= 500) span?.fail(String(statusCode));
    span?.end();
  });
}
