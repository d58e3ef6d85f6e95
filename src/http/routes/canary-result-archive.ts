import { z } from 'zod';
import { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { ChosenId } from '../../domain/values/chosen-id.ts';
import { toRunAnswer } from '../../engine/answers/run.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { StorageAccount } from '../request/account-parameters.ts';
import type { HttpServer, Service } from '../service.ts';
import { StoredObjectKey, toKeyView } from './stored-objects.ts';

const tags = ['Canary result archive'];
const Id = z.object({ pipelineId: z.string() });
const PipelineId = Id.meta({ id: 'CanaryResultArchiveResponse' });
const ArchivedRun = CanaryExecutionStatusResponse.partial().meta({ id: 'ArchivedCanaryResult' });

/** `/canaryResultArchive`: ended runs, Haldane's own and imported ones. */
export function canaryResultArchiveRoutes(http: HttpServer, { archive, accounts }: Service): void {
  const storage = (name: string | undefined) => accounts.storage(name, 'OBJECT_STORE');

  http.get(
    '/canaryResultArchive',
    {
      config: { permission: 'runs.read' },
      schema: {
        operationId: 'listCanaryResultArchive',
        summary: 'List archived runs',
        description: 'Ids and times of all ended runs.',
        tags,
        querystring: StorageAccount,
        response: { 200: z.array(StoredObjectKey), 400: ErrorResponse },
      },
    },
    async ({ query }) => {
      storage(query.storageAccountName);
      return (await archive.keys()).map(toKeyView);
    },
  );

  http.get(
    '/canaryResultArchive/:pipelineId',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'getArchivedCanaryResult',
        summary: 'Get an archived run',
        description: 'Like `GET /canary/{id}`, for runs that have ended.',
        tags,
        params: Id,
        querystring: StorageAccount,
        response: { 200: CanaryExecutionStatusResponse, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params, query }) => {
      storage(query.storageAccountName);
      return toRunAnswer(await archive.get(params.pipelineId));
    },
  );

  http.post(
    '/canaryResultArchive',
    {
      config: { permission: 'runs.import' },
      schema: {
        operationId: 'createArchivedCanaryResult',
        summary: 'Import a run',
        description: 'Absent fields are filled in. An id that exists is a 400.',
        tags,
        querystring: StorageAccount.extend({
          pipelineId: ChosenId.optional().describe("default: the body's id, or a new one"),
        }),
        body: ArchivedRun,
        response: { 200: PipelineId, 400: ErrorResponse },
      },
    },
    async ({ body, query }) => {
      storage(query.storageAccountName);
      return { pipelineId: await archive.create(query.pipelineId, body) };
    },
  );

  http.put(
    '/canaryResultArchive/:pipelineId',
    {
      config: { permission: 'runs.import' },
      schema: {
        operationId: 'replaceArchivedCanaryResult',
        summary: 'Replace an archived run',
        description: 'An object that does not exist is a 400, as in Kayenta.',
        tags,
        params: Id,
        querystring: StorageAccount,
        body: ArchivedRun,
        response: { 200: PipelineId, 400: ErrorResponse },
      },
    },
    async ({ params, body, query }) => {
      storage(query.storageAccountName);
      return { pipelineId: await archive.replace(params.pipelineId, body) };
    },
  );

  http.delete(
    '/canaryResultArchive/:pipelineId',
    {
      config: { permission: 'runs.delete', of: 'execution' },
      schema: {
        operationId: 'deleteArchivedCanaryResult',
        summary: 'Delete an archived run',
        description: 'An object that does not exist is a 400, as in Kayenta.',
        tags,
        params: Id,
        querystring: StorageAccount,
        response: { 204: z.undefined().describe('deleted'), 400: ErrorResponse },
      },
    },
    async ({ params, query }, reply) => {
      storage(query.storageAccountName);
      await archive.delete(params.pipelineId);
      return reply.code(204).send();
    },
  );
}
