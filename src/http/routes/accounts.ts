import { z } from 'zod';
import { AccountView } from '../../domain/account.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { MetricsAccount } from '../request/account-parameters.ts';
import { FOR_OPERATOR } from '../request/admin-guard.ts';
import { requireAccounts } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';

const tags = ['Accounts'];
const MetricsServiceView = z
  .object({
    name: z.string(),
    type: z.string(),
    locations: z.array(z.string()),
    recommendedLocations: z.array(z.string()),
  })
  .meta({ id: 'MetricsService' });

/** Accounts, and the metric names of their stores. */
export function accountRoutes(http: HttpServer, { accounts, metricExplorer }: Service): void {
  http.get(
    '/credentials',
    {
      config: { permission: 'accounts.read', of: 'nothing' },
      schema: {
        operationId: 'listCredentials',
        summary: 'List accounts',
        description: 'The accounts that requests can name, without secrets.',
        tags,
        response: { 200: z.array(AccountView) },
      },
    },
    async () => accounts.views(),
  );

  http.delete(
    '/credentials/:name',
    {
      config: { permission: 'admin', forOperator: true },
      schema: {
        operationId: 'removeCredentials',
        summary: 'Remove an account until the next start',
        description:
          'The configuration file does not change. Removing an unknown account succeeds; the store cannot be removed. ' +
          FOR_OPERATOR,
        tags,
        params: z.object({ name: z.string() }),
        response: { 200: z.undefined().describe('removed'), 400: ErrorResponse, 403: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      accounts.remove(params.name);
      return reply.code(200).send();
    },
  );

  http.get(
    '/metricsServices',
    {
      config: { permission: 'accounts.read', of: 'nothing' },
      schema: {
        operationId: 'listMetricsServices',
        summary: 'List metrics stores',
        description: 'The accounts of type METRICS_STORE.',
        tags,
        response: { 200: z.array(MetricsServiceView) },
      },
    },
    async () =>
      accounts
        .views()
        .filter(({ supportedTypes }) => supportedTypes.includes('METRICS_STORE'))
        .map(({ name, type, locations, recommendedLocations }) => ({ name, type, locations, recommendedLocations })),
  );

  http.get(
    '/metadata/metricsService',
    {
      config: { permission: 'queries.send', of: 'nothing' },
      schema: {
        operationId: 'listMetricDescriptors',
        summary: 'List metric names',
        description: 'Names that contain `filter`, ignoring case; empty for stores that cannot list names.',
        tags,
        querystring: MetricsAccount.extend({ filter: z.string().default('') }),
        response: { 200: z.array(z.looseObject({ name: z.string() })), 400: ErrorResponse },
      },
    },
    async (request) => {
      const { query } = request;
      requireAccounts(request, { accounts }, query);
      return metricExplorer.metadata(query.metricsAccountName, query.filter);
    },
  );
}
