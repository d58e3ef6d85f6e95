import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { hasInstant, instantMillis } from '../../src/domain/values/instant.ts';
import { CanaryError } from '../../src/errors.ts';
import { requestLabel } from '../shared/http/failures.ts';
import { type Built, invalidQuery } from '../shared/query/query-fields.ts';
import { type Grid, gridOf, type RawPoint } from '../shared/series/grid.ts';
import { type RawSeries, toMetricSets } from '../shared/series/metric-sets.ts';
import { type InlineRequest, type InlineSide, readSide } from './query.ts';

/** Without a step in the scope, values are labelled one per minute. */
const UNSTATED_STEP_SECONDS = 60;

export async function queryMetrics(request: Built<InlineRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  // Parsing takes a while, so yield first; a canceled run does not wait for it.
  await nextTurn();
  if (signal.aborted) throw new CanaryError('EXECUTION_CANCELED', `${requestLabel(request)}: canceled`);
  const side = readSide(request);
  const asked = side.timed ? gridOf(request.scope) : indexGrid(request, side);
  const series = side.timed ? side.series : side.series.map((one) => onGrid(one, asked));
  const answer = { series, warnings: warningsOf(side, asked) };
  return toMetricSets({ request, asked, answer, label: 'start', combine: request.query.combine });
}

/** There is no store to check. */
export async function check(): Promise<void> {}

/** As long as the longest series, whatever the window: start and step only label the values. */
function indexGrid(request: InlineRequest, { series }: InlineSide): Grid {
  const { start, step = 0 } = request.scope;
  if (start === undefined) throw invalidQuery(request, 'Start time is required.');
  const startMillis = instantMillis(start);
  const stepMillis = (step > 0 ? step : UNSTATED_STEP_SECONDS) * 1000;
  const size = series.reduce((longest, { points }) => Math.max(longest, points.length), 1);
  const endMillis = startMillis + size * stepMillis;
  if (!hasInstant(endMillis)) {
    throw invalidQuery(
      request,
      `${size} values, one every ${stepMillis / 1000} s from ${start}, do not fit the calendar.`,
    );
  }
  return { startMillis, endMillis, stepMillis, size };
}

function onGrid({ tags, points }: RawSeries, { startMillis, stepMillis }: Grid): RawSeries {
  return { tags, points: Array.from(points, ([index, value]): RawPoint => [startMillis + index * stepMillis, value]) };
}

function warningsOf({ timed, series }: InlineSide, { startMillis, endMillis }: Grid): string[] {
  if (!timed) return [];
  const times = series.flatMap(({ points }) => Array.from(points, ([millis]) => millis));
  if (times.length === 0 || times.some((millis) => millis >= startMillis && millis < endMillis)) return [];
  const [start, end] = [startMillis, endMillis].map((millis) => new Date(millis).toISOString());
  return [`all ${times.length} points lie outside the window from ${start} to ${end}`];
}
