import { stringify } from 'yaml';
import { z } from 'zod';
import { configChanges } from '../../domain/config-changes.ts';
import { CanaryError } from '../../errors.ts';
import { wallClock } from '../../waiting/clocks.ts';
import { renderDeleteConfigPage } from '../../web/configs/delete-config-page.ts';
import { renderVersionsPage } from '../../web/configs/versions-page.ts';
import { noteObject } from '../request/audit-trail.ts';
import { requireApplications } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';
import { readWritten } from './written-config.ts';

const Id = z.object({ id: z.string() });
const Version = z.coerce.number().int().min(1);
const OfVersion = Id.extend({ version: Version });
const Compared = z.object({ version: Version.optional(), from: Version.optional() });

/** `/configs/{id}/versions`, `/configs/{id}/delete` and the config as a file. */
export function configVersionPages(http: HttpServer, service: Service): void {
  pagePlugin(http, (pages) => {
    versionPages(pages, service);
    deletePages(pages, service);
    filePages(pages, service);
  });
}

function versionPages(pages: HttpServer, { canaryConfigs }: Service): void {
  pages.get(
    '/configs/:id/versions',
    {
      config: { permission: 'configs.read', of: 'config' },
      schema: { hide: true, params: Id, querystring: Compared },
    },
    async ({ params: { id }, query }, reply) => {
      const { name = 'unnamed' } = await canaryConfigs.get(id);
      const versions = await canaryConfigs.versions(id);
      const version = query.version ?? versions[0]?.version ?? 1;
      const before = versions.find((one) => one.version < version)?.version ?? 0;
      const from = query.from ?? before;
      const after = await canaryConfigs.version(id, version);
      const changes = from === 0 ? [] : configChanges(await canaryConfigs.version(id, from), after);
      return sendPage(
        reply,
        renderVersionsPage({ id, name, versions, version, from, changes, nowMillis: wallClock() }),
      );
    },
  );

  pages.post(
    '/configs/:id/versions/:version/restore',
    { config: { permission: 'configs.write', of: 'config' }, schema: { hide: true, params: OfVersion } },
    async (request, reply) => {
      const { id, version } = request.params;
      const config = await canaryConfigs.version(id, version);
      requireApplications(request, config.applications ?? []);
      await canaryConfigs.replace(id, config);
      noteObject(request, id);
      return reply.redirect(`/configs/${encodeURIComponent(id)}/versions`, 303);
    },
  );
}

function deletePages(pages: HttpServer, { canaryConfigs }: Service): void {
  pages.get(
    '/configs/:id/delete',
    { config: { permission: 'configs.write', of: 'config' }, schema: { hide: true, params: Id } },
    async ({ params: { id } }, reply) => sendPage(reply, renderDeleteConfigPage(id, await canaryConfigs.get(id))),
  );

  pages.post(
    '/configs/:id/delete',
    { config: { permission: 'configs.write', of: 'config' }, schema: { hide: true, params: Id } },
    async ({ params: { id } }, reply) => {
      await canaryConfigs.delete(id);
      return reply.redirect('/configs', 303);
    },
  );
}

const TYPES: Readonly<Record<string, string>> = { yaml: 'application/yaml', json: 'application/json' };

const Conversion = z.object({ text: z.string(), to: z.enum(['yaml', 'json']) });

function filePages(pages: HttpServer, { canaryConfigs }: Service): void {
  pages.post(
    '/configs/convert',
    { config: { permission: 'configs.read', of: 'nothing' }, schema: { hide: true, body: Conversion } },
    async ({ body: { text, to } }) => {
      try {
        const written = readWritten(text);
        return { text: to === 'yaml' ? stringify(written) : JSON.stringify(written, undefined, 2) };
      } catch (error) {
        // Half a text is no mistake of the page that asks while somebody writes.
        if (error instanceof CanaryError) return { wrong: error.message };
        throw error;
      }
    },
  );

  pages.get(
    '/configs/:id/file.:format',
    {
      config: { permission: 'configs.read', of: 'config' },
      schema: { hide: true, params: Id.extend({ format: z.string() }) },
    },
    async ({ params: { id, format } }, reply) => {
      const type = TYPES[format];
      if (type === undefined) {
        throw new CanaryError(
          'OBJECT_NOT_FOUND',
          `No file of a config ends with '.${format}'; there are .yaml and .json.`,
        );
      }
      const config = await canaryConfigs.get(id);
      const text = format === 'yaml' ? stringify(config) : `${JSON.stringify(config, undefined, 2)}\n`;
      const name = (config.name ?? '').replace(/[^\w-]/g, '_') || 'config';
      return reply
        .headers({
          'content-type': `${type}; charset=utf-8`,
          'content-disposition': `attachment; filename="${name}.${format}"`,
          'cache-control': 'no-store',
        })
        .send(text);
    },
  );
}
