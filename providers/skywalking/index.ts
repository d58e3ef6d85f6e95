import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount, type HttpAccount, HttpAccountFields } from '../shared/http/account.ts';
import { fetchJson } from '../shared/http/http.ts';
import { gridOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { coarserStepWarning } from '../shared/series/warnings.ts';
import { AnyAnswer, ExpressionAnswer, readExpression, readFailure, readValues } from './answer.ts';
import { type DurationPart, durationParts, keptGrid } from './duration.ts';
import { buildQuery, questionOf, SkyWalkingQuery, type SkyWalkingRequest } from './query.ts';

const SkyWalkingAccount = z
  .strictObject({ ...HttpAccountFields, type: z.literal('skywalking') })
  .meta({ id: 'SkyWalkingAccount' });

/** Apache SkyWalking, by the GraphQL of its OAP server. */
export const skywalking = defineProvider({
  type: 'skywalking',
  Query: SkyWalkingQuery,
  Account: SkyWalkingAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  check,
  describeAccount: describeHttpAccount,
});

/** More than a picker can show. */
const MAX_NAMES = 5000;
/** Summer time may begin. */
const OFFSET_KEPT_MILLIS = 600_000;

async function queryMetrics(request: SkyWalkingRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, query } = request;
  const asked = gridOf(request.scope);
  const grid = keptGrid(asked);
  const attributes = {
    query: buildQuery(request),
    ...(grid === asked ? {} : { warnings: coarserStepWarning(asked.stepMillis, grid.stepMillis) }),
  };
  const joined = new JoinedSeries();
  for (const part of durationParts(grid, await clockOffset(account, signal))) {
    joined.add(await askPart(request, part, signal));
    refuseTooMany(request, grid, joined.size);
  }
  return toMetricSets({ request, grid, series: joined.series, label: 'start', combine: query.combine, attributes });
}

async function askPart(request: SkyWalkingRequest, part: DurationPart, signal: AbortSignal) {
  const { query, variables } = questionOf(request);
  const question = {
    ...questionTo(request.account, query, { ...variables, duration: part.duration }),
    metricName: request.metric.name,
  };
  return request.query.query === undefined
    ? readExpression(request, await fetchJson({ ...question, Answer: ExpressionAnswer }, signal))
    : readValues(request, await fetchJson({ ...question, Answer: AnyAnswer }, signal), part);
}

function questionTo(account: HttpAccount, query: string, variables: Readonly<Record<string, unknown>> = {}) {
  return { account, path: '/graphql', json: { query, variables }, readFailure };
}

const TimeInfo = z.object({
  data: z.object({ getTimeInfo: z.object({ timezone: z.string().regex(/^[+-]\d{4}$/, 'not like +0800') }) }),
});

/** By account: how far its server's clock is ahead of UTC, and when that was learnt. */
const offsets = new WeakMap<HttpAccount, { readonly millis: number; readonly at: number }>();

async function clockOffset(account: HttpAccount, signal: AbortSignal): Promise<number> {
  const known = offsets.get(account);
  if (known !== undefined && Date.now() - known.at < OFFSET_KEPT_MILLIS) return known.millis;
  const { data } = await askTimeInfo(account, signal);
  const [, sign, hours, minutes] = /^(.)(\d\d)(\d\d)$/.exec(data.getTimeInfo.timezone) ?? [];
  const millis = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  offsets.set(account, { millis, at: Date.now() });
  return millis;
}

function askTimeInfo(account: HttpAccount, signal: AbortSignal) {
  return fetchJson({ ...questionTo(account, 'query { getTimeInfo { timezone } }'), Answer: TimeInfo }, signal);
}

async function check(account: HttpAccount, signal: AbortSignal): Promise<void> {
  await askTimeInfo(account, signal);
}

const Metrics = z.object({
  data: z.object({ listMetrics: z.array(z.object({ name: z.string(), type: z.string().optional() })) }),
});

async function getMetadata(account: HttpAccount, filter: string, signal: AbortSignal) {
  const question = questionTo(account, 'query { listMetrics { name type } }');
  const { data } = await fetchJson({ ...question, Answer: Metrics }, signal);
  const wanted = filter.toLowerCase();
  return data.listMetrics.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, MAX_NAMES);
}
