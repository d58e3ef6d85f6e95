import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { fetchJson, fetchText } from '../shared/http/http.ts';
import { coarserGrid, type Grid, gridOf } from '../shared/series/grid.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { coarserStepWarning, warningsAttribute } from '../shared/series/warnings.ts';
import { AtlasAccount } from './account.ts';
import { type FetchAnswer, readRefusal, readStream } from './answer.ts';
import { askBackends, atlasBaseUrl, usualBaseUrl } from './backends.ts';
import { AtlasQuery, type AtlasRequest, buildQuery, readFetchParameters } from './query.ts';

/** Atlas, one or many. */
export const atlas = defineProvider({
  type: 'atlas',
  Query: AtlasQuery,
  Account: AtlasAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  readFetchParameters,
  check,
  describeAccount,
});

async function queryMetrics(request: AtlasRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const query = buildQuery(request);
  const asked = gridOf(request.scope);
  const baseURL = await atlasBaseUrl(request, signal);
  const { series, stepMillis = asked.stepMillis } = await ask(
    { request, query, grid: asked, baseUrl: baseURL },
    signal,
  );
  refuseTooMany(request, asked, series.length);
  const isCoarser = stepMillis > asked.stepMillis;
  const grid = isCoarser ? coarserGrid(asked, stepMillis) : asked;
  const warnings = isCoarser ? [coarserStepWarning(asked.stepMillis, stepMillis)] : [];
  const attributes = { query, baseURL, ...(await warningsAttribute(request.account, warnings)) };
  const shifted = series.map(({ tags, points }) => ({
    tags,
    points: points.map(([millis, value]) => [millis + grid.startMillis - alignedStart(grid), value] as const),
  }));
  return toMetricSets({ request, grid, series: shifted, label: 'instant', combine: 'last', attributes });
}

/** Atlas has points at multiples of the step since 1970: the window begins at the one before it, or at its start. */
function alignedStart({ startMillis, stepMillis }: Grid): number {
  return Math.floor(startMillis / stepMillis) * stepMillis;
}

interface Question {
  readonly request: AtlasRequest;
  readonly query: string;
  readonly grid: Grid;
  readonly baseUrl: string;
}

/** Atlas divides long windows itself. */
async function ask({ request, query, grid, baseUrl }: Question, signal: AbortSignal): Promise<FetchAnswer> {
  const { account, metric } = request;
  const start = alignedStart(grid);
  const parameters = new URLSearchParams({
    q: query,
    s: String(start),
    e: String(start + grid.size * grid.stepMillis),
    step: isoDuration(grid.stepMillis / 1000),
    ...(account.fetchId === undefined ? {} : { id: account.fetchId }),
  });
  const answer = await fetchText(
    {
      account,
      metricName: metric.name,
      baseUrl,
      path: `/api/v2/fetch?${parameters}`,
      accept: 'text/event-stream',
      readRefusal,
    },
    signal,
  );
  return readStream(answer);
}

/** As Java writes a `Duration`: PT1M, PT1M30S, PT24H. */
function isoDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'H'],
    [Math.floor((seconds % 3600) / 60), 'M'],
    [seconds % 60, 'S'],
  ] as const;
  return `PT${parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('')}`;
}

const Names = z.array(z.string());
const NAMES_A_PAGE = 1000;
/** More than a picker can show. */
const MAX_NAMES = 5000;
const MAX_PAGES = 50;

/** With many clusters, those of the first recommended location. */
async function getMetadata(account: AtlasAccount, filter: string, signal: AbortSignal): Promise<MetricDescriptor[]> {
  const baseUrl = await usualBaseUrl(account, signal);
  const wanted = filter.toLowerCase();
  const found: MetricDescriptor[] = [];
  let offset: string | undefined = '';
  for (let page = 0; baseUrl !== undefined && offset !== undefined && page < MAX_PAGES; page++) {
    const parameters = new URLSearchParams({ limit: String(NAMES_A_PAGE), ...(offset === '' ? {} : { offset }) });
    const answer = await fetchText({ account, baseUrl, path: `/api/v1/tags/name?${parameters}`, readRefusal }, signal);
    const names = readNames(answer.text);
    if (names === undefined) throw answer.unreadable('not a list of names');
    found.push(...names.filter((name) => name.toLowerCase().includes(wanted)).map((name) => ({ name })));
    offset = found.length < MAX_NAMES ? answer.headers['x-nflx-atlas-next-offset'] : undefined;
  }
  return found.slice(0, MAX_NAMES);
}

function readNames(text: string): string[] | undefined {
  try {
    return Names.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function check(account: AtlasAccount, signal: AbortSignal): Promise<void> {
  if (account.backendsJsonBaseUrl === undefined) {
    await fetchJson({ account, path: '/api/v1/tags/name?limit=1', Answer: Names, readRefusal }, signal);
  } else {
    await askBackends(account, signal);
  }
}

function describeAccount(account: AtlasAccount): Record<string, unknown> {
  const { backendsJsonBaseUrl, fetchId } = account;
  return {
    ...describeHttpAccount(account),
    ...(backendsJsonBaseUrl === undefined ? {} : { backendsJsonBaseUrl }),
    ...(fetchId === undefined ? {} : { fetchId }),
  };
}
