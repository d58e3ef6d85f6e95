import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../domain/canary-judge.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import { inputSchema } from '../../domain/schema-fields.ts';
import type { CheckedConfig } from '../../engine/configs/canary-configs.ts';
import { draftFromPack } from '../../engine/configs/draft-from-pack.ts';
import { CanaryError } from '../../errors.ts';
import { wallClock } from '../../waiting/clocks.ts';
import { type EditChoices, type EditPage, renderEditPage } from '../../web/configs/edit-page.ts';
import { renderNewConfigPage, renderPackPage } from '../../web/configs/new-config-page.ts';
import { readPreviewValues, scopeNames, triedQuery } from '../../web/configs/preview-values.ts';
import { queryFields } from '../../web/configs/query-fields.ts';
import { judgeChoice, SECTIONS } from '../../web/configs/setting-fields.ts';
import { noteObject } from '../request/audit-trail.ts';
import { checkedConfig } from '../request/checked-config.ts';
import { clientSignal } from '../request/client-signal.ts';
import { requireAccounts, requireApplications } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { accountOf, previewOf } from './config-preview.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';
import { readWritten } from './written-config.ts';

const Id = z.object({ id: z.string() });
const Fields = z.record(z.string(), z.string());
const EditQuery = z.object({ check: z.string().optional(), try: z.string().optional() });
const NewQuery = z.looseObject({
  search: z.string().default(''),
  blank: z.string().optional(),
  from: z.string().optional(),
  pack: z.string().optional(),
  edit: z.string().optional(),
});

/** `/configs/new` and `/configs/{id}/edit`: the editor. */
export function configEditorPages(http: HttpServer, service: Service): void {
  const { canaryConfigs, templatePacks } = service;
  pagePlugin(http, (pages) => {
    pages.get(
      '/configs/new',
      { config: { permission: 'configs.write', of: 'chosen' }, schema: { hide: true, querystring: NewQuery } },
      async (request, reply) => {
        const { query, url } = request;
        const { pack, edit, from, blank, search } = query;
        if (pack !== undefined && edit === undefined) {
          return sendPage(reply, renderPackPage(templatePacks.summary(pack)));
        }
        if (pack !== undefined) {
          const use = { pack, ...chosenOf(new URL(url, 'http://host').searchParams) };
          return editorOf(service, reply, draftFromPack(templatePacks, use));
        }
        if (from !== undefined) {
          const config = await canaryConfigs.get(from);
          requireApplications(request, config.applications ?? []);
          return editorOf(service, reply, copyOf(config));
        }
        if (blank !== undefined) return editorOf(service, reply, BLANK);
        return sendPage(reply, renderNewConfigPage({ packs: templatePacks.search(search), search }));
      },
    );

    pages.get(
      '/configs/:id/edit',
      { config: { permission: 'configs.write', of: 'config' }, schema: { hide: true, params: Id } },
      async ({ params }, reply) => editorOf(service, reply, await canaryConfigs.get(params.id), params.id),
    );

    pages.post(
      '/configs/new',
      {
        config: { permission: 'configs.write', of: 'chosen' },
        schema: { hide: true, querystring: EditQuery, body: Fields },
      },
      async (request, reply) => answerForm(service, request, reply, { ...request.query, fields: request.body }),
    );

    pages.post(
      '/configs/:id/edit',
      {
        config: { permission: 'configs.write', of: 'config' },
        schema: { hide: true, params: Id, querystring: EditQuery, body: Fields },
      },
      async (request, reply) => {
        const { params, query, body } = request;
        return answerForm(service, request, reply, { ...query, fields: body, id: params.id });
      },
    );
  });
}

const VARIABLE = 'variable.';

/** The fields of a pack's form: `variable.<name>` for its variables, and `metric` for each chosen metric. */
function chosenOf(parameters: URLSearchParams) {
  const given = [...parameters].filter(([name, value]) => name.startsWith(VARIABLE) && value !== '');
  const variables = Object.fromEntries(given.map(([name, value]) => [name.slice(VARIABLE.length), value]));
  return { variables, metrics: parameters.getAll('metric') };
}

