import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CanaryAdhocExecutionRequest, CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { toRunAnswer } from '../../engine/answers/run.ts';
import type { StartRun } from '../../engine/runs/runs.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { ConfigurationAccount, MetricsAccount, StorageAccount } from '../request/account-parameters.ts';
import { bothParts } from '../request/adhoc-body.ts';
import { CallbackUrl } from '../request/callback-parameter.ts';
import { IdempotencyHeader, startIdempotently } from '../request/idempotency.ts';
import { StartWarnings, toStartWarnings } from '../request/start-warnings.ts';
import { waitMillis } from '../request/wait.ts';
import type { HttpServer, RouteContext } from '../service.ts';

const tags = ['Canary runs'];
const StartQuery = StorageAccount.extend(MetricsAccount.shape).extend({
  ...CallbackUrl.shape,
  application: z
    .string()
    .optional()
    .describe("the application that lists the run; default: the config's first, or `ad-hoc`"),
  parentPipelineExecutionId: z.string().optional().describe('returned unchanged'),
  wait: z
    .string()
    .optional()
    .describe('how long to wait for the end: 30s, 500ms, 2m. Also as `Prefer: wait=30`')
    .meta({ examples: ['30s'] }),
});
const ByConfigQuery = StartQuery.extend(ConfigurationAccount.shape);
const StartHeaders = IdempotencyHeader.extend({
  prefer: z.string().optional().describe('`wait=30` is the same as `?wait=30s`'),
});
const CanaryExecutionId = z
  .object({ canaryExecutionId: z.string(), warnings: StartWarnings })
  .meta({ id: 'CanaryExecutionResponse' });
const Started = z
  .union([CanaryExecutionId, CanaryExecutionStatusResponse])
  .describe('the id; the whole run if it ended within `wait`');

/** `POST /canary`: starts runs, with a stored config or the one in the request. */
export function canaryStartRoutes(http: HttpServer, context: RouteContext): void {
  const { runs, canaryConfigs, accounts, templatePacks, closing } = context;
  /** Before anything else, as in Kayenta, so that a wrong name is the error the client sees. */
  const checkAccounts = (query: z.infer<typeof StartQuery>) => {
    accounts.metricsStore(query.metricsAccountName);
    accounts.storage(query.storageAccountName, 'OBJECT_STORE');
  };
  const startAndWait = async (request: FastifyRequest, start: StartRun, millis: number) => {
    const canaryExecutionId = await startIdempotently(context, request, {
      exists: async (id) => (await runs.find(id)) !== undefined,
      start: (id) => runs.start({ ...start, id }),
    });
    const ended = millis > 0 && (await runs.waitFor(canaryExecutionId, millis, closing));
    if (ended) return toRunAnswer(await runs.get(canaryExecutionId));
    return { canaryExecutionId, ...toStartWarnings(runs.warnings(start)) };
  };

  http.post(
    '/canary',
    {
      schema: {
        operationId: 'startAdhocCanary',
        summary: 'Start a run with the config in the request',
        description: 'Validates the request, stores the run and returns its id before any query is sent.',
        tags,
        querystring: StartQuery,
        headers: StartHeaders,
        body: CanaryAdhocExecutionRequest,
        response: { 200: Started, 400: ErrorResponse, 409: ErrorResponse },
      },
    },
    async (request) => {
      const { wait, ...query } = request.query;
      const millis = waitMillis(wait, request.headers.prefer);
      checkAccounts(query);
      const { canaryConfig, executionRequest } = bothParts(request.body);
      const application = query.application ?? 'ad-hoc';
      const config = templatePacks.expand(canaryConfig);
      return startAndWait(
        request,
        { ...query, application, config, canaryConfigId: 'ad-hoc', request: executionRequest },
        millis,
      );
    },
  );

  http.post(
    '/canary/:canaryConfigId',
    {
      schema: {
        operationId: 'startCanary',
        summary: 'Start a run with a stored config',
        description: 'Like `POST /canary`, with a stored config; the run keeps its own copy of it.',
        tags,
        params: z.object({ canaryConfigId: z.string() }),
        querystring: ByConfigQuery,
        headers: StartHeaders,
        body: CanaryExecutionRequest,
        response: { 200: Started, 400: ErrorResponse, 404: ErrorResponse, 409: ErrorResponse },
      },
    },
    async (request) => {
      const { canaryConfigId } = request.params;
      const { wait, ...query } = request.query;
      const millis = waitMillis(wait, request.headers.prefer);
      checkAccounts(query);
      const configurationAccountName = accounts.storage(query.configurationAccountName, 'CONFIGURATION_STORE');
      const config = await canaryConfigs.get(canaryConfigId);
      const application = query.application ?? config.applications?.[0] ?? 'ad-hoc';
      return startAndWait(
        request,
        { ...query, application, configurationAccountName, config, canaryConfigId, request: request.body },
        millis,
      );
    },
  );
}
