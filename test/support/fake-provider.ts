import { z } from 'zod';
import { type Account, AccountFields } from '../../src/domain/account.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider, type MetricsProvider, type MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { instantMillis } from '../../src/domain/values/instant.ts';

type Answer = (request: MetricsRequest, signal: AbortSignal) => Promise<MetricSet[]> | MetricSet[];

/** A metrics store with answers from the test; default: 1, 2, 3, … in control and experiment alike. */
export function fakeProvider(answer: Answer = steady, type = 'fake'): MetricsProvider {
  return defineProvider({
    type,
    Query: z.looseObject({ type: z.literal(type), metricName: z.string() }),
    Account: z.strictObject({ type: z.literal(type), ...AccountFields }),
    // Tests may answer by side, so the text includes the side.
    buildQuery: ({ query, side }) => (side === 'control' ? query.metricName : `${query.metricName} of the ${side}`),
    queryMetrics: async (request, signal) => answer(request as MetricsRequest, signal),
    check: async () => {},
    describeAccount: () => ({}),
  });
}

/** The account of {@link fakeProvider}. */
export const fakeAccount: Account = {
  name: 'fake-metrics',
  type: 'fake',
  supportedTypes: ['METRICS_STORE'],
  locations: [],
  recommendedLocations: [],
};

/** A series for the window of the request. */
export function seriesOf(
  { metric, scope }: MetricsRequest,
  values: number[],
  tags: Record<string, string> = {},
): MetricSet {
  const { start = '', end = '', step = 60 } = scope;
  return {
    name: metric.name ?? '',
    tags,
    startTimeMillis: instantMillis(start),
    startTimeIso: start,
    endTimeMillis: instantMillis(end),
    endTimeIso: end,
    stepMillis: step * 1000,
    values,
    attributes: { query: 'fake' },
  };
}

function steady(request: MetricsRequest): MetricSet[] {
  return [
    seriesOf(
      request,
      Array.from({ length: 60 }, (_, index) => index + 1),
    ),
  ];
}
