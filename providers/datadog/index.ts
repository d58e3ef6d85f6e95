import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { fetchJson } from '../shared/http/http.ts';
import { coarserGrid, type Grid, gridOf, type Part, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { coarserStepWarning } from '../shared/series/warnings.ts';
import { DatadogAccount, describeAccount, questionTo, readPause } from './account.ts';
import { type DatadogAnswer, FormulaAnswer, readFailure, readFormula, readSeries, SeriesAnswer } from './answer.ts';
import { linkTo } from './link.ts';
import {
  buildFormula,
  buildQuery,
  combineOf,
  DatadogQuery,
  type DatadogRequest,
  namesInterval,
  readFetchParameters,
} from './query.ts';

export const datadog = defineProvider({
  type: 'datadog',
  Query: DatadogQuery,
  Account: DatadogAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  readFetchParameters,
  check,
  describeAccount,
  linkTo,
});

/** Beyond 1500 points Datadog makes the steps longer, and says nothing. */
const SLOTS_OF_OWN_INTERVAL = 1200;
/** Where Datadog chooses: one point a minute for up to four hours, fewer for more. */
const SLOTS_OF_THEIR_INTERVAL = 240;
const MAX_NAMES = 5000;

async function queryMetrics(request: DatadogRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const query = buildQuery(request);
  const grid = gridOf(request.scope);
  const joined = new JoinedSeries();
  let givenMillis = grid.stepMillis;
  for (const part of partsOf(alignedGrid(grid), slotsAQuestion(request, query))) {
    const { series, stepMillis } = await ask({ request, query, part }, signal);
    joined.add(series);
    refuseTooMany(request, grid, joined.size);
    givenMillis = Math.max(givenMillis, stepMillis);
  }
  const coarser = givenMillis > grid.stepMillis;
  return toMetricSets({
    request,
    grid: coarser ? coarserGrid(grid, givenMillis) : grid,
    series: joined.series,
    label: 'start',
    combine: combineOf(query),
    attributes: { query, ...(coarser ? { warnings: coarserStepWarning(grid.stepMillis, givenMillis) } : {}) },
  });
}

/** Datadog cuts time at multiples of the step since 1970: only whole buckets are asked for. */
function alignedGrid({ startMillis, endMillis, stepMillis }: Grid): Grid {
  const start = Math.floor(startMillis / stepMillis) * stepMillis;
  const end = Math.ceil(endMillis / stepMillis) * stepMillis;
  return { startMillis: start, endMillis: end, stepMillis, size: (end - start) / stepMillis };
}

function slotsAQuestion({ query: { apiVersion } }: DatadogRequest, query: string): number {
  return apiVersion === 'v2' || namesInterval(query) ? SLOTS_OF_OWN_INTERVAL : SLOTS_OF_THEIR_INTERVAL;
}

interface Question {
  readonly request: DatadogRequest;
  readonly query: string;
  readonly part: Part;
}

function ask(question: Question, signal: AbortSignal): Promise<DatadogAnswer> {
  return question.request.query.apiVersion === 'v2' ? askFormula(question, signal) : askSeries(question, signal);
}

async function askSeries({ request, query, part }: Question, signal: AbortSignal): Promise<DatadogAnswer> {
  const { account, metric } = request;
  const parameters = new URLSearchParams({
    from: String(part.startMillis / 1000),
    to: String(part.endMillis / 1000),
    query,
  });
  const answer = await fetchJson(
    {
      ...questionTo(account),
      metricName: metric.name,
      path: `/api/v1/query?${parameters}`,
      Answer: SeriesAnswer,
      readFailure,
      readPause,
    },
    signal,
  );
  return readSeries(answer, part);
}

async function askFormula({ request, part }: Question, signal: AbortSignal): Promise<DatadogAnswer> {
  const { account, metric } = request;
  const { startMillis: from, endMillis: to, stepMillis: interval } = part;
  const attributes = { from, to, interval, ...buildFormula(request) };
  const answer = await fetchJson(
    {
      ...questionTo(account),
      metricName: metric.name,
      path: '/api/v2/query/timeseries',
      json: { data: { type: 'timeseries_request', attributes } },
      Answer: FormulaAnswer,
      readFailure,
      readPause,
    },
    signal,
  );
  return readFormula(answer, part);
}

/** The names of metrics that had points within the last hour. An organization may ask a hundred times an hour. */
async function getMetadata(account: DatadogAccount, filter: string, signal: AbortSignal) {
  const from = Math.floor(Date.now() / 1000) - 3600;
  const { metrics } = await fetchJson(
    {
      ...questionTo(account),
      path: `/api/v1/metrics?from=${from}`,
      Answer: z.object({ metrics: z.array(z.string()) }),
    },
    signal,
  );
  const wanted = filter.toLowerCase();
  return metrics
    .filter((name) => name.toLowerCase().includes(wanted))
    .slice(0, MAX_NAMES)
    .map((name) => ({ name }));
}

/** Not `/api/v1/validate`: that asks for the API key only, and queries need both. */
async function check(account: DatadogAccount, signal: AbortSignal): Promise<void> {
  const Answer = z.object({ status: z.literal('ok') });
  await fetchJson({ ...questionTo(account), path: '/api/v2/validate_keys', Answer }, signal);
}
