import type { HonestyCase } from '../../http/honesty-cases.ts';

type Run = NonNullable<HonestyCase['run']>;
type Metric = Run['metrics'][number];
type Values = NonNullable<Metric['control']>;

/** What must not be green by accident. */
export interface Situation {
  readonly name: string;
  readonly metrics: readonly Metric[];
  readonly control?: object;
  readonly experiment?: object;
  readonly weights?: Readonly<Record<string, number>>;
  readonly thresholds?: { readonly pass: number; readonly marginal: number };
  readonly judgeConfigurations?: Readonly<Record<string, unknown>>;
  readonly store?: HonestyCase['store'];
  /** of every metric */
  readonly scopeName?: string;
  /** Why Kayenta's judge passes it all the same: its wire or its arithmetic demands so. */
  readonly kayenta?: string;
}

export const POINTS = 20;
export const at = (count: number, value: (t: number) => number | string | null): Values =>
  Array.from({ length: count }, (_, t) => value(t));
/** A steady metric with a little noise that no two metrics share. */
export const steady = (level = 100, count = POINTS, seed = 0) =>
  at(count, (t) => level * (1 + (((7 * t + 5 * seed) % 11) - 5) / 200));
export const constant = (value: number | string | null, count = POINTS) => at(count, () => value);
export const gaps = (count = POINTS) => constant(null, count);
export const from = (first: number, before: Values, after: Values) =>
  at(POINTS, (t) => ((t < first ? before : after) as readonly (number | string | null)[])[t] ?? null);

export const metric = (
  name: string,
  control: Values,
  experiment: Values,
  canary: object = {},
  more: object = {},
): Metric => ({
  name,
  control,
  experiment,
  canary: { direction: 'increase', ...canary },
  ...more,
});
export const sound = (name: string, seed: number, more: object = {}) =>
  metric(name, steady(100, POINTS, seed), steady(100, POINTS, seed + 1), {}, more);
export const soundOnes = (count: number) => Array.from({ length: count }, (_, index) => sound(`sound ${index}`, index));
export const worse = (name = 'latency', canary: object = {}) =>
  metric(name, steady(100), steady(300, POINTS, 3), canary);
export const promMetric = (name: string, expr: string, canary: object = {}, query: object = {}): Metric => ({
  name,
  expr,
  query,
  canary: { direction: 'increase', ...canary },
});
export const series = (when: string, values: Values, labels: Readonly<Record<string, string>> = {}) => ({
  when,
  labels,
  values,
});

export const ZEROS = 'its wire: missing values that count as 0 are equal series, and pass';
export const INFINITE = 'its arithmetic: with infinite values the shift is no number, and no change';
export const AVERAGE = 'its arithmetic: the weighted average of the others is above the threshold';
export const RANKS = 'its test: the ranks of the whole window do not see it';
export const FEW = 'its test: so few points cannot be ranked apart, and pass';
export const UNREAD = 'its wire: it knows no second queries, and the start says that they are not read';

export const beside = (companion: string, control: Values, experiment: Values) => ({
  query: { [companion]: { control, experiment } },
});
