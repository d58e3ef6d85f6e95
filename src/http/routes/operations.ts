import { z } from 'zod';
import { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { toRunAnswer } from '../../engine/answers/run.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { FOR_OPERATOR } from '../request/admin-guard.ts';
import type { HttpServer, Service } from '../service.ts';

const Health = z
  .object({
    status: z.enum(['UP', 'DOWN']),
    message: z.string().optional().describe('what to know although the service works: no metrics accounts'),
    components: z.looseObject({
      store: z.object({
        status: z.enum(['UP', 'DOWN']),
        error: z.string().optional().describe('why it cannot be written'),
      }),
      instance: z
        .object({ status: z.literal('OUT_OF_SERVICE'), message: z.string().describe('how to enable it') })
        .optional()
        .describe('only while this instance is disabled; it still counts as UP, since it finishes its runs'),
      metricsAccounts: z
        .object({
          status: z.enum(['UP', 'DOWN']),
          components: z.record(
            z.string(),
            z.object({
              status: z.enum(['UP', 'DOWN']),
              type: z.string(),
              error: z.string().optional().describe('why the account cannot be used'),
            }),
          ),
        })
        .optional()
        .describe('with `deep=true`: metrics accounts by name'),
    }),
  })
  .meta({ id: 'Health' });
const Id = z.object({ executionId: z.string() });
const tags = ['Operation'];

/** `/pipelines`, `/admin` and `/health`: for operators, and for Orca's cancel. */
export function operationRoutes(http: HttpServer, { runs, analyses, health }: Service): void {
  pipelineRoutes(http, { runs, analyses });

  http.post(
    '/admin/orca/instance/enabled',
    {
      config: { permission: 'admin', forOperator: true },
      schema: {
        operationId: 'setInstanceEnabled',
        summary: 'Drain this instance, or enable it again',
        description:
          'A disabled instance starts no more runs and finishes its current ones; `/health` and every page say so. ' +
          `It is enabled again by a restart. ${FOR_OPERATOR}`,
        tags,
        body: z.object({ enabled: z.boolean() }),
        response: { 200: z.undefined().describe('done'), 400: ErrorResponse, 403: ErrorResponse },
      },
    },
    async ({ body }, reply) => {
      runs.setEnabled(body.enabled);
      return reply.code(200).send();
    },
  );

  http.get(
    '/health',
    {
      config: { permission: 'public', permissionWith: { deep: 'accounts.read' } },
      schema: {
        operationId: 'getHealth',
        summary: 'Health',
        description:
          '200 when the service works, else 503. `deep=true` also sends every metrics account one cheap ' +
          'request, at most every ten seconds: for people and dashboards, not for probes that restart the ' +
          'service.',
        tags,
        querystring: z.object({ deep: z.enum(['true', 'false']).default('false') }),
        response: { 200: Health, 503: Health },
      },
    },
    async ({ query }, reply) => {
      const answer = await health.check(query.deep === 'true');
      return reply.code(answer.status === 'UP' ? 200 : 503).send(answer);
    },
  );
}

function pipelineRoutes(http: HttpServer, { runs, analyses }: Pick<Service, 'runs' | 'analyses'>): void {
  const ownerOf = async (id: string) => ((await analyses.has(id)) ? analyses : runs);
  http.put(
    '/pipelines/:executionId/cancel',
    {
      config: { permission: 'runs.start', of: 'execution' },
      schema: {
        operationId: 'cancelExecution',
        summary: 'Cancel a run or an analysis',
        description: 'Sets it to `canceled` at once; one that has ended does not change. Any body is ignored.',
        tags: ['Canary runs'],
        params: Id,
        response: { 202: z.undefined().describe('accepted'), 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await (await ownerOf(params.executionId)).cancel(params.executionId);
      return reply.code(202).send();
    },
  );

  http.get(
    '/pipelines',
    {
      config: { permission: 'runs.read' },
      schema: {
        operationId: 'listExecutionIds',
        summary: 'List the ids of all runs',
        description: 'Newest first.',
        tags,
        response: { 200: z.array(z.string()) },
      },
    },
    async () => runs.ids(),
  );

  http.get(
    '/pipelines/:executionId',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'getExecution',
        summary: 'Get a run',
        description: "Like `GET /canary/{id}`; Kayenta returns its engine's internal record here.",
        tags,
        params: Id,
        response: { 200: CanaryExecutionStatusResponse, 404: ErrorResponse },
      },
    },
    async ({ params }) => toRunAnswer(await runs.get(params.executionId)),
  );

  http.delete(
    '/pipelines/:executionId',
    {
      config: { permission: 'runs.delete', of: 'execution' },
      schema: {
        operationId: 'deleteExecution',
        summary: 'Delete a run or an analysis',
        description: 'Deletes one that has ended; 401 while it is active, as in Kayenta.',
        tags,
        params: Id,
        response: { 200: z.undefined().describe('deleted'), 401: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await (await ownerOf(params.executionId)).delete(params.executionId);
      return reply.code(200).send();
    },
  );
}
