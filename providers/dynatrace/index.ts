import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { fetchJson } from '../shared/http/http.ts';
import { coarserGrid, type Grid, gridOf, type Part, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { coarserStepWarning, warningsAttribute } from '../shared/series/warnings.ts';
import { authorizeFor, DynatraceAccount } from './account.ts';
import { MetricData, readRefusal, seriesOf, warningsOf } from './answer.ts';
import { buildQuery, DynatraceQuery, type DynatraceRequest, millisOf, resolutionFor, selectorsOf } from './query.ts';

/** Dynatrace SaaS and Managed, through version 2 of the metrics API. */
export const dynatrace = defineProvider({
  type: 'dynatrace',
  Query: DynatraceQuery,
  Account: DynatraceAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  searchedFields: ['name', 'displayName'],
  check,
  describeAccount: describeHttpAccount,
});

/** Dynatrace reads 10,080 points a series at most. */
const MAX_POINTS_A_QUESTION = 10_000;
/** More than a picker can show. */
const MAX_NAMES = 5000;
const NAMES_A_PAGE = 500;

async function queryMetrics(request: DynatraceRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const asked = gridOf(request.scope);
  const resolution = request.query.resolution ?? resolutionFor(asked.stepMillis);
  const joined = new JoinedSeries();
  const warnings: string[] = [];
  let stepMillis = Math.max(asked.stepMillis, millisOf(resolution));
  for (const part of partsFor(coarserGrid(asked, stepMillis), resolution)) {
    const answer = await askPart({ request, resolution, part }, signal);
    warnings.push(...warningsOf(request, answer));
    joined.add(seriesOf(request, answer));
    refuseTooMany(request, asked, joined.size);
    // Older data are kept in longer slots only.
    if (answer.resolution) stepMillis = Math.max(stepMillis, millisOf(answer.resolution));
  }
  if (stepMillis > asked.stepMillis) warnings.push(coarserStepWarning(asked.stepMillis, stepMillis));
  const attributes = { query: buildQuery(request), ...(await warningsAttribute(request.account, warnings)) };
  const grid = coarserGrid(asked, stepMillis);
  return toMetricSets({ request, grid, series: joined.series, label: 'end', combine: 'mean', attributes });
}

/** Points may be closer than the steps they are for. */
function partsFor(grid: Grid, resolution: string): Part[] {
  const slots = Math.floor((MAX_POINTS_A_QUESTION * millisOf(resolution)) / grid.stepMillis);
  return partsOf(grid, Math.max(1, slots));
}

interface PartQuestion {
  readonly request: DynatraceRequest;
  readonly resolution: string;
  readonly part: Part;
}

/** A slot that only touches `from` or `to` is answered too. Its point then stands beside the window, or comes twice. */
function askPart({ request, resolution, part }: PartQuestion, signal: AbortSignal): Promise<MetricData> {
  const { account, metric } = request;
  const parameters = new URLSearchParams({
    ...selectorsOf(request),
    from: String(part.startMillis),
    to: String(part.endMillis),
    resolution,
  });
  return fetchJson(
    {
      account,
      metricName: metric.name,
      path: `/api/v2/metrics/query?${parameters}`,
      authorize: authorizeFor(account),
      Answer: MetricData,
      readRefusal,
    },
    signal,
  );
}

const MetricsPage = z.object({
  nextPageKey: z.string().nullish(),
  metrics: z.array(z.object({ metricId: z.string(), displayName: z.string().nullish(), unit: z.string().nullish() })),
});
type MetricsPage = z.infer<typeof MetricsPage>;

async function getMetadata(account: DynatraceAccount, filter: string, signal: AbortSignal) {
  const found: MetricDescriptor[] = [];
  let parameters: Record<string, string> | undefined = {
    pageSize: String(NAMES_A_PAGE),
    fields: 'displayName,unit',
    ...(filter === '' ? {} : { text: filter }),
  };
  for (let seen = 0; parameters !== undefined && seen < MAX_NAMES; seen += NAMES_A_PAGE) {
    const page: MetricsPage = await askNames(account, parameters, signal);
    found.push(...page.metrics.map(describeMetric));
    // All other parameters are in the key, and must not be said again.
    parameters = page.nextPageKey ? { nextPageKey: page.nextPageKey } : undefined;
  }
  // The store looks into descriptions too.
  const wanted = filter.toLowerCase();
  return found.filter((one) => `${one.name}\n${one.displayName ?? ''}`.toLowerCase().includes(wanted));
}

function describeMetric({ metricId, displayName, unit }: MetricsPage['metrics'][number]): MetricDescriptor {
  return { name: metricId, ...(displayName ? { displayName } : {}), ...(unit ? { unit } : {}) };
}

async function check(account: DynatraceAccount, signal: AbortSignal): Promise<void> {
  await askNames(account, { pageSize: '1' }, signal);
}

function askNames(account: DynatraceAccount, parameters: Record<string, string>, signal: AbortSignal) {
  return fetchJson(
    {
      account,
      path: `/api/v2/metrics?${new URLSearchParams(parameters)}`,
      authorize: authorizeFor(account),
      Answer: MetricsPage,
      readRefusal,
    },
    signal,
  );
}
