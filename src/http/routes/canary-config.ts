import { z } from 'zod';
import { CanaryConfig, CanaryConfigSummary } from '../../domain/canary-config.ts';
import { problemText } from '../../domain/config-problem.ts';
import type { CanaryConfigs } from '../../engine/configs/canary-configs.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { noteObject } from '../request/audit-trail.ts';
import { ListParameter } from '../request/query-string.ts';
import { listedFor, requireApplications } from '../request/scope.ts';
import { asSent } from '../request/sent-parts.ts';
import { toStartWarnings } from '../request/start-warnings.ts';
import type { HttpServer, Service } from '../service.ts';

const AccountQuery = z.object({
  configurationAccountName: z.string().optional().describe('a name of the store; default: the first'),
});
const Id = z.object({ id: z.string().describe("the config's id, not its name") });
const CanaryConfigId = z
  .object({
    canaryConfigId: z.string(),
    warnings: z.string().optional().describe('fields of the config that nobody reads'),
  })
  .meta({ id: 'CanaryConfigId' });
const tags = ['Canary configs'];

/** `/canaryConfig`: what to measure, stored under an id. */
export function canaryConfigRoutes(http: HttpServer, { canaryConfigs, templatePacks, accounts }: Service): void {
  const storage = (name: string | undefined) => accounts.storage(name, 'CONFIGURATION_STORE');

  http.get(
    '/canaryConfig',
    {
      config: { permission: 'configs.read', of: 'chosen' },
      schema: {
        operationId: 'listCanaryConfigs',
        summary: 'List canary configs',
        description: 'Summaries of all configs, or of those in any of the given applications.',
        tags,
        querystring: AccountQuery.extend({ application: ListParameter.describe('repeated or comma-separated') }),
        response: { 200: z.array(CanaryConfigSummary), 400: ErrorResponse },
      },
    },
    async (request) => {
      const { query } = request;
      storage(query.configurationAccountName);
      return canaryConfigs.list(listedFor(request, query.application ?? []) ?? []);
    },
  );

  http.get(
    '/canaryConfig/:id',
    {
      config: { permission: 'configs.read', of: 'config' },
      schema: {
        operationId: 'getCanaryConfig',
        summary: 'Get a canary config',
        description: 'The config as stored.',
        tags,
        params: Id,
        querystring: AccountQuery,
        response: { 200: CanaryConfig, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params, query }) => {
      storage(query.configurationAccountName);
      return canaryConfigs.get(params.id);
    },
  );

  http.post(
    '/canaryConfig',
    {
      config: { permission: 'configs.write', of: 'chosen' },
      schema: {
        operationId: 'createCanaryConfig',
        summary: 'Store a canary config',
        description: "The name must be unique in each of the config's applications. An absent `id` is generated.",
        tags,
        querystring: AccountQuery,
        body: CanaryConfig,
        response: { 200: CanaryConfigId, 400: ErrorResponse },
      },
    },
    async (request) => {
      const { body, query } = request;
      storage(query.configurationAccountName);
      requireApplications(request, body.applications ?? []);
      const canaryConfigId = await canaryConfigs.create(templatePacks.expand(body));
      noteObject(request, canaryConfigId);
      return { canaryConfigId, ...ignoredIn(canaryConfigs, body) };
    },
  );

  http.put(
    '/canaryConfig/:id',
    {
      config: { permission: 'configs.write', of: 'config' },
      schema: {
        operationId: 'replaceCanaryConfig',
        summary: 'Replace a canary config',
        description: 'Replaces the whole config. A config that does not exist is a 400, as in Kayenta.',
        tags,
        params: Id,
        querystring: AccountQuery,
        body: CanaryConfig,
        response: { 200: CanaryConfigId, 400: ErrorResponse },
      },
    },
    async (request) => {
      const { params, body, query } = request;
      storage(query.configurationAccountName);
      requireApplications(request, body.applications ?? []);
      const canaryConfigId = await canaryConfigs.replace(params.id, templatePacks.expand(body));
      return { canaryConfigId, ...ignoredIn(canaryConfigs, body) };
    },
  );

  http.delete(
    '/canaryConfig/:id',
    {
      config: { permission: 'configs.write', of: 'config' },
      schema: {
        operationId: 'deleteCanaryConfig',
        summary: 'Delete a canary config',
        description: 'Runs keep their own copy. A config that does not exist is a 400, as in Kayenta.',
        tags,
        params: Id,
        querystring: AccountQuery,
        response: { 204: z.undefined().describe('deleted'), 400: ErrorResponse },
      },
    },
    async ({ params, query }, reply) => {
      storage(query.configurationAccountName);
      await canaryConfigs.delete(params.id);
      return reply.code(204).send();
    },
  );
}

/** What is stored has lost them. */
function ignoredIn(canaryConfigs: CanaryConfigs, body: CanaryConfig): { readonly warnings?: string } {
  return toStartWarnings(canaryConfigs.unknownKeys(asSent(body)).map(problemText));
}
