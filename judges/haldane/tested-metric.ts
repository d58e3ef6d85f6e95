import { inScratch } from '../stats/numerics/scratch.ts';
import { partsOf } from '../stats/samples/ascending-order.ts';
import { medianOf } from '../stats/samples/median.ts';
import { walshMedian } from '../stats/samples/rank-location.ts';
import type { Steps } from '../steps/in-turns.ts';
import { onOneGrid } from './arms.ts';
import type { EarlierWindows } from './earlier-windows.ts';
import type { HaldaneSettings, MetricRules } from './haldane-settings.ts';
import { historyPriors } from './history-prior.ts';
import { judgeInSteps, type MetricTest, type UntestedMetric } from './judge-series-pair.ts';
import type { MetricLook } from './look-at-metrics.ts';
import { overlapOf, rangeOf } from './overlap-guard.ts';
import type { PreparedMetric } from './prepared-metric.ts';
import { quantileOfQuery } from './quantile-of-query.ts';
import { DEFAULT_TEST_SETTINGS } from './test-settings.ts';
import { type TrafficGuard, trafficGuard } from './traffic-guard.ts';
import { changeAtEnd } from './trend.ts';

/** A metric with all that the data say of it; what that means for the canary is not decided yet. */
export interface TestedMetric {
  readonly metric: PreparedMetric;
  readonly rules: MetricRules;
  /** Undefined when a side has no data. */
  readonly test: MetricTest | UntestedMetric | undefined;
  /** Seconds that each point is made from, when longer than the step. */
  readonly rangeSeconds: number | undefined;
  /** Of a percentile whose traffic is known. */
  readonly guard: TrafficGuard | undefined;
  readonly quantile: number | undefined;
  /** Why the control's history was not used, though the config asks for it. */
  readonly withoutHistory: string | undefined;
  /** Where its baseline is several windows of the past; then `test` is that of all of them. */
  readonly earlier?: EarlierWindows;
  /** Of one of several looks at the same canary; then `test.p` and `test.side` are those of all looks so far. */
  readonly look?: MetricLook;
}

export function* testMetric(
  metric: PreparedMetric,
  rules: MetricRules,
  settings: HaldaneSettings,
): Steps<TestedMetric> {
  const { control, experiment, traffic, requests, stepSeconds, queries } = metric;
  const range = rangeOf(queries, metric);
  const quantile = rules.percentile ?? queries.map(quantileOfQuery).find((share) => share !== undefined);
  const { history, withoutHistory } = usableHistory(metric);
  const rangeSeconds = range > stepSeconds ? range : undefined;
  const common = { metric, rules, quantile, withoutHistory, rangeSeconds };
  const guard =
    traffic && quantile !== undefined
      ? trafficGuard(quantile, onOneGrid(traffic.control, traffic.experiment))
      : undefined;
  if (isEmpty(metric, rules)) return { ...common, guard, test: undefined };
  // The sampling noise of a percentile does not fall with the root of its requests.
  const known = traffic !== undefined && quantile === undefined ? traffic : undefined;
  const arms = settings.arms.traffic === 'equal' ? ('equal' as const) : known;
  const test = yield* judgeInSteps({
    control,
    experiment,
    direction: rules.direction,
    ...(requests && { requests }),
    ...(arms && { traffic: arms }),
    ...(history && { history }),
    settings: { ...rules.test, ...priorsOf(metric, history, rules), overlap: overlapOf(range, stepSeconds) },
  });
  return { ...common, guard, test };
}

/** Events know how much of their scatter is counting noise; other values may know it from the past. */
function priorsOf(
  { control, experiment, requests }: PreparedMetric,
  history: readonly number[] | undefined,
  rules: MetricRules,
) {
  if (history === undefined || requests !== undefined) return {};
  const usual = rules.test.prior ?? DEFAULT_TEST_SETTINGS.prior;
  return historyPriors({ control, experiment }, onOneGrid(history, []).control, usual) ?? {};
}

/** Arms are of equal size while one has at most so many times the requests of the other. */
const EQUAL_TRAFFIC = 1.5;
const LONGER = 4;

