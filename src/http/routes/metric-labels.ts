import { z } from 'zod';
import { MetricLabels } from '../../domain/metric-labels.ts';
import { labelsOf } from '../../engine/fetching/labels-of.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { clientSignal } from '../request/client-signal.ts';
import { requireAccounts } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';

/** `/metricsServices/{name}/labels`: what queries of a metric can select by. */
export function metricLabelRoutes(http: HttpServer, service: Service): void {
  const { metricExplorer } = service;
  http.get(
    '/metricsServices/:name/labels',
    {
      config: { permission: 'queries.send', of: 'nothing' },
      schema: {
        operationId: 'listMetricLabels',
        summary: 'List the labels of a metric',
        description:
          'The labels of the series that a metric had in the last minutes, with their values: what the editor offers ' +
          'while a query is written. Only accounts that can list series: those of type prometheus.',
        tags: ['Accounts'],
        params: z.object({ name: z.string().describe('a metrics account') }),
        querystring: z.object({ metric: z.string().min(1).max(500).describe('the name of the metric') }),
        response: { 200: MetricLabels, 400: ErrorResponse, 502: ErrorResponse, 503: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      requireAccounts(request, service, { metricsAccountName: params.name });
      const source = metricExplorer.seriesSource(params.name, clientSignal(reply));
      return labelsOf(query.metric, await source.series(query.metric));
    },
  );
}
