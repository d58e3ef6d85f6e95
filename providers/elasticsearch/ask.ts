import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { fetchJson } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { gridOf, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { type StoreAnswer, toMetricSets } from '../shared/series/metric-sets.ts';
import { partialWarnings } from '../shared/series/partial.ts';
import { authorizeFor, type ElasticsearchAccount } from './account.ts';
import { leftOutOf, SearchAnswer, seriesOf } from './answer.ts';
import { type ElasticsearchRequest, indexPath } from './query.ts';
import { missingOf, readLimit, readRefusal } from './refusal.ts';
import { buildSearch, isWholeBody, type Search, searchIn } from './search.ts';

const MAX_SLOTS_A_QUESTION = 10_000;
/** The default limit is 65,535 across all groups; `search.max_buckets` changes it. */
const MAX_BUCKETS_A_QUESTION = 60_000;
/** Aggregations that are 0 without documents. */
const ZERO_WITHOUT_DOCUMENTS: readonly string[] = ['count', 'sum', 'cardinality'];

export async function queryMetrics(request: Built<ElasticsearchRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { query } = request;
  const asked = gridOf(request.scope);
  const joined = new JoinedSeries(request, asked);
  for (const search of searchesOf(request)) await joined.add(await ask(request, search, signal));
  const gapsAreZero = !isWholeBody(request) && ZERO_WITHOUT_DOCUMENTS.includes(query.aggregation);
  return toMetricSets({ request, asked, answer: joined, label: 'start', combine: 'mean', gapsAreZero });
}

/** The position of the window in a custom body is unknown, so it cannot be split. */
function searchesOf(request: Built<ElasticsearchRequest>): Search[] {
  const parts = isWholeBody(request) ? [] : partsOf(gridOf(request.scope), slotsAQuestion(request));
  return parts.length <= 1 ? [searchIn(request.text)] : parts.map((part) => buildSearch(request, part));
}

function slotsAQuestion({ query, account }: ElasticsearchRequest): number {
  if (!query.groupBy) return MAX_SLOTS_A_QUESTION;
  const slots = Math.floor(MAX_BUCKETS_A_QUESTION / (account.maxSeries + 1)) - 1;
  return Math.max(1, Math.min(MAX_SLOTS_A_QUESTION, slots));
}

async function ask(request: Built<ElasticsearchRequest>, search: Search, signal: AbortSignal): Promise<StoreAnswer> {
  const { account, metric, query } = request;
  const { index, body } = search;
  const parameters = new URLSearchParams({
    // Otherwise an index that is closed or missing among several is left out without a word.
    ignore_unavailable: String(account.allowPartial),
    allow_partial_search_results: String(account.allowPartial),
  });
  const answer = await fetchJson(
    {
      account,
      metricName: metric.name,
      path: `/${indexPath(request, index)}/_search?${parameters}`,
      text: { type: 'application/json', text: body },
      authorize: authorizeFor(account),
      Answer: SearchAnswer,
      readRefusal,
      readFailure: readLimit,
    },
    signal,
  );
  const warnings = [
    ...partialWarnings(request, missingOf(answer), { remedy: 'see which shard or cluster is down' }),
    ...leftOutOf(answer),
    ...(answer._shards?.total === 0 ? [`no index is called ${index}: nothing was searched`] : []),
  ];
  return { series: seriesOf(answer, query.groupBy || 'group'), warnings };
}

const FieldCaps = z.object({
  fields: z.record(
    z.string(),
    z.record(z.string(), z.object({ aggregatable: z.boolean().nullish(), metadata_field: z.boolean().nullish() })),
  ),
});

/** The fields of the account's indices that can be aggregated, with their types. */
export async function getMetadata(account: ElasticsearchAccount, _filter: string, signal: AbortSignal) {
  const { fields } = await fetchJson(
    {
      account,
      path: `${accountPath(account)}/_field_caps?fields=*&ignore_unavailable=true`,
      authorize: authorizeFor(account),
      Answer: FieldCaps,
      readRefusal,
    },
    signal,
  );
  return Object.entries(fields).flatMap(([name, types]) => {
    const usable = Object.entries(types).filter(([, caps]) => caps.aggregatable && !caps.metadata_field);
    return usable.length === 0 ? [] : [{ name, type: usable.map(([type]) => type).join(',') }];
  });
}

/** A search without work for any shard; it needs the same permission as metrics. */
export async function check(account: ElasticsearchAccount, signal: AbortSignal): Promise<void> {
  await fetchJson(
    {
      account,
      path: `${accountPath(account)}/_search?ignore_unavailable=true`,
      json: { size: 0, track_total_hits: false, query: { match_none: {} } },
      authorize: authorizeFor(account),
      Answer: z.object({ timed_out: z.boolean() }),
      readRefusal,
    },
    signal,
  );
}

function accountPath({ index }: ElasticsearchAccount): string {
  const names = (index ?? '*').split(',').map((name) => encodeURIComponent(name.trim()));
  return `/${names.join(',')}`;
}
