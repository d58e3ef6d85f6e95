import { reportDistribution } from '../../reports/distribution-report.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { SeriesReport } from '../../reports/series-report.ts';

/** A metric as it is drawn: events with their requests as the rates that were compared, everything else as it is. */
export function drawnMetric(metric: MetricReport): MetricReport {
  const { series, companions = [], result, valuesAre, ...others } = metric;
  const requests = companions.find(({ companion }) => companion === 'denominator')?.series;
  // Shares of requests are the rates already.
  if (series === undefined || requests === undefined || valuesAre !== undefined) return metric;
  const rates = ratesOf(series, requests);
  return {
    ...others,
    companions,
    series: rates,
    distribution: reportDistribution(rates, undefined),
    unit: undefined,
    // Its statistics are those of the events, and so are its limits.
    result: result && { ...result, controlMetadata: NONE, experimentMetadata: NONE, ...withoutLimits(result) },
  };
}

export function isRate(metric: MetricReport): boolean {
  return drawnMetric(metric) !== metric;
}

function withoutLimits({ evidence }: NonNullable<MetricReport['result']>) {
  return evidence === undefined ? {} : { evidence: { ...evidence, limits: undefined } };
}

const NONE = { stats: { count: 0, mean: 0, min: 0, std: 0, max: 0 } };

function ratesOf(events: SeriesReport, requests: SeriesReport): SeriesReport {
  const rates = (side: 'control' | 'experiment') =>
    events[side].map((count, slot) => (requests[side][slot] ? count / (requests[side][slot] ?? 0) : Number.NaN));
  return { ...events, control: rates('control'), experiment: rates('experiment') };
}
