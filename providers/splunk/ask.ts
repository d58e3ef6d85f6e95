import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { fetchJson, fetchText, type TextAnswer } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { gridOf, type Part, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { partialWarnings } from '../shared/series/partial.ts';
import { authorizeFor, type SplunkAccount } from './account.ts';
import { readExport, seriesOf } from './answer.ts';
import { isCutByUs, type SplunkRequest } from './query.ts';
import { readRefusal } from './refusal.ts';

/** `timechart` makes at most 50,000 buckets. */
const MAX_SLOTS_A_QUESTION = 10_000;
/** Aggregations that are 0 without events. */
const ZERO_WITHOUT_EVENTS: readonly string[] = ['count', 'dc'];

export async function queryMetrics(request: Built<SplunkRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { query } = request;
  const asked = gridOf(request.scope);
  const joined = new JoinedSeries(request, asked);
  for (const part of partsOf(asked, MAX_SLOTS_A_QUESTION)) {
    const answer = await askPart(request, part, signal);
    const { rows, warnings, partial } = readExport(answer);
    const series = seriesOf(rows, query);
    if (series === undefined) throw answer.unreadable('a row has no _time; end the search with timechart, or BY _time');
    await joined.add({ series, warnings: [...warnings, ...partialWarnings(request, partial)] });
  }
  const gapsAreZero = isCutByUs(request) && ZERO_WITHOUT_EVENTS.includes(query.aggregation);
  return toMetricSets({ request, asked, answer: joined, label: 'start', combine: 'mean', gapsAreZero });
}

function askPart(request: Built<SplunkRequest>, part: Part, signal: AbortSignal): Promise<TextAnswer> {
  const { account, metric, query, text: search } = request;
  const { app, owner } = query;
  const isNamespaced = app !== undefined || owner !== undefined;
  return askExport(
    {
      account,
      metricName: metric.name,
      root: isNamespaced ? `/servicesNS/${owner ?? 'nobody'}/${app ?? '-'}` : '/services',
      search,
      // The earliest time is inclusive, the latest exclusive.
      earliest: (part.startMillis / 1000).toFixed(3),
      latest: (part.endMillis / 1000).toFixed(3),
    },
    signal,
  );
}

interface Export {
  readonly account: SplunkAccount;
  readonly metricName?: string | undefined;
  readonly root: string;
  readonly search: string;
  readonly earliest: string;
  readonly latest: string;
}

function askExport({ account, metricName, root, search, earliest, latest }: Export, signal: AbortSignal) {
  const form = new URLSearchParams({
    search,
    earliest_time: earliest,
    latest_time: latest,
    output_mode: 'json',
    preview: 'false',
    search_mode: 'normal',
    adhoc_search_level: 'fast',
    allow_partial_results: String(account.allowPartial),
    auto_cancel: '60',
  });
  return fetchText(
    {
      account,
      metricName,
      path: `${root}/search/${account.apiVersion === 'v1' ? '' : `${account.apiVersion}/`}jobs/export`,
      form,
      authorize: authorizeFor(account),
      readRefusal,
    },
    signal,
  );
}

/** The names in metric indexes, of the last day. */
export async function getMetadata(
  account: SplunkAccount,
  _filter: string,
  signal: AbortSignal,
): Promise<MetricDescriptor[]> {
  const search = '| mcatalog values(metric_name) AS name WHERE index=*';
  const asked = { account, root: '/services', search, earliest: '-24h', latest: 'now' };
  const { rows } = readExport(await askExport(asked, signal));
  // A single name is a text, several are a list.
  return rows
    .flatMap(({ name }) => name)
    .filter((name) => typeof name === 'string')
    .map((name) => ({ name }));
}

export async function check(account: SplunkAccount, signal: AbortSignal): Promise<void> {
  await fetchJson(
    {
      account,
      path: '/services/authentication/current-context?output_mode=json',
      authorize: authorizeFor(account),
      Answer: z.object({ entry: z.array(z.unknown()) }),
      readRefusal,
    },
    signal,
  );
}
