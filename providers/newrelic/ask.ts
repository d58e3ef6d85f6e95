import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { toInstant } from '../../src/domain/values/instant.ts';
import { fetchJson } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { type Grid, gridOf, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { type StoreAnswer, toMetricSets } from '../shared/series/metric-sets.ts';
import { accountIdOf, apiOf, type NewRelicAccount, questionTo } from './account.ts';
import { InsightsAnswer, NerdGraphAnswer, readInsights, readNerdGraph } from './answer.ts';
import { apiFor, buildQuery, type NewRelicRequest } from './query.ts';
import { readFailure, readInsightsRefusal, readRefusal } from './refusal.ts';

/** The most buckets per request. */
const MAX_BUCKETS = 366;

export async function queryMetrics(request: Built<NewRelicRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const ask = apiFor(request) === 'nerdgraph' ? askNerdGraph : askInsights;
  const asked = gridOf(request.scope);
  const joined = new JoinedSeries(request, asked);
  for (const nrql of questionsOf(request, asked)) await joined.add(await ask(request, nrql, signal));
  // Windows are requested in whole seconds, so buckets start this much before the steps of the grid.
  const offsetMillis = asked.startMillis % 1000;
  const series = joined.series.map(({ tags, points }) => ({
    tags,
    points: Array.from(points, ([millis, value]) => [millis + offsetMillis, value] as const),
  }));
  const { warnings, givenMillis } = joined;
  return toMetricSets({ request, asked, answer: { series, warnings, givenMillis }, label: 'start', combine: 'mean' });
}

/** The NRQL of each chunk of the window; a single one when the text does not depend on the window. */
function questionsOf(request: Built<NewRelicRequest>, grid: Grid): string[] {
  const parts = partsOf(grid, MAX_BUCKETS);
  if (parts.length === 1) return [request.text];
  const texts = parts.map(({ startMillis, endMillis, stepMillis }) => {
    // The last chunk may be shorter than a step, which New Relic rejects.
    const end = Math.max(endMillis, startMillis + stepMillis);
    return buildQuery({ ...request, scope: { ...request.scope, start: toInstant(startMillis), end: toInstant(end) } });
  });
  return [...new Set(texts)];
}

const NRQL = `query($id: Int!, $q: Nrql!, $t: Seconds!) {
  actor { account(id: $id) { nrql(query: $q, timeout: $t) { results metadata { facets messages } } } }
}`;

/** A NerdGraph request. @param nrql sent as a variable, so nothing in it can become GraphQL */
function graphQuestion(account: NewRelicAccount, nrql: string) {
  // The store accepts 5 to 120 seconds and defaults to 5.
  const timeout = Math.min(120, Math.max(5, Math.ceil(account.timeoutMillis / 1000)));
  return {
    ...questionTo(account, 'nerdgraph'),
    path: '/graphql',
    json: { query: NRQL, variables: { id: accountIdOf(account), q: nrql, t: timeout } },
    readRefusal,
    readFailure,
  };
}

async function askNerdGraph(request: NewRelicRequest, nrql: string, signal: AbortSignal): Promise<StoreAnswer> {
  const { account, metric } = request;
  const question = { ...graphQuestion(account, nrql), metricName: metric.name, Answer: NerdGraphAnswer };
  return readNerdGraph(request, await fetchJson(question, signal));
}

function insightsQuestion(account: NewRelicAccount, nrql: string) {
  return {
    ...questionTo(account, 'insights'),
    path: `/v1/accounts/${accountIdOf(account)}/query?${new URLSearchParams({ nrql })}`,
    readRefusal: readInsightsRefusal,
    readFailure: readInsightsFailure,
  };
}

async function askInsights(request: NewRelicRequest, nrql: string, signal: AbortSignal): Promise<StoreAnswer> {
  const { account, metric } = request;
  const question = { ...insightsQuestion(account, nrql), metricName: metric.name, Answer: InsightsAnswer };
  return readInsights(request, await fetchJson(question, signal));
}

const Faceted = z.object({ facets: z.array(z.unknown()) });

function readInsightsFailure(json: unknown) {
  if (!Faceted.safeParse(json).success) return readFailure(json);
  return { text: 'an answer with facets', remedy: 'facets need a userKey and api: nerdgraph' };
}

const EventTypes = z.array(z.object({ eventType: z.string() }));
const MetricNames = z.array(z.object({ 'uniques.metricName': z.array(z.string()) }));

/** Event types and metric names of the last day; only through NerdGraph. */
export async function getMetadata(
  account: NewRelicAccount,
  _filter: string,
  signal: AbortSignal,
): Promise<MetricDescriptor[]> {
  if (account.userKey === undefined) return [];
  const types = await listOf(account, { nrql: 'SHOW EVENT TYPES SINCE 1 day ago', Rows: EventTypes }, signal);
  const uniques = 'SELECT uniques(metricName, 5000) FROM Metric SINCE 1 day ago';
  const metrics = await listOf(account, { nrql: uniques, Rows: MetricNames }, signal);
  return [
    ...types.map(({ eventType }) => ({ name: eventType, kind: 'event type' })),
    ...metrics.flatMap((row) => row['uniques.metricName'].map((name) => ({ name, kind: 'metric' }))),
  ];
}

interface Listing<Rows> {
  readonly nrql: string;
  readonly Rows: z.ZodType<Rows>;
}

async function listOf<Rows>(
  account: NewRelicAccount,
  { nrql, Rows }: Listing<Rows>,
  signal: AbortSignal,
): Promise<Rows> {
  const Account = z.object({ nrql: z.object({ results: Rows }) });
  const Answer = z.object({ data: z.object({ actor: z.object({ account: Account }) }) });
  return (await fetchJson({ ...graphQuestion(account, nrql), Answer }, signal)).data.actor.account.nrql.results;
}

/** A cheap query of the database itself: a key may be valid, but not for this account. */
export async function check(account: NewRelicAccount, signal: AbortSignal): Promise<void> {
  const nrql = 'SHOW EVENT TYPES SINCE 1 minute ago';
  if (apiOf(account) === 'nerdgraph') await listOf(account, { nrql, Rows: EventTypes }, signal);
  else await fetchJson({ ...insightsQuestion(account, nrql), Answer: z.object({}) }, signal);
}
