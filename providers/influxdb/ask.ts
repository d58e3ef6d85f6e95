import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { gridOf, type PointLabel, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import type { InfluxdbAccount } from './account.ts';
import { bucketMillis } from './bucket-length.ts';
import { askFlux, checkFlux, fluxMeasurements } from './flux/ask.ts';
import { askInfluxql, checkInfluxql, influxqlMeasurements } from './influxql/ask.ts';
import { type InfluxdbRequest, languageOf } from './query.ts';

/** Buckets per request: far below servers' limits. */
const MAX_SLOTS_A_QUESTION = 10_000;

export async function queryMetrics(request: Built<InfluxdbRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const asked = gridOf(request.scope);
  const ask = languageOf(request) === 'flux' ? askFlux : askInfluxql;
  const joined = new JoinedSeries(request, asked);
  for (const part of partsOf(asked, MAX_SLOTS_A_QUESTION)) {
    for (const answer of await ask(request, part, signal)) await joined.add(answer);
  }
  return toMetricSets({
    request,
    asked,
    // A template may make longer buckets than the step.
    answer: { series: joined.series, warnings: joined.warnings, givenMillis: bucketMillis(request.text) },
    label: labelOf(request),
    // Kayenta's window is half-open here too; it has no Flux.
    ...(languageOf(request) === 'flux' ? {} : { asAnswered: { gaps: 'squeezed', end: 'lastStep' } as const }),
    combine: 'mean',
    coarserWarning: (wanted, made) => `the query makes a point every ${made} s, not every ${wanted} s`,
  });
}

/** Flux labels buckets by their end by default. */
function labelOf(request: Built<InfluxdbRequest>): PointLabel {
  const { text } = request;
  const byEnd =
    languageOf(request) === 'flux' && text.includes('aggregateWindow(') && !/timeSrc\s*:\s*"_start"/.test(text);
  return byEnd ? 'end' : 'start';
}

export function getMetadata(
  account: InfluxdbAccount,
  _filter: string,
  signal: AbortSignal,
): Promise<MetricDescriptor[]> {
  return (account.version === 2 ? fluxMeasurements : influxqlMeasurements)(account, signal);
}

export function check(account: InfluxdbAccount, signal: AbortSignal): Promise<void> {
  return (account.version === 2 ? checkFlux : checkInfluxql)(account, signal);
}
