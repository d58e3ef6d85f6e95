import { z } from 'zod';
import { toStatusResponse } from '../../engine/status-response.ts';
import { CanaryError } from '../../errors.ts';
import { assetNamed } from '../../web/assets.ts';
import { renderPage } from '../../web/layout.ts';
import { runMain } from '../../web/report/run-page.ts';
import { type RunReport, reportRun } from '../../web/report/run-report.ts';
import { pageScope, sendPage } from '../page-scope.ts';
import type { HttpServer, Service } from '../service.ts';

/** `/reports`: what a run or an analysis came to, for people. */
export function reportRoutes(http: HttpServer, service: Service): void {
  pageScope(http, (pages) => {
    pages.get(
      '/reports/:id',
      { schema: { hide: true, params: z.object({ id: z.string() }) } },
      async ({ params }, reply) => {
        const report = await findReport(service, params.id);
        return sendPage(
          reply,
          renderPage({
            title: 'Report',
            section: 'runs',
            main: runMain(report, 'page'),
            styles: [assetNamed('report.css')],
          }),
        );
      },
    );
  });
}

async function findReport({ executions, store, accounts }: Service, id: string): Promise<RunReport> {
  const execution = await executions.find(id);
  if (execution === undefined) throw new CanaryError('EXECUTION_NOT_FOUND', `No run or analysis '${id}'.`);
  const { metricSetPairListId } = execution;
  const pairs = metricSetPairListId === undefined ? undefined : await store.metricSetPairLists.get(metricSetPairListId);
  return reportRun({ run: toStatusResponse(execution), pairs: pairs ?? [], accounts: accounts.views() });
}
