import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { fetchJson } from '../shared/http/http.ts';
import { gridOf, type Part, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { warningsAttribute } from '../shared/series/warnings.ts';
import { authorizeFor, ElasticsearchAccount } from './account.ts';
import { readPartial, readRefusal, SearchAnswer, seriesOf } from './answer.ts';
import { ElasticsearchQuery, type ElasticsearchRequest, indexPath } from './query.ts';
import { buildQuery, buildSearch, isWholeBody, wholeOf } from './search.ts';

/** Elasticsearch, and OpenSearch, which answers the same searches. */
export const elasticsearch = defineProvider({
  type: 'elasticsearch',
  Query: ElasticsearchQuery,
  Account: ElasticsearchAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  check,
  describeAccount,
});

const MAX_SLOTS_A_QUESTION = 10_000;
/** 65,535 in all, with those of every group, unless the cluster's `search.max_buckets` says otherwise. */
const MAX_BUCKETS_A_QUESTION = 60_000;
/** More than a picker can show. */
const MAX_FIELDS = 5000;
/** Of no documents at all there are none, and their sum is 0. */
const ZERO_WITHOUT_DOCUMENTS: readonly string[] = ['count', 'sum', 'cardinality'];

async function queryMetrics(request: ElasticsearchRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const grid = gridOf(request.scope);
  const { query, account } = request;
  const joined = new JoinedSeries();
  const warnings: string[] = [];
  const parts = isWholeBody(request) ? [wholeOf(grid)] : partsOf(grid, slotsAQuestion(request));
  for (const part of parts) {
    const { answer, warning } = await ask(request, part, signal);
    if (warning !== undefined) warnings.push(warning);
    joined.add(seriesOf(answer, query.groupBy || 'group'));
    refuseTooMany(request, grid, joined.size);
  }
  const attributes = { query: buildQuery(request), ...(await warningsAttribute(account, warnings)) };
  const sets = toMetricSets({ request, grid, series: joined.series, label: 'start', combine: 'mean', attributes });
  const isCounted = !isWholeBody(request) && ZERO_WITHOUT_DOCUMENTS.includes(query.aggregation);
  return isCounted && joined.size > 0 ? sets.map(withoutGaps) : sets;
}

function slotsAQuestion({ query, account }: ElasticsearchRequest): number {
  if (!query.groupBy) return MAX_SLOTS_A_QUESTION;
  const slots = Math.floor(MAX_BUCKETS_A_QUESTION / (account.maxSeries + 1)) - 1;
  return Math.max(1, Math.min(MAX_SLOTS_A_QUESTION, slots));
}

/** A group without a document in a part of the window is not in the answer to that part. */
function withoutGaps(set: MetricSet): MetricSet {
  return { ...set, values: set.values.map((value) => (Number.isNaN(value) ? 0 : value)) };
}

interface Asked {
  readonly answer: SearchAnswer;
  readonly warning: string | undefined;
}

async function ask(request: ElasticsearchRequest, part: Part, signal: AbortSignal): Promise<Asked> {
  const { account, metric } = request;
  const { index, body } = buildSearch(request, part);
  const parameters = new URLSearchParams({
    ignore_unavailable: 'true',
    allow_partial_search_results: String(account.allowPartial),
  });
  let warning: string | undefined;
  const answer = await fetchJson(
    {
      account,
      metricName: metric.name,
      path: `/${indexPath(request, index)}/_search?${parameters}`,
      json: body,
      authorize: authorizeFor(account),
      Answer: SearchAnswer,
      readRefusal,
      readFailure: (json) => {
        const refusal = readPartial(json);
        if (!account.allowPartial || refusal?.code !== 'METRICS_ANSWER_INVALID') return refusal;
        warning = refusal.text;
        return undefined;
      },
    },
    signal,
  );
  if (answer._shards?.total === 0) warning = `no index is called ${index}: nothing was searched`;
  return { answer, warning };
}

const FieldCaps = z.object({
  fields: z.record(
    z.string(),
    z.record(z.string(), z.object({ aggregatable: z.boolean().nullish(), metadata_field: z.boolean().nullish() })),
  ),
});

/** The fields of the account's indices that can be aggregated, with their types. */
async function getMetadata(account: ElasticsearchAccount, filter: string, signal: AbortSignal) {
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
  const wanted = filter.toLowerCase();
  return Object.entries(fields)
    .filter(([name]) => name.toLowerCase().includes(wanted))
    .flatMap(([name, types]) => {
      const usable = Object.entries(types).filter(([, caps]) => caps.aggregatable && !caps.metadata_field);
      return usable.length === 0 ? [] : [{ name, type: usable.map(([type]) => type).join(',') }];
    })
    .slice(0, MAX_FIELDS);
}

/** A search that no shard has to work for; what it needs to be allowed is what metrics need. */
async function check(account: ElasticsearchAccount, signal: AbortSignal): Promise<void> {
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

function describeAccount(account: ElasticsearchAccount): Record<string, unknown> {
  const { index } = account;
  return { ...describeHttpAccount(account), ...(index === undefined ? {} : { index }) };
}
