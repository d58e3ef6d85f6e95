import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { wallClock } from '../../src/waiting/clocks.ts';
import { fetchJson } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import type { AsAnswered } from '../shared/series/as-answered.ts';
import { type Grid, gridOf, type Part, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { type StoreAnswer, toMetricSets } from '../shared/series/metric-sets.ts';
import { noticeWarnings, partialWarnings } from '../shared/series/partial.ts';
import { type DatadogAccount, questionTo } from './account.ts';
import { FormulaAnswer, readFormula, readSeries, SeriesAnswer } from './answer.ts';
import { combineOf, type DatadogRequest, formulaOf, namesInterval } from './query.ts';
import { noticesOf, readFailure, readPause } from './refusal.ts';

/** Beyond 1500 points Datadog silently makes the steps longer. */
const SLOTS_OF_OWN_INTERVAL = 1200;
/** When Datadog chooses the interval: a point per minute for up to four hours, fewer beyond. */
const SLOTS_OF_THEIR_INTERVAL = 240;

export async function queryMetrics(request: Built<DatadogRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { window, ask, parts } = questionsOf(request);
  const asked = gridOf(request.scope, window);
  const joined = new JoinedSeries(request, asked);
  for (const part of parts) await joined.add(await ask(request, part, signal));
  return toMetricSets({
    ...{ request, asked, answer: joined, label: 'start', combine: combineOf(request.text), window },
    ...(request.query.apiVersion === 'v2' ? {} : { asAnswered: seriesOfKayenta(joined.givenMillis) }),
  });
}

/** Kayenta knows version 1 only. It sends the true start and end, whole seconds, in one request for any window. */
function questionsOf(request: Built<DatadogRequest>) {
  const { apiVersion } = request.query;
  const grid = gridOf(request.scope);
  if (apiVersion === 'v2' || request.series?.window !== 'closed') {
    const parts: Part[] = partsOf(alignedGrid(grid), slotsAQuestion(request));
    return { window: undefined, ask: apiVersion === 'v2' ? askFormula : askSeries, parts };
  }
  const startMillis = grid.startMillis - (grid.startMillis % 1000);
  const endMillis = grid.endMillis - (grid.endMillis % 1000);
  return { window: 'closed' as const, ask: askSeries, parts: [{ ...grid, startMillis, endMillis }] };
}

/** Datadog's own interval, with NaN for points that are missing between the first and the last. */
function seriesOfKayenta(givenMillis: number): AsAnswered {
  return { gaps: 'inner', end: 'lastPoint', stepMillis: givenMillis > 0 ? givenMillis : undefined };
}

/** Datadog aligns time to multiples of the step since 1970: request whole buckets only. */
function alignedGrid({ startMillis, endMillis, stepMillis }: Grid): Grid {
  const start = Math.floor(startMillis / stepMillis) * stepMillis;
  const end = Math.ceil(endMillis / stepMillis) * stepMillis;
  return { startMillis: start, endMillis: end, stepMillis, size: (end - start) / stepMillis };
}

function slotsAQuestion({ query: { apiVersion }, text }: Built<DatadogRequest>): number {
  return apiVersion === 'v2' || namesInterval(text) ? SLOTS_OF_OWN_INTERVAL : SLOTS_OF_THEIR_INTERVAL;
}

async function askSeries(request: Built<DatadogRequest>, part: Part, signal: AbortSignal): Promise<StoreAnswer> {
  const { account, metric } = request;
  const parameters = new URLSearchParams({
    from: String(part.startMillis / 1000),
    to: String(part.endMillis / 1000),
    query: request.text,
  });
  const answer = await fetchJson(
    {
      ...questionTo(account),
      metricName: metric.name,
      path: `/api/v1/query?${parameters}`,
      Answer: withNotices(SeriesAnswer),
      readFailure,
      readPause,
    },
    signal,
  );
  const read = readSeries(answer.value, request.series?.window === 'closed' ? undefined : part);
  return { ...read, warnings: warningsOf(request, answer.notices) };
}

async function askFormula(request: Built<DatadogRequest>, part: Part, signal: AbortSignal): Promise<StoreAnswer> {
  const { account, metric } = request;
  const { startMillis: from, endMillis: to, stepMillis: interval } = part;
  const attributes = { from, to, interval, ...formulaOf(request) };
  const answer = await fetchJson(
    {
      ...questionTo(account),
      metricName: metric.name,
      path: '/api/v2/query/timeseries',
      json: { data: { type: 'timeseries_request', attributes } },
      Answer: withNotices(FormulaAnswer),
      readFailure,
      readPause,
    },
    signal,
  );
  return { ...readFormula(answer.value, part), warnings: warningsOf(request, answer.notices) };
}

/** An answer with what Datadog says beside the data. */
function withNotices<T>(Answer: z.ZodType<T>) {
  return z.unknown().transform((json, context) => {
    const { data, error } = Answer.safeParse(json);
    if (error === undefined) return { value: data as T, notices: noticesOf(json) };
    for (const issue of error.issues) context.issues.push({ ...issue, input: json } as never);
    return z.NEVER;
  });
}

/** @throws CanaryError METRICS_ANSWER_INVALID for a partial answer, unless the account allows it */
function warningsOf(request: DatadogRequest, { partial, others }: ReturnType<typeof noticesOf>): string[] {
  return [...partialWarnings(request, partial), ...noticeWarnings(request, others)];
}

/** The names of metrics with points in the last hour. The limit is a hundred requests per hour and organization. */
export async function getMetadata(
  account: DatadogAccount,
  _filter: string,
  signal: AbortSignal,
  nowMillis = wallClock(),
) {
  const from = Math.floor(nowMillis / 1000) - 3600;
  const { metrics } = await fetchJson(
    {
      ...questionTo(account),
      path: `/api/v1/metrics?from=${from}`,
      Answer: z.object({ metrics: z.array(z.string()) }),
    },
    signal,
  );
  return metrics.map((name) => ({ name }));
}

/** Not `/api/v1/validate`: it checks the API key only, and queries need both keys. */
export async function check(account: DatadogAccount, signal: AbortSignal): Promise<void> {
  const Answer = z.object({ status: z.literal('ok') });
  await fetchJson({ ...questionTo(account), path: '/api/v2/validate_keys', Answer }, signal);
}
