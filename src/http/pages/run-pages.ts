import { z } from 'zod';
import { EXECUTION_STATUS, type ExecutionStatus } from '../../domain/run.ts';
import type { RunPosition } from '../../domain/stores.ts';
import { answerAnalysis } from '../../engine/analyses/answer.ts';
import { CanaryError } from '../../errors.ts';
import { wallClock } from '../../waiting/clocks.ts';
import type { RunChoices, RunFilters } from '../../web/runs/run-filters.ts';
import { analysisLine, type RunRow, runLine } from '../../web/runs/run-line.ts';
import { renderRunsPage } from '../../web/runs/runs-page.ts';
import type { Trends } from '../../web/runs/trend-list.ts';
import { ownAddress } from '../answer/own-address.ts';
import { readCursor, writeCursor } from '../request/cursor.ts';
import { listedFor } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const PAGE_SIZE = 25;
const DAY_MILLIS = 86_400_000;
const text = z.string().default('');
const Query = z.object({
  show: z.enum(['runs', 'analyses']).catch('runs'),
  application: text,
  verdict: text,
  status: text,
  config: text,
  from: text,
  to: text,
  cursor: z.string().optional(),
});

interface Listed {
  readonly lines: readonly RunRow[];
  readonly last: RunPosition | undefined;
}

/** `/`: recent runs and analyses. */
export function runPages(http: HttpServer, service: Service): void {
  pagePlugin(http, (pages) => {
    pages.get(
      '/',
      { config: { permission: 'runs.read', of: 'chosen' }, schema: { hide: true, querystring: Query } },
      async (request, reply) => {
        const { cursor, ...filters } = request.query;
        const list = filters.show === 'runs' ? listRuns : listAnalyses;
        const within = listedFor(request, filters.application === '' ? [] : [filters.application]);
        const asked = { filters, within };
        const { lines, last } = await list(service, asked, cursor === undefined ? undefined : readCursor(cursor));
        const choices = await choicesOf(service, lines, within);
        const page = {
          filters,
          choices,
          lines,
          nextCursor: last && writeCursor(last),
          later: cursor !== undefined,
          accounts: { accounts: service.health.accounts(), checkedAgoMillis: service.health.accountsCheckedAgo() },
          trends: filters.show === 'runs' ? await trendsOf(service, asked, listedFor(request, [])) : undefined,
          message: service.health.message(),
          nowMillis: wallClock(),
          baseUrl: ownAddress(request),
        };
        return sendPage(reply, renderRunsPage(page));
      },
    );
  });
}

interface Asked {
  readonly filters: RunFilters;
  /** absent: all applications */
  readonly within: readonly string[] | undefined;
}

async function listRuns(
  { runs }: Service,
  { filters, within }: Asked,
  after: RunPosition | undefined,
): Promise<Listed> {
  const found = await runs.lines({
    ...commonFilter(filters, after),
    within,
    verdicts: filters.verdict === '' ? undefined : [filters.verdict],
    canaryConfigId: filters.config === '' ? undefined : filters.config,
  });
  const lines = found.slice(0, PAGE_SIZE).map(runLine);
  return { lines, last: lastOf(found) };
}

/** Of so many runs: one query, whatever their number. */
const TREND_AMONG = 500;

/** Of what is listed, whatever its verdict: of a pass rate of passes nobody learns anything. */
async function trendsOf(
  { reports, canaryConfigs }: Service,
  { filters, within }: Asked,
  mayRead: readonly string[] | undefined,
): Promise<Trends> {
  const { statuses: _, ...filter } = commonFilter(filters, undefined);
  const canaryConfigId = filters.config === '' ? undefined : filters.config;
  const trends = await reports.trends({ ...filter, within, canaryConfigId, limit: TREND_AMONG });
  // A run's application need not be one of its config's.
  const configs = await canaryConfigs.list(mayRead ?? []);
  return {
    trends,
    among: TREND_AMONG,
    names: new Map(configs.map(({ id, name }) => [id, name])),
  };
}

async function listAnalyses(
  service: Service,
  { filters, within }: Asked,
  after: RunPosition | undefined,
): Promise<Listed> {
  const found = await service.analyses.list({ ...commonFilter(filters, after), within });
  const lines: RunRow[] = [];
  for (const analysis of found.slice(0, PAGE_SIZE)) lines.push(analysisLine(await answerAnalysis(service, analysis)));
  return { lines, last: lastOf(found) };
}

/** Reads one more than a page shows, to know whether there is a next page. */
function commonFilter({ application, status, from, to }: RunFilters, after: RunPosition | undefined) {
  return {
    application: application === '' ? undefined : application,
    statuses: status === '' ? undefined : [statusOf(status)],
    from: from === '' ? undefined : dayMillis('from', from),
    to: to === '' ? undefined : dayMillis('to', to) + DAY_MILLIS,
    after,
    limit: PAGE_SIZE + 1,
  };
}

function lastOf(found: readonly RunPosition[]): RunPosition | undefined {
  return found.length > PAGE_SIZE ? found[PAGE_SIZE - 1] : undefined;
}

function statusOf(word: string): ExecutionStatus {
  if (Object.hasOwn(EXECUTION_STATUS, word)) return word as ExecutionStatus;
  const known = Object.keys(EXECUTION_STATUS).join(', ');
  throw new CanaryError('REQUEST_INVALID', `status: '${word}' is not known; known: ${known}`);
}

function dayMillis(name: string, day: string): number {
  const millis = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isFinite(millis)) return millis;
  throw new CanaryError('REQUEST_INVALID', `${name}: '${day}' is not a day; write it as 2026-01-31`);
}

const MOST_CHOICES = 500;

async function choicesOf(
  { canaryConfigs }: Service,
  lines: readonly RunRow[],
  within: readonly string[] | undefined,
): Promise<RunChoices> {
  const configs = (await canaryConfigs.list(within ?? [])).slice(0, MOST_CHOICES);
  const all = [...configs.flatMap((config) => config.applications), ...lines.map(({ application }) => application)];
  return {
    applications: [...new Set(within ?? all)].sort().slice(0, MOST_CHOICES),
    configs: configs.map(({ id, name }) => ({ id, name })),
  };
}
