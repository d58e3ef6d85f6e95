import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { wallClock } from '../../src/waiting/clocks.ts';
import { fetchJson } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { gridOf } from '../shared/series/grid.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { questionTo, type WavefrontAccount } from './account.ts';
import { ChartAnswer, readChart } from './answer.ts';
import { combineOf, granularityOf, summarizationOf, type WavefrontRequest } from './query.ts';

export async function queryMetrics(request: Built<WavefrontRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { window } = request.series ?? {};
  const asked = gridOf(request.scope, window);
  const { account, metric } = request;
  const parameters = new URLSearchParams({
    n: 'Haldane-Query',
    q: request.text,
    s: String(asked.startMillis),
    e: String(asked.endMillis),
    g: granularityOf(asked.stepMillis),
    summarization: summarizationOf(request.query),
    listMode: 'true',
    strict: 'true',
    sorted: 'true',
  });
  const path = `/api/v2/chart/api?${parameters}`;
  const question = { ...questionTo(account), metricName: metric.name, path, Answer: ChartAnswer };
  const answer = readChart(request, await fetchJson(question, signal));
  return toMetricSets({
    ...{ request, asked, answer, label: 'start', combine: combineOf(request.query), window },
    // Kayenta takes the points at its own steps from the first point on, and NaN where there is none.
    asAnswered: { gaps: 'inner', end: 'lastPoint', stepMillis: asked.stepMillis },
  });
}

/** The result of one search. */
const MOST_FOUND = 1000;

/** The store searches names by prefix only. */
export async function getMetadata(account: WavefrontAccount, filter: string, signal: AbortSignal) {
  const parameters = new URLSearchParams({ q: filter, l: String(MOST_FOUND) });
  const Answer = z.object({ metrics: z.array(z.string()) });
  const question = { ...questionTo(account), path: `/chart/metrics/all?${parameters}`, Answer };
  const { metrics } = await fetchJson(question, signal);
  return metrics.map((name) => ({ name }));
}

/** A constant over the last minute: needs no metric, but the same permission as queries. */
export async function check(account: WavefrontAccount, signal: AbortSignal, nowMillis = wallClock()): Promise<void> {
  const s = String(nowMillis - 60_000);
  const parameters = new URLSearchParams({ n: 'Haldane-Check', q: '1', s, g: 'm' });
  await fetchJson({ ...questionTo(account), path: `/api/v2/chart/api?${parameters}`, Answer: ChartAnswer }, signal);
}
