import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PrometheusAnswer } from '../../domain/prometheus-api.ts';
import { handleError, toCanaryError } from '../answer/errors.ts';
import type { HttpServer, Service } from '../service.ts';

/** A query has at most 8 KB, and a handful of parameters beside it. */
const BODY_LIMIT_BYTES = 64 * 1024;
const FORM = 'application/x-www-form-urlencoded';
// Its contract is Prometheus' own, with another shape of errors, so it is no part of ours.
const ROUTE = { config: { permission: 'runs.read' }, schema: { hide: true }, bodyLimit: BODY_LIMIT_BYTES } as const;

type Answer = (parameters: URLSearchParams, request: FastifyRequest) => Promise<PrometheusAnswer>;

/**
 * `/prometheus/api/v1`: the runs as series, for what reads Prometheus. Parameters come in the query string, or as a form
 * by POST, which clients of Prometheus try first.
 */
export function prometheusRoutes(http: HttpServer, { prometheus }: Service): void {
  void http.register(
    async (plugin) => {
      plugin.setErrorHandler(failAsPrometheus);
      plugin.addContentTypeParser(FORM, { parseAs: 'string' }, async (_request: FastifyRequest, body: string) => body);
      const add = (method: 'GET' | 'POST', url: string, answer: Answer) =>
        plugin.route({ method, url, ...ROUTE, handler: async (request) => answer(parametersOf(request), request) });
      const both = (url: string, answer: Answer) => {
        add('GET', url, answer);
        add('POST', url, answer);
      };
      both('/query', (parameters) => prometheus.query(parameters));
      both('/query_range', (parameters) => prometheus.queryRange(parameters));
      both('/labels', (parameters) => prometheus.labels(parameters));
      both('/series', (parameters) => prometheus.series(parameters));
      add('GET', '/label/:name/values', (parameters, { params }) =>
        prometheus.labelValues((params as { name: string }).name, parameters),
      );
      add('GET', '/metadata', (parameters) => prometheus.metadata(parameters));
      add('GET', '/status/buildinfo', () => prometheus.buildInfo());
    },
    { prefix: '/prometheus/api/v1' },
  );
}

/** Of the query string and of the form; `match[]` may be repeated, so they are no object. */
function parametersOf({ url, body }: FastifyRequest): URLSearchParams {
  const form = typeof body === 'string' ? new URLSearchParams(body) : [];
  return new URLSearchParams([...form, ...new URLSearchParams(url.split('?').slice(1).join('?'))]);
}

/** In Prometheus' shape, https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview. */
function failAsPrometheus(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message, code } = toCanaryError(error);
  if (code === 'INTERNAL') return handleError(error, request, reply);
  const errorType = status < 500 ? 'bad_data' : 'unavailable';
  return reply.code(status).send({ status: 'error', errorType, error: message });
}
