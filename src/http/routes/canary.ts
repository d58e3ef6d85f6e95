import { z } from 'zod';
import {
  type CanaryExecution,
  CanaryExecutionStatusResponse,
  EXECUTION_STATUS,
  type ExecutionStatus,
} from '../../domain/canary-execution.ts';
import { VERDICTS } from '../../domain/canary-judge-result.ts';
import { EpochMillis, Instant, instantMillis } from '../../domain/instant.ts';
import type { ExecutionPosition } from '../../domain/stores.ts';
import { toStatusResponse } from '../../engine/status-response.ts';
import { CanaryError } from '../../errors.ts';
import { StorageAccount } from '../account-parameters.ts';
import { ErrorResponse } from '../errors.ts';
import { integerParameter, ListParameter } from '../query-string.ts';
import type { HttpServer, Service } from '../service.ts';

const tags = ['Canary runs'];
const CURSOR_HEADER = 'x-next-cursor';
const ListQuery = StorageAccount.extend({
  application: z.string().default('ad-hoc').describe('`*` lists the runs of all'),
  limit: integerParameter({ default: 20, min: 0, max: 1000 }),
  page: integerParameter({ default: 1, min: 1, max: 1_000_000 }),
  statuses: ListParameter.describe('such as succeeded,terminal; absent: all'),
  verdicts: ListParameter.describe('Pass, Marginal, Fail; absent: all'),
  canaryConfigId: z.string().optional().describe('of a stored config, or `ad-hoc`'),
  from: Instant.optional().describe('accepted at or after'),
  to: Instant.optional().describe('accepted before'),
  cursor: z
    .string()
    .optional()
    .describe(`the header \`${CURSOR_HEADER}\` of the page before; pages stay stable while runs are added`),
});

/** Orca's words for the states of an execution; clients may filter by any of them. */
const ORCA_STATUSES = new Set(
  'NOT_STARTED RUNNING PAUSED SUSPENDED SUCCEEDED FAILED_CONTINUE TERMINAL CANCELED REDIRECT STOPPED SKIPPED BUFFERED'.split(
    ' ',
  ),
);

/** `/canary`: runs, read and listed. */
export function canaryRoutes(http: HttpServer, service: Service): void {
  const { executions, accounts } = service;

  http.get(
    '/canary/executions',
    {
      schema: {
        operationId: 'listCanaryExecutions',
        summary: 'List runs',
        description: `The runs of one application, newest first, with their results. \`${CURSOR_HEADER}\` leads to the next page.`,
        tags,
        querystring: ListQuery,
        response: { 200: z.array(CanaryExecutionStatusResponse), 400: ErrorResponse },
      },
    },
    async ({ query }, reply) => {
      accounts.storage(query.storageAccountName, 'OBJECT_STORE');
      const found = await executions.list(toFilter(query));
      const last = found.at(-1);
      if (last !== undefined && found.length === query.limit) reply.header(CURSOR_HEADER, writeCursor(last));
      return found.map(toStatusResponse);
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
        querystring: StorageAccount,
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

function writeCursor({ buildTime, id }: ExecutionPosition): string {
  return Buffer.from(JSON.stringify([buildTime, id])).toString('base64url');
}

function readCursor(cursor: string): ExecutionPosition {
  const position = z.tuple([EpochMillis, z.string()]).safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (position.success) return { buildTime: position.data[0], id: position.data[1] };
  throw new CanaryError('REQUEST_INVALID', `cursor: not one of ours; take it from the header ${CURSOR_HEADER}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