const BLANK: CanaryConfig = {
  name: '',
  applications: [],
  judge: { name: HALDANE_JUDGE, judgeConfigurations: {} },
  metrics: [],
  classifier: { groupWeights: {} },
};

function copyOf({ name = '', ...config }: CanaryConfig): CanaryConfig {
  const { id: _id, createdTimestamp: _c, updatedTimestamp: _u, createdTimestampIso: _ci, ...rest } = config;
  const { updatedTimestampIso: _ui, ...copied } = rest;
  return { name: `${name}-copy`, ...copied };
}

function editorOf(service: Service, reply: FastifyReply, config: CanaryConfig, id?: string): FastifyReply {
  const values = readPreviewValues({}, scopeNames(config), wallClock());
  const page = { id, name: config.name ?? '', text: toText(config), problems: [], values, errors: new Map() };
  return sendEditor(reply, { ...page, choices: choicesOf(service) });
}

/** Its query fields bring their own styles. */
function sendEditor(reply: FastifyReply, page: Omit<EditPage, 'styleNonce'>): FastifyReply {
  const styleNonce = randomBytes(16).toString('base64url');
  return sendPage(reply, renderEditPage({ ...page, styleNonce }), styleNonce);
}

function toText(config: CanaryConfig): string {
  return JSON.stringify(config, undefined, 2);
}

interface EditForm {
  readonly id?: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly check?: string | undefined;
  readonly try?: string | undefined;
}

/** Saves, validates or tries the submitted config; problems are shown on the page. */
async function answerForm(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  form: EditForm,
): Promise<FastifyReply> {
  const { id, fields } = form;
  const text = fields.json ?? '';
  const { config, problems } = await readConfig(service, text, id);
  const values = readPreviewValues(fields, scopeNames(config ?? {}), wallClock());
  const page = { id, name: config?.name ?? '', text, problems, values, choices: choicesOf(service) };
  const show = (more: Pick<EditPage, 'errors' | 'preview'>) => sendEditor(reply, { ...page, ...more });
  const nothing = { errors: new Map() };
  if (form.try !== undefined) {
    requireAccounts(request, service, { config, metricsAccountName: accountOf(values) });
    return show(
      config === undefined
        ? nothing
        : await previewOf(service, { config, values, draw: fields.draw }, clientSignal(reply)),
    );
  }
  if (form.check !== undefined) return show(nothing);
  if (config === undefined || problems.some(({ prevents }) => prevents === 'saving')) {
    reply.code(400);
    return show(nothing);
  }
  requireApplications(request, config.applications ?? []);
  const { canaryConfigs } = service;
  const saved = id === undefined ? await canaryConfigs.create(config) : await canaryConfigs.replace(id, config);
  noteObject(request, saved);
  return reply.redirect(`/configs/${encodeURIComponent(saved)}${triedQuery(values)}`, 303);
}

/** A config that replaces another gets its id, whatever its own id says. */
async function readConfig(service: Service, text: string, id: string | undefined): Promise<CheckedConfig> {
  try {
    const written = readWritten(text);
    const isObject = typeof written === 'object' && written !== null && !Array.isArray(written);
    return await checkedConfig(service, isObject && id !== undefined ? { ...written, id } : (written ?? ''));
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    const problem = problemOf('field-invalid', '', error.message.replace(/^body: /, ''));
    return { problems: [problem] };
  }
}

function choicesOf({ queryTypes, judging, accounts }: Service): EditChoices {
  return {
    providers: queryTypes.map(({ type, Query }) => ({
      type,
      fields: queryFields(inputSchema(Query)),
    })),
    sections: SECTIONS,
    judges: judging.judges.map(judgeChoice),
    accounts: accounts.metricsStores().map(({ name, type }) => ({ name, type })),
  };
}
