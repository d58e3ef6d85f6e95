import { resultOf, type Steps } from '../steps/in-turns.ts';
import { type Arms, countPoints, onOneGrid, type PointCounts } from './arms.ts';
import { type Combined, type Component, combineComponents, type Direction } from './component.ts';
import { leastOf, type Measured, measure, type Values } from './measure.ts';
import { rateArms, ratesAtPoints } from './rates.ts';
import { type Scatter, scatterOf } from './scatter.ts';
import { DEFAULT_TEST_SETTINGS, MINIMUM_POINTS, type TestSettings } from './test-settings.ts';

interface SidesOf<T> {
  readonly control: T;
  readonly experiment: T;
}

/** The series of one metric, on one grid of points in time; a value that is missing or not finite is absent. */
export interface SeriesPair extends SidesOf<ArrayLike<number>> {
  /** Which side is harmful. */
  readonly direction: Direction;
  /** What the values are events of, point by point: then `control` and `experiment` count events, none below 0. */
  readonly requests?: SidesOf<ArrayLike<number>>;
  /** Requests at each point of the arms, or the fact that these are equal. Without it scatter is never an alarm. */
  readonly traffic?: 'equal' | SidesOf<ArrayLike<number>>;
  /** The control's values at the points just before, at the same step. Only for arms of equal size. */
  readonly history?: ArrayLike<number>;
  readonly settings?: Partial<TestSettings>;
}

/** All numbers of the test of one metric. */
export interface MetricTest extends Measured, Combined {
  readonly direction: Direction;
  readonly points: PointCounts;
  readonly scatter?: Scatter;
  readonly settings: TestSettings;
}

/** A metric with too few points to test; it takes no part in the verdict. */
export interface UntestedMetric {
  readonly route: 'untested';
  readonly points: PointCounts;
  /** How many points at the same time the test needs. */
  readonly needed: number;
}

/** No p-value is reported below this: nothing is that sure. */
export const SMALLEST_P = 1e-12;

/** The whole test of one metric, from its series to one p-value. */
export function judgeSeriesPair(pair: SeriesPair): MetricTest | UntestedMetric {
  return resultOf(judgeInSteps(pair));
}

/** The same in pieces of work. */
export function* judgeInSteps(pair: SeriesPair): Steps<MetricTest | UntestedMetric> {
  const settings = { ...DEFAULT_TEST_SETTINGS, ...pair.settings };
  const values = valuesOf(pair);
  const { points } = values;

  const measured = yield* measure(values, settings);
  if (!measured) return { route: 'untested', points, needed: MINIMUM_POINTS };
  yield;
  const scatter = scatterOf(measured.series ?? values.arms, trafficOf(pair), settings);
  const components = [...measured.components, ...scatterComponent(scatter)];
  const combined = combineComponents(components, settings.weights, pair.direction);
  return {
    ...measured,
    ...combined,
    p: Math.max(SMALLEST_P, combined.p),
    components,
    direction: pair.direction,
    points,
    settings,
    ...(scatter && { scatter }),
  };
}

function valuesOf({ requests, history, direction, ...given }: SeriesPair): Values {
  const arms = onOneGrid(given.control, given.experiment);
  const more = { direction, ...(history && { history: onOneGrid(history, []).control }) };
  if (!requests) return { arms, points: countPoints(arms), ...more };
  const rates = rateArms(arms, onOneGrid(requests.control, requests.experiment));
  const ratios = ratesAtPoints(rates);
  // Events below 0 are no counts: their ratios are judged like any series.
  const isCounts = !(leastOf(arms) < 0);
  return { arms: ratios, points: countPoints(ratios), ...(isCounts && { rates }), ...more };
}

function trafficOf({ traffic }: SeriesPair): 'equal' | Arms | undefined {
  return typeof traffic === 'object' ? onOneGrid(traffic.control, traffic.experiment) : traffic;
}

function scatterComponent(scatter: Scatter | undefined): Component[] {
  return scatter?.tails ? [{ name: 'scatter', from: 1, points: scatter.points, ...scatter.tails }] : [];
}
