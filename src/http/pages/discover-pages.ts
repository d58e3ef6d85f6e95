import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { DrawnMetric } from '../../domain/query-preview.ts';
import type { Survey } from '../../domain/survey.ts';
import { drawMetric } from '../../engine/fetching/preview-config.ts';
import type { SurveyWish } from '../../engine/survey/surveys.ts';
import { CanaryError } from '../../errors.ts';
import { type DiscoverPage, renderDiscoverPage, type SurveyedAccount } from '../../web/discover/discover-page.ts';
import { noteObject } from '../request/audit-trail.ts';
import { checkedConfig } from '../request/checked-config.ts';
import { clientSignal } from '../request/client-signal.ts';
import { principalOf } from '../request/principal.ts';
import { requireAccounts, requireApplications } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const Fields = z.record(z.string(), z.string());
type Fields = z.infer<typeof Fields>;

/** `/discover`: what a configured account has to judge, and a config for it. */
export function discoverPages(http: HttpServer, service: Service): void {
  pagePlugin(http, (pages) => {
    pages.get(
      '/discover',
      { config: { permission: 'queries.send', of: 'nothing' }, schema: { hide: true, querystring: Fields } },
      async (request, reply) => {
        const { page, code } = await pageOf(service, request, reply, request.query);
        return sendPage(reply.code(code), renderDiscoverPage(page));
      },
    );

    pages.post(
      '/discover',
      { config: { permission: 'configs.write', of: 'chosen' }, schema: { hide: true, body: Fields } },
      async (request, reply) => {
        const { page, code, config } = await pageOf(service, request, reply, request.body);
        const prevents = page.problems.some((problem) => problem.prevents === 'saving');
        if (config === undefined || prevents || code !== 200) {
          return sendPage(reply.code(code === 200 ? 400 : code), renderDiscoverPage(page));
        }
        requireApplications(request, config.applications ?? []);
        const id = await service.canaryConfigs.create(config);
        noteObject(request, id);
        return reply.redirect(`/configs/${encodeURIComponent(id)}?${judgedBy(page)}#try-title`, 303);
      },
    );
  });
}

interface Found {
  readonly page: DiscoverPage;
  /** of the answer: why there is nothing to see */
  readonly code: number;
  /** as it would be saved */
  readonly config?: CanaryConfig | undefined;
}

async function pageOf(service: Service, request: FastifyRequest, reply: FastifyReply, fields: Fields): Promise<Found> {
  const { listed, unlisted } = accountsOf(service, request);
  const account = fields.account || listed[0]?.name;
  const page = { accounts: listed, unlisted, fields: { ...fields, account: account ?? '' }, problems: [], drawn: [] };
  if (account === undefined) return { page, code: 200 };
  requireAccounts(request, service, { metricsAccountName: account });
  try {
    const signal = clientSignal(reply);
    const survey = await service.surveys(wishOf(fields, account), signal);
    return { ...(await withConfig(service, survey, page, signal)), code: 200 };
  } catch (error) {
    if (!(error instanceof CanaryError) || error.code === 'INTERNAL') throw error;
    return { page: { ...page, failure: error.message }, code: error.status };
  }
}

async function withConfig(service: Service, survey: Survey, page: DiscoverPage, signal: AbortSignal) {
  const { proposal, account } = survey;
  if (proposal === undefined) return { page: { ...page, survey } };
  const { config, problems } = await checkedConfig(service, proposal.config);
  const drawn = await Promise.all(
    telling(config).map((index): Promise<DrawnMetric> => {
      const asked = { config: config ?? {}, request: proposal.request, metricsAccountName: account, index };
      return drawMetric(service.metricExplorer, asked, signal);
    }),
  );
  return { page: { ...page, survey, problems, drawn, expanded: config }, config };
}

/** The metrics accounts that the caller may ask, those that can be looked through apart from the others. */
function accountsOf({ accounts, metricExplorer }: Service, request: FastifyRequest) {
  const { accounts: own } = principalOf(request);
  const allowed: SurveyedAccount[] = accounts
    .metricsStores()
    .filter(({ name }) => own === undefined || own.includes(name))
    .map(({ name, type }) => ({ name, type }));
  return {
    listed: allowed.filter(({ type }) => metricExplorer.listsSeries(type)),
    unlisted: allowed.filter(({ type }) => !metricExplorer.listsSeries(type)),
  };
}

const PACK = 'pack.';
/** What the page offers; another number is none of its. */
const DEFAULT_MINUTES = 30;
const [LEAST_MINUTES, MOST_MINUTES] = [5, 1440];

/** What a form says; an empty field is what was found. Sides belong to the label whose values they were chosen from. */
function wishOf(fields: Fields, account: string): SurveyWish {
  const { label = '', location = '', name = '', application = '', last = '' } = fields;
  const packs = Object.keys(fields).flatMap((field) => (field.startsWith(PACK) ? [field.slice(PACK.length)] : []));
  const sameAccount = (fields.of ?? account) === account;
  const sameLabel = sameAccount && (fields.ofLabel ?? label) === label && (fields.ofLocation ?? location) === location;
  const given = (value: string | undefined, counts: boolean) => (value && counts ? value : undefined);
  return {
    account,
    label: given(label, sameAccount),
    location: given(location, sameAccount),
    pack: sameAccount ? packs : [],
    baseline: given(fields.baseline, sameLabel),
    canary: given(fields.canary, sameLabel),
    name: given(name, sameAccount),
    application: given(application, sameAccount),
    minutes: minutesOf(last),
  };
}

/** @throws CanaryError REQUEST_INVALID */
function minutesOf(text: string): number {
  const minutes = text === '' ? DEFAULT_MINUTES : Number(text);
  if (Number.isInteger(minutes) && minutes >= LEAST_MINUTES && minutes <= MOST_MINUTES) return minutes;
  const remedy = `write a whole number of minutes, ${LEAST_MINUTES} to ${MOST_MINUTES}`;
  throw new CanaryError('REQUEST_INVALID', `last: '${text.slice(0, 40)}' is no length of time here; ${remedy}`);
}

const TOLD_GROUPS = ['errors', 'latency', 'traffic', 'saturation'];

/** One metric of each kind, to see at once what would be judged. */
function telling(config: CanaryConfig | undefined): number[] {
  const metrics = config?.metrics ?? [];
  const found = TOLD_GROUPS.map((group) => metrics.findIndex(({ groups }) => groups?.includes(group)));
  return found.filter((index) => index >= 0);
}

/** The fields with which a config's page judges the window that was looked at. */
function judgedBy({ survey, fields }: DiscoverPage): URLSearchParams {
  const { controlScope, experimentScope } = survey?.proposal?.request.scopes?.default ?? {};
  return new URLSearchParams({
    account: fields.account ?? '',
    control: controlScope?.scope ?? '',
    controlLocation: controlScope?.location ?? '',
    experiment: experimentScope?.scope ?? '',
    experimentLocation: experimentScope?.location ?? '',
    start: controlScope?.start ?? '',
    end: controlScope?.end ?? '',
    step: String(controlScope?.step ?? ''),
  });
}
