import type { Aggregation, Grouping } from './promql/expression.ts';
import { type Labels, labelKey } from './run-labels.ts';
import type { LabelledSample } from './select.ts';

/** The value of an expression at a moment. */
export type Value = number | readonly LabelledSample[];

export function keyed(labels: Labels, value: number): LabelledSample {
  return { labels, key: labelKey(labels), value };
}

export function withoutName({ labels, value }: LabelledSample): LabelledSample {
  const { __name__: _, ...rest } = labels;
  return keyed(rest, value);
}

/** The labels that count: those named, or all others but the metric's name. */
export function groupLabels(labels: Labels, { keep, labels: names }: Grouping): Labels {
  const counts = (label: string) => (keep ? names.includes(label) : label !== '__name__' && !names.includes(label));
  return Object.fromEntries(Object.entries(labels).filter(([label]) => counts(label)));
}

const AGGREGATE: Readonly<Record<Aggregation, (values: readonly number[]) => number>> = {
  // As in Prometheus, NaN counts only where there is nothing else.
  min: (values) => values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least)),
  max: (values) => values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most)),
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  avg: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  count: (values) => values.length,
};

/** `sum by (config) (...)` and the like. */
export function aggregate(name: Aggregation, samples: readonly LabelledSample[], grouping: Grouping): LabelledSample[] {
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const sample of samples) {
    const labels = groupLabels(sample.labels, grouping);
    const key = labelKey(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, values: [sample.value] });
    else group.values.push(sample.value);
  }
  return [...groups].map(([key, { labels, values }]) => ({ labels, key, value: AGGREGATE[name](values) }));
}
