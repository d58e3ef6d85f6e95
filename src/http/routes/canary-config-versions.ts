import { z } from 'zod';
import { CanaryConfig } from '../../domain/canary-config.ts';
import { ConfigChange, configChanges } from '../../domain/config-changes.ts';
import { ConfigVersion, MOST_VERSIONS } from '../../domain/config-version.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { noteObject } from '../request/audit-trail.ts';
import { requireApplications } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';

const tags = ['Canary configs'];
const Id = z.object({ id: z.string().describe("the config's id, not its name") });
const Version = z.coerce.number().int().min(1);
const OfVersion = Id.extend({ version: Version.describe('counts from 1') });
const Changes = z
  .object({ from: z.int(), to: z.int(), changes: z.array(ConfigChange).describe('empty: nothing differs') })
  .meta({ id: 'CanaryConfigChanges' });
const Restored = z
  .object({ canaryConfigId: z.string(), version: z.int().describe('the newest now') })
  .meta({ id: 'RestoredCanaryConfig' });

/** `/canaryConfig/{id}/versions`: what a config was, what changed, and back to it. */
export function canaryConfigVersionRoutes(http: HttpServer, { canaryConfigs }: Service): void {
  http.get(
    '/canaryConfig/:id/versions',
    {
      config: { permission: 'configs.read', of: 'config' },
      schema: {
        operationId: 'listCanaryConfigVersions',
        summary: 'List the versions of a canary config',
        description: `Newest first. Every change makes one; the last ${MOST_VERSIONS} are kept, until the config is deleted.`,
        tags,
        params: Id,
        response: { 200: z.array(ConfigVersion), 404: ErrorResponse },
      },
    },
    async ({ params }) => canaryConfigs.versions(params.id),
  );

  http.get(
    '/canaryConfig/:id/versions/:version',
    {
      config: { permission: 'configs.read', of: 'config' },
      schema: {
        operationId: 'getCanaryConfigVersion',
        summary: 'Get a version of a canary config',
        description: 'The config as it was stored.',
        tags,
        params: OfVersion,
        response: { 200: CanaryConfig, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params }) => canaryConfigs.version(params.id, params.version),
  );

  http.get(
    '/canaryConfig/:id/versions/:version/changes',
    {
      config: { permission: 'configs.read', of: 'config' },
      schema: {
        operationId: 'listCanaryConfigChanges',
        summary: 'See what changed in a canary config',
        description: 'Every field that differs between two versions.',
        tags,
        params: OfVersion,
        querystring: z.object({ from: Version.optional().describe('the earlier version; default: the one before') }),
        response: { 200: Changes, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params: { id, version }, query }) => {
      const { from = version - 1 } = query;
      const after = await canaryConfigs.version(id, version);
      const before = from === 0 ? {} : await canaryConfigs.version(id, from);
      return { from, to: version, changes: configChanges(before, after) };
    },
  );

  http.post(
    '/canaryConfig/:id/versions/:version/restore',
    {
      config: { permission: 'configs.write', of: 'config' },
      schema: {
        operationId: 'restoreCanaryConfigVersion',
        summary: 'Restore a version of a canary config',
        description: 'Stores it once more, as the newest version; nothing is lost. It is validated as any config.',
        tags,
        params: OfVersion,
        response: { 200: Restored, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async (request) => {
      const { id, version } = request.params;
      const config = await canaryConfigs.version(id, version);
      requireApplications(request, config.applications ?? []);
      noteObject(request, id);
      await canaryConfigs.replace(id, config);
      const [newest] = await canaryConfigs.versions(id);
      return { canaryConfigId: id, version: newest?.version ?? version };
    },
  );
}
