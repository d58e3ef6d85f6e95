import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { fetchJson, fetchText, type TextAnswer } from '../shared/http/http.ts';
import { gridOf, type Part, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { warningsAttribute } from '../shared/series/warnings.ts';
import { authorizeFor, SplunkAccount } from './account.ts';
import { readExport, readRefusal, seriesOf } from './answer.ts';
import { buildQuery, buildSearch, SplunkQuery, type SplunkRequest } from './query.ts';

/** Splunk Enterprise and Splunk Cloud Platform; Splunk Observability is `signalfx`. */
export const splunk = defineProvider({
  type: 'splunk',
  Query: SplunkQuery,
  Account: SplunkAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  check,
  describeAccount: describeHttpAccount,
});

/** `timechart` makes 50,000 buckets at most. */
const MAX_SLOTS_A_QUESTION = 10_000;
/** More than a picker can show. */
const MAX_NAMES = 5000;
/** Of no events there are none. */
const ZERO_WITHOUT_EVENTS: readonly string[] = ['count', 'dc'];

async function queryMetrics(request: SplunkRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const { text: query, isBuilt } = buildSearch(request);
  const { account, query: fields } = request;
  const grid = gridOf(request.scope);
  const joined = new JoinedSeries();
  const warnings: string[] = [];
  for (const part of partsOf(grid, MAX_SLOTS_A_QUESTION)) {
    const answer = await askPart(request, query, part, signal);
    const read = readExport(answer, account.allowPartial);
    const series = seriesOf(read.rows, fields);
    if (series === undefined) throw answer.unreadable('a row has no _time; end the search with timechart, or BY _time');
    warnings.push(...read.warnings);
    joined.add(series);
    refuseTooMany(request, grid, joined.size);
  }
  const attributes = { query, ...(await warningsAttribute(account, warnings)) };
  const sets = toMetricSets({ request, grid, series: joined.series, label: 'start', combine: 'mean', attributes });
  const isCounted = isBuilt && ZERO_WITHOUT_EVENTS.includes(fields.aggregation);
  return isCounted && joined.size > 0 ? sets.map(withoutGaps) : sets;
}

/** A group without an event in a part of the window is not in the answer to that part. */
function withoutGaps(set: MetricSet): MetricSet {
  return { ...set, values: set.values.map((value) => (Number.isNaN(value) ? 0 : value)) };
}

function askPart(request: SplunkRequest, search: string, part: Part, signal: AbortSignal): Promise<TextAnswer> {
  const { account, metric, query } = request;
  const { app, owner } = query;
  const isNamespaced = app !== undefined || owner !== undefined;
  return askExport(
    {
      account,
      metricName: metric.name,
      root: isNamespaced ? `/servicesNS/${owner ?? 'nobody'}/${app ?? '-'}` : '/services',
      search,
      // The earliest moment belongs to the search, the latest does not.
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
async function getMetadata(account: SplunkAccount, filter: string, signal: AbortSignal): Promise<MetricDescriptor[]> {
  const search = '| mcatalog values(metric_name) AS name WHERE index=*';
  const asked = { account, root: '/services', search, earliest: '-24h', latest: 'now' };
  const { rows } = readExport(await askExport(asked, signal), account.allowPartial);
  const wanted = filter.toLowerCase();
  // One name is a text, several are a list.
  return rows
    .flatMap(({ name }) => name)
    .filter((name) => typeof name === 'string')
    .filter((name) => name.toLowerCase().includes(wanted))
    .slice(0, MAX_NAMES)
    .map((name) => ({ name }));
}

async function check(account: SplunkAccount, signal: AbortSignal): Promise<void> {
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
