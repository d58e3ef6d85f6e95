import type { MetricLabels } from '../../domain/metric-labels.ts';
import type { SeriesLabels } from '../../domain/series-labels.ts';

/** Nobody picks from more. */
const MOST_VALUES = 500;
/** How Prometheus and what has its API call a metric's own name among the labels. */
const OWN_NAME = '__name__';

/** The labels of series, each with its values. */
export function labelsOf(metric: string, series: readonly SeriesLabels[]): MetricLabels {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of series.flatMap((labels) => Object.entries(labels))) {
    if (name === OWN_NAME) continue;
    const known = values.get(name) ?? new Set();
    values.set(name, known.add(value));
  }
  const labels = [...values]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, all]) => ({ name, values: [...all].toSorted().slice(0, MOST_VALUES), total: all.size }));
  return { metric, labels };
}
