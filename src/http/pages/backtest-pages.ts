import { z } from 'zod';
import { answerBacktest, toBacktestLine } from '../../engine/backtest/answer.ts';
import { renderBacktestListPage } from '../../web/backtest/backtest-list.ts';
import { renderBacktestPage } from '../../web/backtest/backtest-page.ts';
import { noteObject } from '../request/audit-trail.ts';
import { configFor, listedFor, requireAccounts } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const Id = z.object({ id: z.string() });
const ListQuery = z.object({ application: z.string().default(''), config: z.string().default('') });
/** More are older than anybody asks for. */
const MOST_LISTED = 200;

/** `/backtests.html` and `/backtests/{id}.html`: backtests for people, and what they do with one. */
export function backtestPages(http: HttpServer, service: Service): void {
  const { backtests } = service;
  pagePlugin(http, (pages) => {
    listPage(pages, service);

    pages.get(
      '/backtests/:id.html',
      { config: { permission: 'runs.read', of: 'execution' }, schema: { hide: true, params: Id } },
      async ({ params }, reply) => sendPage(reply, renderBacktestPage(answerBacktest(await backtests.get(params.id)))),
    );

    pages.post(
      '/backtests/:id/cancel',
      { config: { permission: 'runs.start', of: 'execution' }, schema: { hide: true, params: Id } },
      async ({ params: { id } }, reply) => {
        await backtests.cancel(id);
        return reply.redirect(addressOf(id), 303);
      },
    );

    pages.post(
      '/backtests/:id/again',
      { config: { permission: 'runs.start-own-config', of: 'execution' }, schema: { hide: true, params: Id } },
      async (request, reply) => {
        const backtest = await backtests.get(request.params.id);
        requireAccounts(request, service, backtest);
        const id = await backtests.start({ ...backtest, within: listedFor(request, []) });
        noteObject(request, id);
        return reply.redirect(addressOf(id), 303);
      },
    );
  });
}

function listPage(pages: HttpServer, service: Service): void {
  pages.get(
    '/backtests.html',
    { config: { permission: 'runs.read', of: 'chosen' }, schema: { hide: true, querystring: ListQuery } },
    async (request, reply) => {
      const { application, config: canaryConfigId } = request.query;
      const within = listedFor(request, application === '' ? [] : [application]);
      const ofConfig = canaryConfigId === '' ? {} : { canaryConfigId };
      const found = await service.backtests.list({ within, ...ofConfig, limit: MOST_LISTED });
      const lines = found.map(toBacktestLine);
      // A config that is deleted still has backtests.
      const stored =
        canaryConfigId === '' ? undefined : await configFor(service, request, canaryConfigId).catch(() => {});
      const configName = stored?.name ?? lines[0]?.config;
      const page = { backtests: lines, application, canaryConfigId, configName, nowMillis: service.now() };
      return sendPage(reply, renderBacktestListPage({ ...page, isCut: found.length === MOST_LISTED }));
    },
  );
}

function addressOf(id: string): string {
  return `/backtests/${encodeURIComponent(id)}.html`;
}
