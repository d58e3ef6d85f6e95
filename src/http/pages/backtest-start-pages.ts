import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../domain/canary-judge.ts';
import { CanaryError } from '../../errors.ts';
import { type FieldErrors, scopeNames } from '../../web/configs/preview-values.ts';
import {
  type BacktestValues,
  fieldOf,
  readBacktestValues,
  toBacktestParts,
} from '../../web/start-backtest/backtest-values.ts';
import { renderStartBacktestPage, type StartBacktestPage } from '../../web/start-backtest/start-page.ts';
import { noteObject } from '../request/audit-trail.ts';
import { checkedConfig } from '../request/checked-config.ts';
import { parseJsonBody } from '../request/json-body.ts';
import { applicationFor, configFor, listedFor, requireAccounts } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { accountOf } from './config-preview.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const Id = z.object({ id: z.string() });
const OfConfig = z.object({ id: z.string().optional() });
const Fields = z.record(z.string(), z.string());

/** `/configs/{id}/backtest` and `/configs/backtest`: the form that tries a config on the past. */
export function backtestStartPages(http: HttpServer, service: Service): void {
  pagePlugin(http, (pages) => {
    pages.get(
      '/configs/:id/backtest',
      { config: { permission: 'configs.read', of: 'config' }, schema: { hide: true, params: Id, querystring: Fields } },
      async ({ params: { id }, query }, reply) => {
        const config = await service.canaryConfigs.get(id);
        return sendPage(reply, pageOf(service, { id, config }, query));
      },
    );

    pages.post(
      '/configs/:id/backtest',
      { config: { permission: 'runs.start', of: 'config' }, schema: { hide: true, params: Id, body: Fields } },
      async (request, reply) => {
        const { id } = request.params;
        return startOrShow(service, request, reply, { id, config: await service.canaryConfigs.get(id) });
      },
    );

    pages.post(
      '/configs/backtest',
      {
        config: { permission: 'runs.start-own-config', of: 'chosen' },
        schema: { hide: true, querystring: OfConfig, body: Fields },
      },
      async (request, reply) => {
        const { json = '', id } = request.body;
        const stored = (id ?? request.query.id) || undefined;
        if (stored !== undefined) await configFor(service, request, stored);
        return startOrShow(service, request, reply, { id: stored, text: json, config: await configOf(service, json) });
      },
    );
  });
}

interface Tried {
  /** of the stored config */
  readonly id?: string | undefined;
  /** one that is not saved */
  readonly text?: string | undefined;
  readonly config: CanaryConfig;
}

/** What keeps a config from being stored, and not from being tried. */
const ONLY_FOR_SAVING = new Set(['name-taken', 'name-missing', 'name-unusable', 'application-missing']);

/** @throws CanaryError REQUEST_INVALID with the first problem that no run could do with */
async function configOf(service: Service, text: string): Promise<CanaryConfig> {
  const { config, problems } = await checkedConfig(service, parseJsonBody(Buffer.from(text)));
  const [first] = problems.filter(({ rule, prevents }) => prevents !== 'nothing' && !ONLY_FOR_SAVING.has(rule));
  if (config !== undefined && first === undefined) {
    return service.templatePacks.expand(config);
  }
  const why = first === undefined ? 'it cannot be read' : `${first.path}: ${first.message}`;
  throw new CanaryError('REQUEST_INVALID', `The config in the editor cannot be tried. ${why}`);
}

async function startOrShow(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  tried: Tried,
): Promise<FastifyReply> {
  const { start: from, end, ...others } = request.body as Readonly<Record<string, string>>;
  // What the editor tries is an hour; a backtest is of a week.
  const fields = {
    ...others,
    ...(others.from === 'editor' || from === undefined ? {} : { start: from, end: end ?? '' }),
  };
  if (others.begin === undefined) return sendPage(reply, pageOf(service, tried, fields));
  const values = valuesOf(service, tried, fields);
  const { errors, id } = await begin(service, request, tried, values);
  if (id === undefined) return sendPage(reply.code(400), pageOf(service, tried, fields, errors));
  noteObject(request, id);
  return reply.redirect(`/backtests/${encodeURIComponent(id)}.html`, 303);
}

/** @returns the id of the backtest, or why there is none */
async function begin(
  service: Service,
  request: FastifyRequest,
  { id: canaryConfigId, config }: Tried,
  values: BacktestValues,
): Promise<{ id?: string; errors: FieldErrors }> {
  const { request: asked, options, errors } = toBacktestParts(values);
  if (errors.size > 0 || options === undefined) return { errors };
  const metricsAccountName = accountOf(values);
  requireAccounts(request, service, { config, metricsAccountName });
  const application = applicationFor(request, undefined, config);
  const of = { application, canaryConfigId, within: listedFor(request, []), config };
  try {
    return { id: await service.backtests.start({ ...of, request: asked, options, metricsAccountName }), errors };
  } catch (error) {
    if (!(error instanceof CanaryError) || error.status >= 500) throw error;
    return { errors: new Map([[fieldOf(error.message), error.message]]) };
  }
}

function valuesOf(
  { now }: Pick<Service, 'now'>,
  { config }: Tried,
  fields: Readonly<Record<string, string>>,
): BacktestValues {
  return readBacktestValues(fields, scopeNames(config), now());
}

function pageOf(
  service: Service,
  tried: Tried,
  fields: Readonly<Record<string, string>>,
  errors: FieldErrors = new Map(),
): string {
  const { accounts, judging } = service;
  const { id, text, config } = tried;
  const judge = config.judge?.name || (judging.judges[0]?.name ?? '');
  // HaldaneJudge is beside every other without being asked for.
  const others = judging.judges.filter((one) => one.visible && one.name !== judge && one.name !== HALDANE_JUDGE);
  const page: StartBacktestPage = {
    ...{ id, text, name: config.name || 'unnamed config', values: valuesOf(service, tried, fields), errors, judge },
    accounts: accounts.metricsStores().map(({ name }) => name),
    others: others.map(({ name }) => name),
  };
  return renderStartBacktestPage(page);
}
