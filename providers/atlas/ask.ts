import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { MAX_NAMES, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { fetchJson, fetchText } from '../shared/http/http.ts';
import { jsonOf } from '../shared/http/json-of.ts';
import { maskPath } from '../shared/http/path-secrets.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { coarserGrid, type Grid, gridOf } from '../shared/series/grid.ts';
import { refuseTooMany, type StoreAnswer, toMetricSets } from '../shared/series/metric-sets.ts';
import type { AtlasAccount } from './account.ts';
import { readStream } from './answer.ts';
import { askBackends, atlasBaseUrl, usualBaseUrl } from './backends.ts';
import type { AtlasRequest } from './query.ts';
import { readRefusal } from './refusal.ts';

export async function queryMetrics(request: Built<AtlasRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const asked = gridOf(request.scope);
  const baseURL = await atlasBaseUrl(request, signal);
  const answer = await ask({ request, grid: asked, baseUrl: baseURL }, signal);
  refuseTooMany(request, asked, answer.series.length);
  const grid = coarserGrid(asked, answer.givenMillis ?? 0);
  const isAsAnswered = request.series?.gaps === 'squeezed';
  const shift = isAsAnswered ? 0 : grid.startMillis - alignedStart(grid);
  const series = answer.series.map(({ tags, points }) => ({
    tags,
    points: Array.from(points, ([millis, value]) => [millis + shift, value] as const),
  }));
  const attributes = { baseURL: maskPath(baseURL, baseURL) };
  return toMetricSets({
    request,
    asked,
    answer: { ...answer, series },
    label: 'instant',
    combine: 'last',
    attributes,
    window: request.series?.window,
    asAnswered: { gaps: 'inner', end: 'lastStep', stepMillis: grid.stepMillis },
  });
}

/** Atlas has points at multiples of the step since 1970: the window starts at the one at or before its start. */
function alignedStart({ startMillis, stepMillis }: Grid): number {
  return Math.floor(startMillis / stepMillis) * stepMillis;
}

interface Question {
  readonly request: Built<AtlasRequest>;
  readonly grid: Grid;
  readonly baseUrl: string;
}

/** Atlas splits long windows itself. */
async function ask({ request, grid, baseUrl }: Question, signal: AbortSignal): Promise<StoreAnswer> {
  const { account, metric } = request;
  // Kayenta sends the true start and end.
  const isClosed = request.series?.window === 'closed';
  const start = isClosed ? grid.startMillis : alignedStart(grid);
  const end = isClosed ? grid.endMillis : start + grid.size * grid.stepMillis;
  const parameters = new URLSearchParams({
    q: request.text,
    s: String(start),
    e: String(end),
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
  return readStream(request, answer);
}

/** In Java's `Duration` format: PT1M, PT1M30S, PT24H. */
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
const MAX_PAGES = 50;

/** With several clusters, the names in the first recommended location. */
export async function getMetadata(
  account: AtlasAccount,
  filter: string,
  signal: AbortSignal,
): Promise<MetricDescriptor[]> {
  const baseUrl = await usualBaseUrl(account, signal);
  const found: MetricDescriptor[] = [];
  let offset: string | undefined = '';
  for (let page = 0; baseUrl !== undefined && offset !== undefined && page < MAX_PAGES; page++) {
    const parameters = new URLSearchParams({ limit: String(NAMES_A_PAGE), ...(offset === '' ? {} : { offset }) });
    const answer = await fetchText({ account, baseUrl, path: `/api/v1/tags/name?${parameters}`, readRefusal }, signal);
    const names = Names.safeParse(jsonOf(answer.text)).data;
    if (names === undefined) throw answer.unreadable('not a list of names');
    found.push(...names.map((name) => ({ name })));
    const isEnough = filter === '' && found.length >= MAX_NAMES;
    offset = isEnough ? undefined : answer.headers['x-nflx-atlas-next-offset'];
  }
  return found;
}

export async function check(account: AtlasAccount, signal: AbortSignal): Promise<void> {
  if (account.backendsJsonBaseUrl === undefined) {
    await fetchJson({ account, path: '/api/v1/tags/name?limit=1', Answer: Names, readRefusal }, signal);
  } else {
    await askBackends(account, signal);
  }
}
