import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { CanaryError } from '../../src/errors.ts';
import { aboutAsked } from '../shared/http/failures.ts';
import { fetchJson, fetchText } from '../shared/http/http.ts';
import { coarserGrid, gridOf } from '../shared/series/grid.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { coarserStepWarning, warningsAttribute } from '../shared/series/warnings.ts';
import { describeAccount, questionTo, SignalFxAccount } from './account.ts';
import { type Computation, readComputation } from './computation.ts';
import { buildQuery, SignalFxQuery, type SignalFxRequest, scopeDimensions } from './query.ts';

/** SignalFx, now Splunk Observability Cloud. */
export const signalfx = defineProvider({
  type: 'signalfx',
  Query: SignalFxQuery,
  Account: SignalFxAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  check,
  describeAccount,
});

async function queryMetrics(request: SignalFxRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const query = buildQuery(request);
  const grid = gridOf(request.scope);
  const { account, metric } = request;
  const parameters = new URLSearchParams({
    start: String(grid.startMillis),
    stop: String(grid.endMillis),
    resolution: String(grid.stepMillis),
    maxDelay: '0',
    immediate: 'true',
  });
  const question = {
    ...questionTo(account, 'stream'),
    metricName: metric.name,
    path: `/v2/signalflow/execute?${parameters}`,
    text: { type: 'text/plain', text: query },
    accept: 'text/event-stream',
  };
  const computation = readComputation(await fetchText(question, signal), scopeDimensions(request));
  const warnings = warningsOf(request, computation);
  const { resolutionMillis } = computation;
  const coarser = resolutionMillis > grid.stepMillis;
  if (coarser) warnings.push(coarserStepWarning(grid.stepMillis, resolutionMillis));
  return toMetricSets({
    request,
    grid: coarser ? coarserGrid(grid, resolutionMillis) : grid,
    series: computation.series,
    label: 'end',
    combine: 'mean',
    attributes: { query, ...(await warningsAttribute(account, warnings)) },
  });
}

/** @throws CanaryError METRICS_ANSWER_INVALID or METRICS_LIMIT_EXCEEDED for a part of the data, unless it is allowed */
function warningsOf({ account, metric }: SignalFxRequest, { warnings, partial }: Computation): string[] {
  if (partial === undefined) return [...warnings];
  if (account.allowPartial) return [...warnings, partial.problem];
  throw new CanaryError(
    partial.code,
    `${aboutAsked({ account, metricName: metric.name })}: ${partial.problem} - ${partial.remedy}, or set the account's allowPartial`,
  );
}

const MAX_NAMES = 1000;
const MetricsAnswer = z.object({ results: z.array(z.object({ name: z.string() })) });

async function getMetadata(account: SignalFxAccount, filter: string, signal: AbortSignal) {
  // What its search would read is taken literally.
  const wanted = filter.replace(/[\\+\-!(){}[\]^"~*?:/&| ]/g, '\\$&');
  const parameters = new URLSearchParams({
    query: wanted === '' ? 'name:*' : `name:*${wanted}*`,
    limit: String(MAX_NAMES),
  });
  const question = { ...questionTo(account, 'api'), path: `/v2/metric?${parameters}`, Answer: MetricsAnswer };
  const { results } = await fetchJson(question, signal);
  return results.map(({ name }) => ({ name }));
}

async function check(account: SignalFxAccount, signal: AbortSignal): Promise<void> {
  await fetchJson({ ...questionTo(account, 'api'), path: '/v2/metric?limit=1', Answer: MetricsAnswer }, signal);
}
