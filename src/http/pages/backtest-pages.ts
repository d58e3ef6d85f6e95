import { z } from 'zod';
import { answerBacktest } from '../../engine/backtest/answer.ts';
import { renderBacktestPage } from '../../web/backtest/backtest-page.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

/** `/backtests/{id}.html`: a backtest for people. */
export function backtestPages(http: HttpServer, { backtests }: Service): void {
  pagePlugin(http, (pages) => {
    pages.get(
      '/backtests/:id.html',
      {
        config: { permission: 'runs.read', of: 'execution' },
        schema: { hide: true, params: z.object({ id: z.string() }) },
      },
      async ({ params }, reply) => sendPage(reply, renderBacktestPage(answerBacktest(await backtests.get(params.id)))),
    );
  });
}
