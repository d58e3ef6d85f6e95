import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { MAX_NAMES, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { fetchJson } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { coarserGrid, type Grid, gridOf, type Part, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { authorizeFor, type DynatraceAccount } from './account.ts';
import { MetricData, readData } from './answer.ts';
import { type DynatraceRequest, millisOf, resolutionFor, selectorsOf } from './query.ts';
import { readRefusal } from './refusal.ts';

/** Dynatrace reads 10,080 points a series at most. */
const MAX_POINTS_A_QUESTION = 10_000;
const NAMES_A_PAGE = 500;

export async function queryMetrics(request: Built<DynatraceRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const asked = gridOf(request.scope);
  const resolution = request.query.resolution ?? resolutionFor(asked.stepMillis);
  const joined = new JoinedSeries(request, asked);
  for (const part of partsFor(coarserGrid(asked, millisOf(resolution)), resolution)) {
    await joined.add(readData(request, await askPart({ request, resolution, part }, signal)));
  }
  // Older data has longer slots than requested.
  const givenMillis = Math.max(joined.givenMillis, millisOf(resolution));
  const answer = { series: joined.series, warnings: joined.warnings, givenMillis };
  return toMetricSets({ request, asked, answer, label: 'end', combine: 'mean' });
}

/** Points may be closer than the steps. */
function partsFor(grid: Grid, resolution: string): Part[] {
  const slots = Math.floor((MAX_POINTS_A_QUESTION * millisOf(resolution)) / grid.stepMillis);
  return partsOf(grid, Math.max(1, slots));
}

interface PartQuestion {
  readonly request: Built<DynatraceRequest>;
  readonly resolution: string;
  readonly part: Part;
}

/** Slots that only touch `from` or `to` are returned too. Their points lie outside the window, or come twice. */
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

/** The store searches descriptions too. */
export async function getMetadata(account: DynatraceAccount, filter: string, signal: AbortSignal) {
  const found: MetricDescriptor[] = [];
  let parameters: Record<string, string> | undefined = {
    pageSize: String(NAMES_A_PAGE),
    fields: 'displayName,unit',
    ...(filter === '' ? {} : { text: filter }),
  };
  for (let seen = 0; parameters !== undefined && seen < MAX_NAMES; seen += NAMES_A_PAGE) {
    const page: MetricsPage = await askNames(account, parameters, signal);
    found.push(...page.metrics.map(describeMetric));
    // The page key contains all other parameters; they must not be repeated.
    parameters = page.nextPageKey ? { nextPageKey: page.nextPageKey } : undefined;
  }
  return found;
}

function describeMetric({ metricId, displayName, unit }: MetricsPage['metrics'][number]): MetricDescriptor {
  return { name: metricId, ...(displayName ? { displayName } : {}), ...(unit ? { unit } : {}) };
}

export async function check(account: DynatraceAccount, signal: AbortSignal): Promise<void> {
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
