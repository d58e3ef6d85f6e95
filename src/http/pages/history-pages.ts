import { z } from 'zod';
import { configHistory } from '../../reports/config-history.ts';
import { renderHistoryPage } from '../../web/history/history-page.ts';
import { listedFor } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';
import { sameConfig, storedConfig } from './report-context.ts';

const Id = z.object({ id: z.string() });

/** `/configs/{id}/history` and `/reports/{id}/history`: the runs of a config, and each metric over them. */
export function historyPages(http: HttpServer, service: Service): void {
  const { reports, canaryConfigs } = service;
  pagePlugin(http, (pages) => {
    pages.get(
      '/configs/:id/history',
      {
        config: { permission: 'runs.read', of: 'config' },
        schema: { hide: true, params: Id },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { name = '' } = await canaryConfigs.get(id);
        const runs = await reports.judgedRuns({ canaryConfigId: id, within: listedFor(request, []) });
        return sendPage(reply, renderHistoryPage({ name, configId: id, history: configHistory(runs) }));
      },
    );

    pages.get(
      '/reports/:id/history',
      { config: { permission: 'runs.read', of: 'execution' }, schema: { hide: true, params: Id } },
      async (request, reply) => {
        const { id } = request.params;
        const report = await reports.of(id);
        const stored = await storedConfig(service, report.config.id);
        const runs = await reports.judgedRuns(sameConfig(report));
        const page = { name: report.config.name ?? '', configId: stored && report.config.id, runId: id };
        return sendPage(reply, renderHistoryPage({ ...page, history: configHistory(runs) }));
      },
    );
  });
}
