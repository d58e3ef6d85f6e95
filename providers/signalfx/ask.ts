import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { fetchJson, fetchText } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { gridOf } from '../shared/series/grid.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { noticeWarnings, partialWarnings } from '../shared/series/partial.ts';
import { questionTo, type SignalFxAccount } from './account.ts';
import { type Computation, readComputation } from './answer.ts';
import { type SignalFxRequest, scopeDimensions } from './query.ts';

export async function queryMetrics(request: Built<SignalFxRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, metric, text } = request;
  const asked = gridOf(request.scope);
  const parameters = new URLSearchParams({
    start: String(asked.startMillis),
    stop: String(asked.endMillis),
    resolution: String(asked.stepMillis),
    maxDelay: '0',
    immediate: 'true',
  });
  const question = {
    ...questionTo(account, 'stream'),
    metricName: metric.name,
    path: `/v2/signalflow/execute?${parameters}`,
    text: { type: 'text/plain', text },
    accept: 'text/event-stream',
  };
  const computation = readComputation(await fetchText(question, signal), scopeDimensions(request));
  const { series, resolutionMillis: givenMillis } = computation;
  const answer = { series, warnings: warningsOf(request, computation), givenMillis };
  return toMetricSets({ request, asked, answer, label: 'end', combine: 'mean' });
}

/** @throws CanaryError METRICS_ANSWER_INVALID or METRICS_LIMIT_EXCEEDED for partial data, unless allowed */
function warningsOf(request: SignalFxRequest, { warnings, notices, partial }: Computation): string[] {
  const told = [...warnings, ...noticeWarnings(request, notices)];
  if (partial === undefined) return told;
  const { code, problem, remedy } = partial;
  return [...told, ...partialWarnings(request, [problem], { code, remedy })];
}

/** The result of one search. */
const MOST_FOUND = 1000;
const MetricsAnswer = z.object({ results: z.array(z.object({ name: z.string() })) });

export async function getMetadata(account: SignalFxAccount, filter: string, signal: AbortSignal) {
  // Escapes the search's special characters.
  const wanted = filter.replace(/[\\+\-!(){}[\]^"~*?:/&| ]/g, '\\$&');
  const parameters = new URLSearchParams({
    query: wanted === '' ? 'name:*' : `name:*${wanted}*`,
    limit: String(MOST_FOUND),
  });
  const question = { ...questionTo(account, 'api'), path: `/v2/metric?${parameters}`, Answer: MetricsAnswer };
  const { results } = await fetchJson(question, signal);
  return results.map(({ name }) => ({ name }));
}

export async function check(account: SignalFxAccount, signal: AbortSignal): Promise<void> {
  await fetchJson({ ...questionTo(account, 'api'), path: '/v2/metric?limit=1', Answer: MetricsAnswer }, signal);
}
