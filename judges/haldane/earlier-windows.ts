import { inEarlierWindow, type MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { studentTQuantile } from '../stats/distributions/student-t-quantile.ts';
import { studentTSurvival } from '../stats/distributions/student-t-survival.ts';
import { mean } from '../stats/samples/mean.ts';
import { sampleStandardDeviation } from '../stats/samples/sample-standard-deviation.ts';
import type { Steps } from '../steps/in-turns.ts';
import { combineComponents, type Direction, type Side } from './component.ts';
import type { Effect } from './effect.ts';
import type { HaldaneSettings, MetricRules } from './haldane-settings.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { prepareMetric } from './prepared-metric.ts';
import { decidingWindow, isTested, type TestedMetric, testMetric } from './tested-metric.ts';

/** What several windows of the past say of a metric together. */
export interface EarlierWindows {
  /** How many there are, and in how many of them the metric could be tested. */
  readonly windows: number;
  readonly tested: number;
  /** The p-value of "no worse than in every one of the windows", before their spread is allowed for. */
  readonly p: number;
  /** How much the windows differ among themselves; undefined where fewer than three could be tested. */
  readonly spread: Spread | undefined;
  /** Where the window begins in which the difference is smallest, if the series says it. */
  readonly mildest: string | undefined;
}

/** Differences of logarithms of the canary and each window. */
export interface Spread {
  readonly mean: number;
  /** Of a window from the others. */
  readonly deviation: number;
  /** Of a further window from the mean of these. */
  readonly error: number;
  readonly degreesOfFreedom: number;
  /** The p-value of a change this far beyond what the windows differ; undefined for spikes and scatter. */
  readonly p: number | undefined;
}

/** Two windows give a spread that says next to nothing. */
const FEWEST = 3;

/**
 * The test of a metric whose baseline is several windows of the past. A day differs from another by more than the noise of
 * its points, so that one day as the control understates chance. The canary is worse only if it is worse than in every
 * window (an intersection-union test), and beyond where one more such window would be expected: the prediction interval of
 * Student's t, from how the windows differ among themselves.
 *
 * Source: R. L. Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24 (1982), for the
 * first; G. J. Hahn, W. Q. Meeker, "Statistical Intervals" (1991), chapter 4, for the second.
 */
export function* testBesideWindows(
  own: TestedMetric,
  { pair, rules, windows }: { pair: MetricSetPair; rules: MetricRules; windows: readonly (readonly MetricSetPair[])[] },
  settings: HaldaneSettings,
): Steps<TestedMetric> {
  const count = pair.earlier?.length ?? 0;
  if (count === 0) return own;
  const all: Besides[] = [{ tested: own, pair }];
  for (let index = 0; index < count; index++) {
    yield;
    const beside = inEarlierWindow(pair, index);
    const metric = prepareMetric(beside, rules, windows[index] ?? []);
    all.push({ tested: yield* testMetric(metric, rules, settings), pair: beside });
  }
  return together(all, own);
}

/** All pairs of a canary, once for each further window of its baseline. */
export function pairsByWindow(pairs: readonly MetricSetPair[]): MetricSetPair[][] {
  const most = pairs.reduce((count, { earlier = [] }) => Math.max(count, earlier.length), 0);
  return Array.from({ length: most }, (_, index) => pairs.map((pair) => inEarlierWindow(pair, index)));
}

interface Besides {
  readonly tested: TestedMetric;
  readonly pair: MetricSetPair;
}

interface Tested {
  readonly test: MetricTest;
  readonly tested: TestedMetric;
  readonly pair: MetricSetPair;
}

function together(all: readonly Besides[], own: TestedMetric): TestedMetric {
  const usable = all.flatMap(({ tested, pair }): Tested[] => {
    return isTested(tested.test) ? [{ test: tested.test, tested, pair }] : [];
  });
  const [first] = usable;
  if (first === undefined) return own;
  const { direction } = first.test;
  const sides = { high: mildestOf(usable, 'high'), low: mildestOf(usable, 'low') };
  const side = sideOf(sides, direction);
  const mildest = side === 'High' ? sides.high : sides.low;
  const p = Math.min(1, mildest.p * (direction === 'either' ? 2 : 1));
  const test = asJudged(mildest, { side, high: sides.high.p, low: sides.low.p, p });
  const spread = usable.length < FEWEST ? undefined : spreadOf(usable, test);
  const earlier: EarlierWindows = {
    ...{ windows: all.length, tested: usable.length, p, spread },
    mildest: mildest.one.pair.scopes?.control?.startTimeIso,
  };
  const allowed = spread?.p === undefined ? p : Math.max(p, Math.min(1, spread.p * (direction === 'either' ? 2 : 1)));
  const effect = spread === undefined ? test.effect : widened(test.effect, spread);
  return { ...mildest.one.tested, test: { ...test, p: allowed, effect }, earlier };
}

interface Mildest {
  readonly one: Tested;
  readonly p: number;
}

/** The window that says least of this side: what is worse than in every window is worse than there. */
function mildestOf(usable: readonly Tested[], tail: 'high' | 'low'): Mildest {
  const found = usable.map((one): Mildest => ({ one, p: one.test[tail] }));
  return found.reduce((most, next) => (next.p > most.p ? next : most));
}

function sideOf({ high, low }: { readonly high: Mildest; readonly low: Mildest }, direction: Direction): Side {
  if (direction !== 'either') return direction === 'increase' ? 'High' : 'Low';
  return low.p < high.p ? 'Low' : 'High';
}

/** With the part that decided on this side, which in the window alone may have been the other. */
function asJudged({ one: { test } }: Mildest, found: Pick<MetricTest, 'side' | 'high' | 'low' | 'p'>): MetricTest {
  const oneSided = found.side === 'High' ? 'increase' : 'decrease';
  const { decidedBy } = combineComponents(test.components, test.settings.weights, oneSided);
  return { ...test, ...found, decidedBy };
}

/** Undefined where a window has no level, as one without any event. */
function spreadOf(usable: readonly Tested[], judged: MetricTest): Spread | undefined {
  const { decidedBy, side, settings, route } = judged;
  const of = (test: MetricTest, { metric }: TestedMetric) =>
    decidingWindow({ ...test, decidedBy, side }, metric).change ?? test.effect.change;
  const isLevel = decidedBy !== 'spikes' && decidedBy !== 'scatter';
  const differences = usable.map(({ test, tested }) => {
    return route === 'signed' ? of(test, tested) : Math.log1p(of(test, tested));
  });
  if (!differences.every(Number.isFinite)) return undefined;
  const count = differences.length;
  const average = mean(differences);
  const deviation = sampleStandardDeviation(differences, average);
  const error = deviation * Math.sqrt(1 + 1 / count);
  const harm = side === 'High' ? average : -average;
  const beyond = harm - Math.log1p(settings.delta);
  const degreesOfFreedom = count - 1;
  const p = error > 0 ? studentTSurvival(beyond / error, degreesOfFreedom) : beyond > 0 ? 0 : 1;
  return { mean: average, deviation, error, degreesOfFreedom, p: isLevel ? p : undefined };
}

/** The interval of a further window, where it reaches further than that of the points. */
function widened(effect: Effect, { mean: middle, error, degreesOfFreedom, deviation }: Spread): Effect {
  const reach = (confidence: number) => studentTQuantile(confidence, degreesOfFreedom) * error;
  const [both, one] = [reach(0.975), reach(0.95)];
  return {
    ...effect,
    lower: Math.min(effect.lower, Math.expm1(middle - both)),
    upper: Math.max(effect.upper, Math.expm1(middle + both)),
    atLeast: Math.min(effect.atLeast, Math.expm1(middle - one)),
    atMost: Math.max(effect.atMost, Math.expm1(middle + one)),
    noise: { ...effect.noise, tau: Math.hypot(effect.noise.tau, deviation) },
  };
}
