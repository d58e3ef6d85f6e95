import { z } from 'zod';
import { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { CanaryError } from '../../errors.ts';
import { ErrorResponse } from '../errors.ts';
import type { HttpServer, Service } from '../service.ts';

/** `/metricSetPairList`: the series a run was judged on. */
export function metricSetPairListRoutes(http: HttpServer, { store, accounts }: Service): void {
  http.get(
    '/metricSetPairList/:metricSetPairListId',
    {
      schema: {
        operationId: 'getMetricSetPairList',
        summary: 'Get the series of a run',
        description: 'Control and experiment of every metric, as they were judged. A gap is the string "NaN".',
        tags: ['Stored series'],
        params: z.object({ metricSetPairListId: z.string() }),
        querystring: z.object({ accountName: z.string().optional().describe('a name of the store') }),
        response: { 200: z.array(MetricSetPair), 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params: { metricSetPairListId: id }, query }) => {
      accounts.storage(query.accountName, 'OBJECT_STORE');
      const pairs = await store.metricSetPairLists.get(id);
      if (pairs !== undefined) return pairs;
      throw new CanaryError('OBJECT_NOT_FOUND', `No such metric set pair list: '${id}'.`);
    },
  );
}
