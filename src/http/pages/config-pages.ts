import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { toBacktestLine } from '../../engine/backtest/answer.ts';
import { configHistory } from '../../reports/config-history.ts';
import { wallClock } from '../../waiting/clocks.ts';
import { renderConfigListPage } from '../../web/configs/config-list-page.ts';
import { type ConfigPage, renderConfigPage } from '../../web/configs/config-page.ts';
import {
  type PreviewValues,
  readPreviewValues,
  scopeNames,
  toExecutionRequest,
} from '../../web/configs/preview-values.ts';
import { judgeChoice } from '../../web/configs/setting-fields.ts';
import { noteObject } from '../request/audit-trail.ts';
import { clientSignal } from '../request/client-signal.ts';
import { applicationFor, listedFor, requireAccounts } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { accountOf, asFieldErrors, previewOf } from './config-preview.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const Id = z.object({ id: z.string() });
const ListQuery = z.object({ application: z.string().default('') });
const Fields = z.record(z.string(), z.string());
/** On the page of a config; all are on that of its history. */
const LAST_RUNS = 12;

/** `/configs` and `/configs/{id}`: the list, a config, and its actions. */
export function configPages(http: HttpServer, service: Service): void {
  const { canaryConfigs } = service;
  pagePlugin(http, (pages) => {
    pages.get(
      '/configs',
      { config: { permission: 'configs.read', of: 'chosen' }, schema: { hide: true, querystring: ListQuery } },
      async (request, reply) => {
        const { application } = request.query;
        const applications = listedFor(request, application === '' ? [] : [application]);
        const configs = await canaryConfigs.list(applications ?? []);
        return sendPage(reply, renderConfigListPage({ configs, application, nowMillis: wallClock() }));
      },
    );

    pages.get(
      '/configs/:id',
      {
        config: { permission: 'configs.read', of: 'config', permissionWith: { draw: 'queries.send' } },
        schema: { hide: true, params: Id, querystring: Fields },
      },
      async (request, reply) => {
        const { query } = request;
        const { config, values, page } = await pageOf(service, request, query);
        const { draw } = query;
        const asked = draw !== undefined || query.try !== undefined;
        if (asked) requireAccounts(request, service, { config, metricsAccountName: accountOf(values) });
        const outcome = asked && (await previewOf(service, { config, values, draw }, clientSignal(reply)));
        const same = { canaryConfigId: request.params.id, within: listedFor(request, []), most: LAST_RUNS };
        const history = asked ? undefined : configHistory(await service.reports.judgedRuns(same));
        return sendPage(reply, renderConfigPage({ ...page, ...outcome, history }));
      },
    );

    pages.post(
      '/configs/:id/runs',
      { config: { permission: 'runs.start', of: 'config' }, schema: { hide: true, params: Id, body: Fields } },
      async (request, reply) => {
        const { params, body } = request;
        const { config, values, page } = await pageOf(service, request, body);
        requireAccounts(request, service, { config, metricsAccountName: accountOf(values) });
        const application = applicationFor(request, undefined, config);
        const { errors, id } = await startRun(service, { configId: params.id, config, values, application });
        if (id !== undefined) {
          noteObject(request, id);
          return reply.redirect(`/reports/${encodeURIComponent(id)}`, 303);
        }
        return sendPage(reply.code(400), renderConfigPage({ ...page, errors }));
      },
    );
  });
}

interface FoundPage {
  readonly config: CanaryConfig;
  readonly values: PreviewValues;
  readonly page: ConfigPage;
}

const BACKTESTS = 5;

async function pageOf(
  service: Service,
  request: FastifyRequest,
  fields: Readonly<Record<string, string>>,
): Promise<FoundPage> {
  const { id } = request.params as z.infer<typeof Id>;
  const config = await service.canaryConfigs.get(id);
  const nowMillis = wallClock();
  const values = readPreviewValues(fields, scopeNames(config), nowMillis);
  const accounts = service.accounts.metricsStores().map(({ name }) => name);
  const found = service.judging.judges.find(({ name }) => name === config.judge?.name);
  const judge = config.judge?.name ? found : service.judging.judges[0];
  return {
    config,
    values,
    page: {
      ...{ id, config, values, errors: new Map(), accounts, judge: judge && judgeChoice(judge), nowMillis },
      backtests: await backtestsOf(service, request, id),
    },
  };
}

/** Its last ones, of those the caller may see. */
async function backtestsOf({ backtests }: Service, request: FastifyRequest, canaryConfigId: string) {
  const filter = { within: listedFor(request, []), canaryConfigId, limit: BACKTESTS };
  return (await backtests.list(filter)).map(toBacktestLine);
}

interface AskedRun {
  readonly configId: string;
  readonly config: CanaryConfig;
  readonly values: PreviewValues;
  readonly application: string;
}

/** @returns the id of the run, or why there is none */
async function startRun(
  { runs, accounts }: Service,
  { configId, config, values, application }: AskedRun,
): Promise<{ id?: string; errors: ConfigPage['errors'] }> {
  const { request, errors } = toExecutionRequest(values);
  if (errors.size > 0) return { errors };
  try {
    const id = await runs.start({
      config,
      canaryConfigId: configId,
      request,
      application,
      openWindow: values.partial === 'true' ? 'partial' : 'wait',
      metricsAccountName: accountOf(values),
      configurationAccountName: accounts.storage(undefined, 'CONFIGURATION_STORE'),
    });
    return { id, errors };
  } catch (error) {
    return { errors: asFieldErrors(error) };
  }
}
