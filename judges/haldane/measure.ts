import { inScratch } from '../stats/numerics/scratch.ts';
import type { Steps } from '../steps/in-turns.ts';
import type { Arms, PointCounts } from './arms.ts';
import type { Component, Direction } from './component.ts';
import type { Effect } from './effect.ts';
import { measureEvents, measureRates } from './event-route.ts';
import type { EventTest } from './event-test.ts';
import { type Level, wholeLevel } from './level.ts';
import { type MeasuredSpikes, measureLevel, measureSpikes } from './level-route.ts';
import { type LevelSeries, logarithmicSeries, orderedArms, relativeSeries, typicalSize } from './level-series.ts';
import { type ModeShares, modeShares } from './modes.ts';
import type { RateArms } from './rates.ts';
import { tailsOf } from './tails.ts';
import { MINIMUM_POINTS, marginOf, type TestSettings } from './test-settings.ts';
import { reachedBy, type Trend, trendOf } from './trend.ts';

/** How a metric was tested: by what its values are. */
export type Route = 'logarithms' | 'signed' | 'counts' | 'shares' | 'rates';

export interface Measured {
  readonly route: Route;
  readonly components: readonly Component[];
  readonly effect: Effect;
  /** What the effect was estimated from: a level, or events. */
  readonly level?: Level;
  readonly events?: EventTest;
  readonly spikes?: MeasuredSpikes;
  readonly modes?: ModeShares;
  readonly trend?: Trend;
  /** On the scale of the level: logarithms, or shares of the typical size. */
  readonly series?: LevelSeries;
}

export interface Values {
  /** Of events with requests beside them: their ratios. */
  readonly arms: Arms;
  readonly points: PointCounts;
  /** The events and requests themselves. */
  readonly rates?: RateArms;
  readonly history?: Float64Array;
  readonly direction: Direction;
}

/** Everything but scatter; undefined when there are too few points. */
export function* measure(values: Values, settings: TestSettings): Steps<Measured | undefined> {
  const { arms, points, rates } = values;
  if (rates) return points.pairs < MINIMUM_POINTS ? undefined : yield* measureRates(rates, settings);
  const least = leastOf(arms);
  if (least > 0) return yield* measureAsLogarithms(values, settings);
  if (least < 0) return yield* measureAsSigned(arms, settings);
  return points.pairs < MINIMUM_POINTS ? undefined : yield* measureEvents(arms, settings);
}

function* measureAsLogarithms(
  { arms, history, direction }: Values,
  settings: TestSettings,
): Steps<Measured | undefined> {
  const series = logarithmicSeries(arms);
  yield;
  const { level, modes } = inScratch((scratch) => {
    const ordered = orderedArms(series, scratch);
    return { level: wholeLevel(series.differences, ordered, settings), modes: modeShares(arms, ordered, settings) };
  });
  if (!level) return undefined;
  const measured = yield* measureLevel(level, series, 'logarithm', settings);
  const spikes = measureSpikes(arms, series, { direction, ...(history && { history }) });
  const trend = trendOf(series.differences.values, settings);
  const components = [
    ...measured.components,
    ...(spikes ? [spikes.component] : []),
    ...(modes ? [modesComponent(modes, settings)] : []),
    ...(trend ? [trendComponent(trend, settings)] : []),
  ];
  return {
    route: 'logarithms',
    ...measured,
    components,
    series,
    ...(spikes && { spikes }),
    ...(modes && { modes }),
    ...(trend && { trend }),
  };
}

/** Values of either sign have no logarithm: their differences are held against their typical size. */
function* measureAsSigned(arms: Arms, settings: TestSettings): Steps<Measured | undefined> {
  const series = relativeSeries(arms, typicalSize(arms));
  const level = inScratch((scratch) => wholeLevel(series.differences, orderedArms(series, scratch), settings));
  return level && { route: 'signed', ...(yield* measureLevel(level, series, 'relative', settings)), series };
}

/** The smallest value that is present; Infinity for none. */
export function leastOf({ control, experiment }: Arms): number {
  let least = Number.POSITIVE_INFINITY;
  for (const values of [control, experiment]) {
    for (let i = 0; i < values.length; i++) if ((values[i] as number) < least) least = values[i] as number;
  }
  return least;
}

function modesComponent({ estimate, points }: ModeShares, settings: TestSettings): Component {
  return { name: 'modes', from: 0, points, ...tailsOf(estimate, marginOf(settings), points / settings.overlap) };
}

function trendComponent(trend: Trend, settings: TestSettings): Component {
  const { points } = trend;
  const tails = (sign: 1 | -1) => tailsOf(reachedBy(trend, sign), marginOf(settings), points / settings.overlap);
  return { name: 'trend', from: 0, points, high: tails(1).high, low: tails(-1).low };
}
