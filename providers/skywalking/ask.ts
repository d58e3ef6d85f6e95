import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { monotonicClock } from '../../src/waiting/clocks.ts';
import { fetchJson } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { coarserGrid, gridOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { type StoreAnswer, toMetricSets } from '../shared/series/metric-sets.ts';
import { partialWarnings } from '../shared/series/partial.ts';
import type { SkyWalkingAccount } from './account.ts';
import { AnyAnswer, ExpressionAnswer, readExpression, readValues } from './answer.ts';
import { type DurationPart, durationParts, SHORTEST_UNIT_MILLIS } from './duration.ts';
import { questionOf, type SkyWalkingRequest } from './query.ts';
import { missingOf, readFailure } from './refusal.ts';

/** The offset is re-read, since daylight saving time may start. */
const OFFSET_KEPT_MILLIS = 600_000;

export async function queryMetrics(
  request: Built<SkyWalkingRequest>,
  signal: AbortSignal,
  monotonic = monotonicClock,
): Promise<MetricSet[]> {
  const asked = gridOf(request.scope);
  const grid = coarserGrid(asked, SHORTEST_UNIT_MILLIS);
  const joined = new JoinedSeries(request, grid);
  for (const part of durationParts(grid, await clockOffset(request.account, signal, monotonic))) {
    await joined.add(await askPart(request, part, signal));
  }
  const answer = { series: joined.series, warnings: joined.warnings, givenMillis: grid.stepMillis };
  return toMetricSets({ request, asked, answer, label: 'start', combine: request.query.combine });
}

async function askPart(
  request: Built<SkyWalkingRequest>,
  part: DurationPart,
  signal: AbortSignal,
): Promise<StoreAnswer> {
  const { query, variables } = questionOf(request);
  const question = {
    ...questionTo(request.account, query, { ...variables, duration: part.duration }),
    metricName: request.metric.name,
  };
  if (request.query.query === undefined) {
    const answer = await fetchJson({ ...question, Answer: ExpressionAnswer }, signal);
    return { series: readExpression(request, answer), warnings: partialWarnings(request, missingOf(answer)) };
  }
  const answer = await fetchJson({ ...question, Answer: AnyAnswer }, signal);
  return { series: readValues(request, answer, part), warnings: partialWarnings(request, missingOf(answer)) };
}

function questionTo(account: SkyWalkingAccount, query: string, variables: Readonly<Record<string, unknown>> = {}) {
  return { account, path: '/graphql', json: { query, variables }, readFailure };
}

const TimeInfo = z.object({
  data: z.object({ getTimeInfo: z.object({ timezone: z.string().regex(/^[+-]\d{4}$/, 'not like +0800') }) }),
});

/** By account: its server's offset from UTC, and when that was read. */
const offsets = new WeakMap<SkyWalkingAccount, { readonly millis: number; readonly at: number }>();

async function clockOffset(account: SkyWalkingAccount, signal: AbortSignal, monotonic: () => number): Promise<number> {
  const known = offsets.get(account);
  if (known !== undefined && monotonic() - known.at < OFFSET_KEPT_MILLIS) return known.millis;
  const { data } = await askTimeInfo(account, signal);
  const [, sign, hours, minutes] = /^(.)(\d\d)(\d\d)$/.exec(data.getTimeInfo.timezone) ?? [];
  const millis = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  offsets.set(account, { millis, at: monotonic() });
  return millis;
}

function askTimeInfo(account: SkyWalkingAccount, signal: AbortSignal) {
  return fetchJson({ ...questionTo(account, 'query { getTimeInfo { timezone } }'), Answer: TimeInfo }, signal);
}

export async function check(account: SkyWalkingAccount, signal: AbortSignal): Promise<void> {
  await askTimeInfo(account, signal);
}

const Metrics = z.object({
  data: z.object({ listMetrics: z.array(z.object({ name: z.string(), type: z.string().optional() })) }),
});

export async function getMetadata(account: SkyWalkingAccount, _filter: string, signal: AbortSignal) {
  const question = questionTo(account, 'query { listMetrics { name type } }');
  const { data } = await fetchJson({ ...question, Answer: Metrics }, signal);
  return data.listMetrics;
}