/** A history is of use beside arms of equal size: with fewer requests there are more spikes. */
function usableHistory({ history, control, traffic }: PreparedMetric): {
  readonly history?: readonly number[];
  readonly withoutHistory: string | undefined;
} {
  if (history === undefined) return { withoutHistory: undefined };
  if (typeof history === 'string') return { withoutHistory: history };
  const ratio = traffic ? medianOf(traffic.experiment) / medianOf(traffic.control) : 1;
  if (!(Math.max(ratio, 1 / ratio) <= EQUAL_TRAFFIC)) return { withoutHistory: 'the arms have unequal traffic' };
  if (history.length + control.length < LONGER * control.length) {
    return {
      withoutHistory: `it is ${history.length} points long; with the canary's it needs ${LONGER * control.length}`,
    };
  }
  return { history, withoutHistory: undefined };
}

/** Zeros that stand for missing values are data, but not for an infinite value or a series without a partner. */
function isEmpty({ present, infinite, unpaired }: PreparedMetric, { noData }: MetricRules): boolean {
  if (present.control > 0 && present.experiment > 0) return false;
  return noData !== 'zero' || unpaired !== undefined || infinite.control + infinite.experiment > 0;
}

/** Whether the metric has a p-value. */
export function isTested(test: TestedMetric['test']): test is MetricTest {
  return test !== undefined && test.route !== 'untested';
}

/** What decided, where it was looked: the last points of the series, or all of them. */
export interface DecidingWindow {
  readonly from: number;
  readonly points: number;
  readonly length: number;
  /** The relative change there, 0.1 for 10 % more; undefined for spikes and scatter, which are no change of level. */
  readonly change: number | undefined;
}

/** The part of the test with the smallest p-value for its share, on the side that was found. */
export function decidingWindow(test: MetricTest, metric: PreparedMetric): DecidingWindow {
  const component = test.components.find(({ name }) => name === test.decidedBy);
  const { from = 0, points = 0 } = component ?? {};
  const place = { from, points, length: metric.control.length };
  if (test.decidedBy === 'spikes' || test.decidedBy === 'scatter') {
    return { ...place, change: undefined };
  }
  if (test.decidedBy === 'trend') return { ...place, change: test.trend && changeAtEnd(test.trend, test.side) };
  if (test.decidedBy === 'modes') return { ...place, change: test.modes?.change };
  return { ...place, change: from === 0 ? test.effect.change : changeIn(test, metric, from) };
}

function changeIn({ series, route }: MetricTest, metric: PreparedMetric, from: number): number {
  if (series) {
    const shift = inScratch((scratch) => walshMedian(partsOf(series.differences, from, scratch).after.sorted));
    return route === 'logarithms' ? Math.expm1(shift) : shift;
  }
  const [control, experiment] = [rateIn(metric, 'control', from), rateIn(metric, 'experiment', from)];
  return control === experiment ? 0 : experiment / control - 1;
}

/** The change in the unit of the metric, from a place on. */
export function differenceIn({ series, modes, decidedBy }: MetricTest, metric: PreparedMetric, from: number): number {
  if (decidedBy === 'modes' && modes) return modes.difference;
  if (!series) return (rateIn(metric, 'experiment', from) - rateIn(metric, 'control', from)) / (metric.shareInOne ?? 1);
  const start = decidedBy === 'trend' ? Math.floor((2 * metric.control.length) / 3) : from;
  return medianOf(metric.experiment, start) - medianOf(metric.control, start);
}

/** Events a point, or a request, at the points where both sides have a value. */
function rateIn(
  { control, experiment, requests }: PreparedMetric,
  side: 'control' | 'experiment',
  from: number,
): number {
  const [values, others] = side === 'control' ? [control, experiment] : [experiment, control];
  let events = 0;
  let exposure = 0;
  for (let i = from; i < values.length; i++) {
    const value = values[i] as number;
    const other = others[i] as number;
    const asked = requests ? (requests[side][i] ?? Number.NaN) : 1;
    if (Number.isNaN(value + other + asked)) continue;
    events += value;
    exposure += asked;
  }
  return exposure === 0 ? Number.NaN : events / exposure;
}
