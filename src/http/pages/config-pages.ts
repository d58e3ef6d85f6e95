import { z } from 'zod';
import type { CanaryConfig } from '../../domain/canary-config.ts';
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
import { clientSignal } from '../request/client-signal.ts';
import type { HttpServer, Service } from '../service.ts';
import { accountOf, asFieldErrors, previewOf } from './config-preview.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const Id = z.object({ id: z.string() });
const ListQuery = z.object({ application: z.string().default('') });
const Fields = z.record(z.string(), z.string());

/** `/configs` and `/configs/{id}`: the list, a config, and its actions. */
export function configPages(http: HttpServer, service: Service): void {
  const { canaryConfigs } = service;
  pagePlugin(http, (pages) => {
    pages.get(
      '/configs',
      { config: { permission: 'configs.read' }, schema: { hide: true, querystring: ListQuery } },
      async ({ query }, reply) => {
        const { application } = query;
        const configs = await canaryConfigs.list(application === '' ? [] : [application]);
        return sendPage(reply, renderConfigListPage({ configs, application, nowMillis: wallClock() }));
      },
    );

    pages.get(
      '/configs/:id',
      { config: { permission: 'configs.read' }, schema: { hide: true, params: Id, querystring: Fields } },
      async ({ params, query }, reply) => {
        const { config, values, page } = await pageOf(service, params.id, query);
        const { draw } = query;
        const asked = draw !== undefined || query.try !== undefined;
        const outcome = asked && (await previewOf(service, { config, values, draw }, clientSignal(reply)));
        return sendPage(reply, renderConfigPage({ ...page, ...outcome }));
      },
    );

    pages.post(
      '/configs/:id/runs',
      { config: { permission: 'runs.start' }, schema: { hide: true, params: Id, body: Fields } },
      async ({ params, body }, reply) => {
        const { config, values, page } = await pageOf(service, params.id, body);
        const { errors, id } = await startRun(service, { configId: params.id, config, values });
        if (id !== undefined) return reply.redirect(`/reports/${encodeURIComponent(id)}`, 303);
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

async function pageOf(service: Service, id: string, fields: Readonly<Record<string, string>>): Promise<FoundPage> {
  const config = await service.canaryConfigs.get(id);
  const nowMillis = wallClock();
  const values = readPreviewValues(fields, scopeNames(config), nowMillis);
  const accounts = service.accounts.metricsStores().map(({ name }) => name);
  const found = service.judging.judges.find(({ name }) => name === config.judge?.name);
  const judge = config.judge?.name ? found : service.judging.judges[0];
  return {
    config,
    values,
    page: { id, config, values, errors: new Map(), accounts, judge: judge && judgeChoice(judge), nowMillis },
  };
}

/** @returns the id of the run, or why there is none */
async function startRun(
  { runs, accounts }: Service,
  { configId, config, values }: { configId: string; config: CanaryConfig; values: PreviewValues },
): Promise<{ id?: string; errors: ConfigPage['errors'] }> {
  const { request, errors } = toExecutionRequest(values);
  if (errors.size > 0) return { errors };
  try {
    const id = await runs.start({
      config,
      canaryConfigId: configId,
      request,
      application: config.applications?.[0] ?? 'ad-hoc',
      openWindow: values.partial === 'true' ? 'partial' : 'wait',
      metricsAccountName: accountOf(values),
      configurationAccountName: accounts.storage(undefined, 'CONFIGURATION_STORE'),
    });
    return { id, errors };
  } catch (error) {
    return { errors: asFieldErrors(error) };
  }
}
