import { z } from 'zod';
import { AccountView } from '../../domain/account.ts';
import { ErrorResponse } from '../errors.ts';
import type { HttpServer, Service } from '../service.ts';

const Health = z
  .object({
    status: z.enum(['UP', 'DOWN']),
    components: z.record(z.string(), z.looseObject({ status: z.enum(['UP', 'DOWN']) })),
  })
  .meta({ id: 'Health' });

/** Accounts, cancellation and health. */
export function operationRoutes(http: HttpServer, { accounts, executions, store }: Service): void {
  http.get(
    '/credentials',
    {
      schema: {
        operationId: 'listCredentials',
        summary: 'List accounts',
        description: 'The accounts requests may name, without their secrets.',
        tags: ['Accounts'],
        response: { 200: z.array(AccountView) },
      },
    },
    async () => accounts.views(),
  );

  http.put(
    '/pipelines/:executionId/cancel',
    {
      schema: {
        operationId: 'cancelExecution',
        summary: 'Cancel a run',
        description: 'The run is `canceled` at once; one that has ended stays as it is. Any body is ignored.',
        tags: ['Canary runs'],
        params: z.object({ executionId: z.string() }),
        response: { 202: z.undefined().describe('accepted'), 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await executions.cancel(params.executionId);
      return reply.code(202).send();
    },
  );

  http.get(
    '/health',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'Health',
        description: '200 when the service can do its work, else 503.',
        tags: ['Operation'],
        response: { 200: Health, 503: Health },
      },
    },
    async (_request, reply) => {
      const status = await store.check().then(
        () => 'UP' as const,
        () => 'DOWN' as const,
      );
      return reply.code(status === 'UP' ? 200 : 503).send({ status, components: { store: { status } } });
    },
  );
}
