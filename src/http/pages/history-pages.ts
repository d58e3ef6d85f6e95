import { z } from 'zod';
import { configHistory } from '../../reports/config-history.ts';
import { renderJudgedConfigPage } from '../../web/configs/judged-config-page.ts';
import { judgeChoice } from '../../web/configs/setting-fields.ts';
import { renderHistoryPage } from '../../web/history/history-page.ts';
import { listedFor } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';
import { isNewerThan, sameConfig, storedConfig } from './report-context.ts';

const Id = z.object({ id: z.string() });

/**
 * `/configs/{id}/history` and `/reports/{id}/history`: the runs of a config, and each metric over them;
 * `/reports/{id}/config`: the config as it was judged with.
 */
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
      '/reports/:id/config',
      { config: { permission: 'runs.read', of: 'execution' }, schema: { hide: true, params: Id } },
      async (request, reply) => {
        const { id } = request.params;
        const report = await reports.of(id);
        const config = await judgedConfig(service, id);
        const stored = await storedConfig(service, report.config.id);
        const judge = service.judging.judges.find(({ name }) => name === report.judge);
        const page = { report, config, judge: judge && judgeChoice(judge) };
        const changed = stored && isNewerThan(report, stored);
        return sendPage(reply, renderJudgedConfigPage({ ...page, changed }));
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

async function judgedConfig({ runs, analyses }: Service, id: string) {
  const run = await runs.find(id);
  return run === undefined ? (await analyses.get(id)).config : run.config;
}
