import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PrometheusAnswer, PrometheusAsked } from '../../domain/prometheus-api.ts';
import { handleError, toCanaryError } from '../answer/errors.ts';
import { listedFor } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';

/** A query has at most 8 KB, and a handful of parameters beside it. */
const BODY_LIMIT_BYTES = 64 * 1024;
const FORM = 'application/x-www-form-urlencoded';
// Its contract is Prometheus' own, with another shape of errors, so it is no part of ours.
const ROUTE = {
  config: { permission: 'runs.read', of: 'chosen' },
  schema: { hide: true },
  bodyLimit: BODY_LIMIT_BYTES,
} as const;

type Answer = (asked: PrometheusAsked, request: FastifyRequest) => Promise<PrometheusAnswer>;

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
        plugin.route({ method, url, ...ROUTE, handler: async (request) => answer(askedBy(request), request) });
      const both = (url: string, answer: Answer) => {
        add('GET', url, answer);
        add('POST', url, answer);
      };
      both('/query', (asked) => prometheus.query(asked));
      both('/query_range', (asked) => prometheus.queryRange(asked));
      both('/labels', (asked) => prometheus.labels(asked));
      both('/series', (asked) => prometheus.series(asked));
      add('GET', '/label/:name/values', (asked, { params }) =>
        prometheus.labelValues(asked, (params as { name: string }).name),
      );
      add('GET', '/metadata', (asked) => prometheus.metadata(asked));
      add('GET', '/status/buildinfo', () => prometheus.buildInfo());
    },
    { prefix: '/prometheus/api/v1' },
  );
}

/** Parameters of the form and of the query string; `match[]` may be repeated, so they are no object. */
function askedBy(request: FastifyRequest): PrometheusAsked {
  const { url, body } = request;
  const form = typeof body === 'string' ? new URLSearchParams(body) : [];
  const parameters = new URLSearchParams([...form, ...new URLSearchParams(url.split('?').slice(1).join('?'))]);
  return { parameters, applications: listedFor(request, []) };
}

/** In Prometheus' shape, https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview. */
function failAsPrometheus(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message, code } = toCanaryError(error);
  if (code === 'INTERNAL') return handleError(error, request, reply);
  const errorType = status < 500 ? 'bad_data' : 'unavailable';
  return reply.code(status).send({ status: 'error', errorType, error: message });
}
