import type { HttpServer, RouteContext } from '../service.ts';

const TEXT = { schema: { type: 'string' } } as const;
const Exposition = {
  description: "Prometheus' text format, or OpenMetrics where the request accepts it",
  content: { 'text/plain': TEXT, 'application/openmetrics-text': TEXT },
};

/** `/metrics`: the service's own metrics. */
export function metricsRoutes(http: HttpServer, { metrics, metricsAreOpen }: RouteContext): void {
  http.get(
    '/metrics',
    {
      config: { permission: metricsAreOpen ? 'public' : 'metrics.read' },
      schema: {
        operationId: 'getMetrics',
        summary: "The service's own metrics",
        description:
          'For Prometheus to scrape. `haldane_runs_unfinished` and the age of the queue are of the store that all ' +
          'replicas share, everything else of this process. With `telemetry.metrics.open` it needs no authentication.',
        tags: ['Operation'],
        response: { 200: Exposition },
      },
    },
    async (request, reply) => {
      const { contentType, text } = await metrics.text(request.headers.accept ?? '');
      return reply.type(contentType).send(text);
    },
  );
}
