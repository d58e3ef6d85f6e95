import { z } from 'zod';
import {
  type CanaryExecution,
  CanaryExecutionStatusResponse,
  EXECUTION_STATUS,
  type ExecutionStatus,
} from '../../domain/canary-execution.ts';
import { CanaryAdhocExecutionRequest, CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { StartRequest } from '../../engine/executions.ts';
import { toStatusResponse } from '../../engine/status-response.ts';
import { CanaryError } from '../../errors.ts';
import { ErrorResponse } from '../errors.ts';
import { integerParameter, ListParameter } from '../query-string.ts';
import type { HttpServer, Service } from '../service.ts';
import { waitMillis } from '../wait.ts';

const tags = ['Canary runs'];
const StorageQuery = z.object({
  storageAccountName: z.string().optional().describe('a name of the store; absent: the default'),
});
const StartQuery = StorageQuery.extend({
  application: z.string().optional().describe("under which the run is listed; absent: the config's first, or `ad-hoc`"),
  parentPipelineExecutionId: z.string().optional().describe('given back as it came'),
  metricsAccountName: z.string().optional().describe('which metrics store to ask; absent: the first'),
  wait: z
    .string()
    .optional()
    .describe('wait this long for the end: 30s, 500ms, 2m. Also as `Prefer: wait=30`')
    .meta({ examples: ['30s'] }),
});
const ByConfigQuery = StartQuery.extend({ configurationAccountName: z.string().optional() });
const StartHeaders = z.looseObject({ prefer: z.string().optional().describe('`wait=30`: as `?wait=30s`') });
const CanaryExecutionId = z.object({ canaryExecutionId: z.string() }).meta({ id: 'CanaryExecutionResponse' });
const Started = z
  .union([CanaryExecutionId, CanaryExecutionStatusResponse])
  .describe('the id; the whole run when it ended in the time waited');

/** Orca's words for the states of an execution; clients may filter by any of them. */
const ORCA_STATUSES = new Set(
  'NOT_STARTED RUNNING PAUSED SUSPENDED SUCCEEDED FAILED_CONTINUE TERMINAL CANCELED REDIRECT STOPPED SKIPPED BUFFERED'.split(
    ' ',
  ),
);

/** `/canary`: one analysis, started, read and listed. */
export function canaryRoutes(http: HttpServer, service: Service): void {
  startRoutes(http, service);
  const { executions, accounts } = service;

  http.get(
    '/canary/executions',
    {
      schema: {
        operationId: 'listCanaryExecutions',
        summary: 'List runs',
        description: 'The runs of one application, newest first, with their results.',
        tags,
        querystring: StorageQuery.extend({
          application: z.string().default('ad-hoc'),
          limit: integerParameter({ default: 20, min: 0, max: 1000 }),
          page: integerParameter({ default: 1, min: 1, max: 1_000_000 }),
          statuses: ListParameter.describe('such as succeeded,terminal; absent: all'),
        }),
        response: { 200: z.array(CanaryExecutionStatusResponse), 400: ErrorResponse },
      },
    },
    async ({ query }) => {
      accounts.storage(query.storageAccountName, 'OBJECT_STORE');
      const { application, limit, page, statuses } = query;
      const filter = { application, limit, offset: (page - 1) * limit, statuses: statuses && readStatuses(statuses) };
      return (await executions.list(filter)).map(toStatusResponse);
    },
  );

  http.get(
    '/canary/:canaryExecutionId',
    {
      schema: {
        operationId: 'getCanaryExecution',
        summary: 'Get a run',
        description:
          'How the run stands; with `result` once it has succeeded, with `exception` when it could not be judged.',
        tags,
        params: z.object({ canaryExecutionId: z.string() }),
        querystring: StorageQuery,
        response: { 200: CanaryExecutionStatusResponse, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params, query }) => {
      accounts.storage(query.storageAccountName, 'OBJECT_STORE');
      return toStatusResponse(await findRun(service, params.canaryExecutionId));
    },
  );
}

/** A run; the id of something else that is executed is a 400, with the names Kayenta has for them. */
async function findRun(
  { executions, standaloneAnalyses, judgeComparisons }: Service,
  id: string,
): Promise<CanaryExecution> {
  const execution = await executions.find(id);
  if (execution !== undefined) return execution;
  const isAnalysis = await standaloneAnalyses.has(id);
  if (!isAnalysis && !(await judgeComparisons.has(id))) return executions.get(id);
  const name = isAnalysis ? 'Standalone Canary Analysis Pipeline' : 'Judge Comparison';
  throw new CanaryError(
    'EXECUTION_KIND',
    "Only named pipelines of 'Standard Canary Pipeline' can be converted to a CanaryExecutionStatusResponse object, " +
      `'${name}' received`,
  );
}

function startRoutes(http: HttpServer, { executions, canaryConfigs, accounts }: Service): void {
  /** As in Kayenta before anything else, so that a wrong name is what the client is told of. */
  const checkAccounts = (query: z.infer<typeof StartQuery>) => {
    accounts.metricsStore(query.metricsAccountName);
    accounts.storage(query.storageAccountName, 'OBJECT_STORE');
  };
  const startAndWait = async (start: StartRequest, millis: number) => {
    const canaryExecutionId = await executions.start(start);
    const ended = millis > 0 && (await executions.waitFor(canaryExecutionId, millis));
    return ended ? toStatusResponse(await executions.get(canaryExecutionId)) : { canaryExecutionId };
  };

  http.post(
    '/canary',
    {
      schema: {
        operationId: 'startAdhocCanary',
        summary: 'Start a run with a config of its own',
        description: 'Checks the request, stores the run and answers its id before any query is sent.',
        tags,
        querystring: StartQuery,
        headers: StartHeaders,
        body: CanaryAdhocExecutionRequest,
        response: { 200: Started, 400: ErrorResponse },
      },
    },
    async ({ body: { canaryConfig, executionRequest }, query: { wait, ...query }, headers }) => {
      const millis = waitMillis(wait, headers.prefer);
      checkAccounts(query);
      if (canaryConfig === undefined) missing('canaryConfig must be provided for ad-hoc requests');
      if (executionRequest === undefined) missing('executionRequest must be provided for ad-hoc requests');
      const application = query.application ?? 'ad-hoc';
      return startAndWait(
        { ...query, application, config: canaryConfig, canaryConfigId: 'ad-hoc', request: executionRequest },
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
        description: 'As the run without a stored config; the run keeps its own copy of the config.',
        tags,
        params: z.object({ canaryConfigId: z.string() }),
        querystring: ByConfigQuery,
        headers: StartHeaders,
        body: CanaryExecutionRequest,
        response: { 200: Started, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params: { canaryConfigId }, body, query: { wait, ...query }, headers }) => {
      const millis = waitMillis(wait, headers.prefer);
      checkAccounts(query);
      const configurationAccountName = accounts.storage(query.configurationAccountName, 'CONFIGURATION_STORE');
      const config = await canaryConfigs.get(canaryConfigId);
      const application = query.application ?? config.applications?.[0] ?? 'ad-hoc';
      return startAndWait(
        { ...query, application, configurationAccountName, config, canaryConfigId, request: body },
        millis,
      );
    },
  );
}

function readStatuses(words: readonly string[]): ExecutionStatus[] {
  const upper = words.map((word) => word.trim().toUpperCase());
  const unknown = upper.find((word) => !ORCA_STATUSES.has(word));
  if (unknown !== undefined) {
    throw new CanaryError(
      'REQUEST_INVALID',
      `statuses: '${unknown}' is not known; known: ${[...ORCA_STATUSES].join(', ')}`,
    );
  }
  return upper.map((word) => word.toLowerCase()).filter((word): word is ExecutionStatus => word in EXECUTION_STATUS);
}

function missing(message: string): never {
  throw new CanaryError('REQUEST_INVALID', message);
}
