import type { Measure } from '../../domain/service-metrics.ts';
import type { HttpServer } from '../service.ts';
import { toCanaryError } from './errors.ts';

/** Counts answers by the pattern of their route: an address may be anything. */
export function measureAnswers(http: HttpServer, measure: Measure): void {
  http.addHook('onError', async (_request, _reply, error) => {
    measure.count('haldane_http_errors_total', { error: toCanaryError(error).code });
  });
  http.addHook('onResponse', async ({ method, routeOptions: { url: route = 'none' } }, reply) => {
    measure.count('haldane_http_requests_total', { method, route, code: String(reply.statusCode) });
    measure.time('haldane_http_request_duration_seconds', reply.elapsedTime / 1000, { method, route });
  });
}
