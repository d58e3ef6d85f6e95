import { z } from 'zod';
import { VERDICTS } from '../../domain/canary-judge-result.ts';
import { CanaryExecutionStatusResponse, EXECUTION_STATUS, type ExecutionStatus, type Run } from '../../domain/run.ts';
import { Instant, instantMillis } from '../../domain/values/instant.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { toRunAnswer } from '../../engine/answers/run.ts';
import { CanaryError } from '../../errors.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { sendJsonList } from '../answer/json-list.ts';
import { StorageAccount } from '../request/account-parameters.ts';
import { readCursor, writeCursor } from '../request/cursor.ts';
import { findRun } from '../request/find-run.ts';
import { integerParameter, ListParameter } from '../request/query-string.ts';
import { listedFor } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';

const tags = ['Canary runs'];
const Id = z.object({ id: z.string().describe('id of the run') });
const CURSOR_HEADER = 'x-next-cursor';
const ListQuery = StorageAccount.extend({
  application: z.string().default('ad-hoc').describe('`*` lists the runs of all applications'),
  limit: integerParameter({ default: 20, min: 0, max: 1000 }),
  page: integerParameter({ default: 1, min: 1, max: 1_000_000 }),
  statuses: ListParameter.describe('such as succeeded,terminal; default: all'),
  verdicts: ListParameter.describe('Pass, Marginal, Fail; default: all'),
  canaryConfigId: z.string().optional().describe('id of a stored config, or `ad-hoc`'),
  from: Instant.optional().describe('only runs accepted at or after this'),
  to: Instant.optional().describe('only runs accepted before this'),
  cursor: z
    .string()
    .optional()
    .describe(`the header \`${CURSOR_HEADER}\` of the previous page; pages stay stable while runs are added`),
});

/** Orca's names for the states of an execution; clients may filter by any of them. */
const ORCA_STATUSES = new Set(
  'NOT_STARTED RUNNING PAUSED SUSPENDED SUCCEEDED FAILED_CONTINUE TERMINAL CANCELED REDIRECT STOPPED SKIPPED BUFFERED'.split(
    ' ',
  ),
);

/** `/canary`: runs, listed, read, canceled and deleted. */
export function canaryRoutes(http: HttpServer, service: Service): void {
  listRoute(http, service);
  readRoute(http, service);
  endRoutes(http, service);
}

function listRoute(http: HttpServer, { runs, accounts }: Service): void {
  http.get(
    '/canary/executions',
    {
      config: { permission: 'runs.read', of: 'chosen' },
      schema: {
        operationId: 'listCanaryExecutions',
        summary: 'List runs',
        description: `Runs of one application, newest first, with results. Pass \`${CURSOR_HEADER}\` as \`cursor\` for the next page.`,
        tags,
        querystring: ListQuery,
        response: { 200: z.array(CanaryExecutionStatusResponse), 400: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { query } = request;
      accounts.storage(query.storageAccountName, 'OBJECT_STORE');
      const found = await runs.list({ ...toFilter(query), within: listedFor(request, namedIn(query)) });
      const last = found.positions.at(-1);
      const isFull = found.positions.length === query.limit;
      if (last !== undefined && isFull) reply.header(CURSOR_HEADER, writeCursor(last));
      return sendJsonList(reply, answersOf(found.runs));
    },
  );
}

/** With results, thousands of metrics: one is written while the others wait. */
async function* answersOf(runs: AsyncIterable<Run>): AsyncGenerator<string> {
  for await (const run of runs) yield toWireJson(toRunAnswer(run));
}

function readRoute(http: HttpServer, service: Service): void {
  http.get(
    '/canary/:id',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'getCanaryExecution',
        summary: 'Get a run',
        description:
          "The run's status; with `result` once it has succeeded, with `exception` if it could not be judged.",
        tags,
        params: Id,
        querystring: StorageAccount,
        response: { 200: CanaryExecutionStatusResponse, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params, query }) => {
      service.accounts.storage(query.storageAccountName, 'OBJECT_STORE');
      return toRunAnswer(await findRun(service, params.id));
    },
  );
}

function endRoutes(http: HttpServer, service: Service): void {
  const { runs } = service;
  http.put(
    '/canary/:id/cancel',
    {
      config: { permission: 'runs.start', of: 'execution' },
      schema: {
        operationId: 'cancelCanaryExecution',
        summary: 'Cancel a run',
        description: 'Sets the run to `canceled` at once; a run that has ended does not change. Any body is ignored.',
        tags,
        params: Id,
        response: { 202: z.undefined().describe('accepted'), 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await runs.cancel((await findRun(service, params.id)).id);
      return reply.code(202).send();
    },
  );

  http.delete(
    '/canary/:id',
    {
      config: { permission: 'runs.delete', of: 'execution' },
      schema: {
        operationId: 'deleteCanaryExecution',
        summary: 'Delete a run',
        description:
          'Deletes a run that has ended; 401 while it is active. Its series stay until they are old (`retention`).',
        tags,
        params: Id,
        response: {
          204: z.undefined().describe('deleted'),
          400: ErrorResponse,
          401: ErrorResponse,
          404: ErrorResponse,
        },
      },
    },
    async ({ params }, reply) => {
      await runs.delete((await findRun(service, params.id)).id);
      return reply.code(204).send();
    },
  );
}

function namedIn({ application }: z.infer<typeof ListQuery>): string[] {
  return application === '*' ? [] : [application];
}

function toFilter(query: z.infer<typeof ListQuery>) {
  const { application, limit, page, statuses, verdicts, canaryConfigId, from, to, cursor } = query;
  return {
    application: application === '*' ? undefined : application,
    statuses: statuses && readStatuses(statuses),
    verdicts: verdicts && readVerdicts(verdicts),
    canaryConfigId,
    from: from === undefined ? undefined : instantMillis(from),
    to: to === undefined ? undefined : instantMillis(to),
    after: cursor === undefined ? undefined : readCursor(cursor),
    limit,
    offset: cursor === undefined ? (page - 1) * limit : 0,
  };
}

function readVerdicts(words: readonly string[]): string[] {
  const unknown = words.find((word) => !(VERDICTS as readonly string[]).includes(word));
  if (unknown === undefined) return [...words];
  throw new CanaryError('REQUEST_INVALID', `verdicts: '${unknown}' is not known; known: ${VERDICTS.join(', ')}`);
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
