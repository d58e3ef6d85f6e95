import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { AccountFields } from '../../src/domain/account.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { hasInstant, instantMillis } from '../../src/domain/values/instant.ts';
import { CanaryError } from '../../src/errors.ts';
import { aboutAsked } from '../shared/http/failures.ts';
import { invalidQuery } from '../shared/query/query-fields.ts';
import { type Grid, gridOf, type RawPoint } from '../shared/series/grid.ts';
import { type RawSeries, toMetricSets } from '../shared/series/metric-sets.ts';
import { InlineQuery, type InlineRequest, type InlineSide, readSide } from './query.ts';

const InlineAccount = z
  .strictObject({
    ...AccountFields,
    type: z.literal('inline'),
    maxSeries: z.number().int().min(1).default(100).describe('a query with more series a side is an error'),
  })
  .meta({ id: 'InlineAccount' });

/** Series that come with the query: nobody is asked. */
export const inline = defineProvider({
  type: 'inline',
  builtInAccount: 'inline',
  holdsData: true,
  Query: InlineQuery,
  Account: InlineAccount,
  buildQuery,
  queryMetrics,
  check: async () => {},
  describeAccount: () => ({}),
});

/** Where a scope gives no step, values are labelled as if there were one a minute. */
const UNSTATED_STEP_SECONDS = 60;

/** There is nothing to send: the text says which side's data it is, and how much. */
function buildQuery(request: InlineRequest): string {
  return textOf(request, readSide(request));
}

function textOf({ side }: InlineRequest, { form, series }: InlineSide): string {
  const values = series.reduce((sum, { points }) => sum + points.length, 0);
  return `${form}: ${values} values in ${series.length} series of the ${side}`;
}

async function queryMetrics(request: InlineRequest, signal: AbortSignal): Promise<MetricSet[]> {
  // Reading takes a while, so others go first; and whoever canceled does not wait for it.
  await nextTurn();
  if (signal.aborted) throw new CanaryError('EXECUTION_CANCELED', `${aboutOf(request)}: canceled`);
  const side = readSide(request);
  const grid = side.timed ? gridOf(request.scope) : indexGrid(request, side);
  const series = side.timed ? side.series : side.series.map((one) => onGrid(one, grid));
  const warnings = warningsOf(side, grid);
  const attributes = { query: textOf(request, side), ...(warnings === undefined ? {} : { warnings }) };
  return toMetricSets({ request, grid, series, label: 'start', combine: request.query.combine, attributes });
}

function aboutOf({ account, metric }: InlineRequest): string {
  return aboutAsked({ account, metricName: metric.name });
}

/** As long as the longest series, whatever the window: start and step are only labels. */
function indexGrid(request: InlineRequest, { series }: InlineSide): Grid {
  const { start, step = 0 } = request.scope;
  if (start === undefined) throw invalidQuery(request, 'Start time is required.');
  const startMillis = instantMillis(start);
  const stepMillis = (step > 0 ? step : UNSTATED_STEP_SECONDS) * 1000;
  const size = series.reduce((longest, { points }) => Math.max(longest, points.length), 1);
  const endMillis = startMillis + size * stepMillis;
  if (!hasInstant(endMillis)) {
    throw invalidQuery(request, `${size} values, one every ${stepMillis / 1000} s from ${start}, go on too long.`);
  }
  return { startMillis, endMillis, stepMillis, size };
}

function onGrid({ tags, points }: RawSeries, { startMillis, stepMillis }: Grid): RawSeries {
  return { tags, points: points.map(([index, value]): RawPoint => [startMillis + index * stepMillis, value]) };
}

function warningsOf({ timed, series }: InlineSide, { startMillis, endMillis }: Grid): string | undefined {
  if (!timed) return undefined;
  const times = series.flatMap(({ points }) => points.map(([millis]) => millis));
  if (times.length === 0 || times.some((millis) => millis >= startMillis && millis < endMillis)) return undefined;
  const [start, end] = [startMillis, endMillis].map((millis) => new Date(millis).toISOString());
  return `all ${times.length} points lie outside the window from ${start} to ${end}`;
}
