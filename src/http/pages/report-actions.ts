import { z } from 'zod';
import { CanaryError } from '../../errors.ts';
import { renderDeletePage } from '../../web/report/delete-page.ts';
import { noteObject } from '../request/audit-trail.ts';
import { requireAccounts } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { sendPage } from './page-plugin.ts';

const Id = z.object({ id: z.string() });

/** What a report's page does: run again, cancel, delete. */
export function reportActions(pages: HttpServer, service: Service): void {
  const { runs, analyses, reports } = service;
  pages.post(
    '/reports/:id/rerun',
    { config: { permission: 'runs.start-own-config', of: 'execution' }, schema: { hide: true, params: Id } },
    async (request, reply) => {
      const { config, canaryConfigId, request: asked, application, ...run } = await runs.get(request.params.id);
      const { metricsAccountName, configurationAccountName, storageAccountName } = run;
      requireAccounts(request, service, { config, metricsAccountName });
      const accountNames = { metricsAccountName, configurationAccountName, storageAccountName };
      const id = await runs.start({ config, canaryConfigId, request: asked, application, ...accountNames });
      noteObject(request, id);
      return reply.redirect(addressOf(id), 303);
    },
  );

  pages.post(
    '/reports/:id/cancel',
    { config: { permission: 'runs.start', of: 'execution' }, schema: { hide: true, params: Id } },
    async ({ params: { id } }, reply) => {
      await ((await isAnalysis(service, id)) ? analyses.cancel(id) : runs.cancel(id));
      return reply.redirect(addressOf(id), 303);
    },
  );

  pages.get(
    '/reports/:id/delete',
    { config: { permission: 'runs.delete', of: 'execution' }, schema: { hide: true, params: Id } },
    async ({ params: { id } }, reply) => {
      const report = await reports.of(id);
      if (report.complete) return sendPage(reply, renderDeletePage(report));
      throw new CanaryError('EXECUTION_RUNNING', `The execution '${id}' is ${report.status}; cancel it first.`);
    },
  );

  pages.post(
    '/reports/:id/delete',
    { config: { permission: 'runs.delete', of: 'execution' }, schema: { hide: true, params: Id } },
    async ({ params: { id } }, reply) => {
      await ((await isAnalysis(service, id)) ? analyses.delete(id) : runs.delete(id));
      return reply.redirect('/', 303);
    },
  );
}

async function isAnalysis({ runs, analyses }: Service, id: string): Promise<boolean> {
  return (await runs.find(id)) === undefined && (await analyses.has(id));
}

function addressOf(id: string): string {
  return `/reports/${encodeURIComponent(id)}`;
}
