import type { Evidence } from '../../src/domain/canary-judge-result.ts';
import { SIDES } from '../../src/domain/canary-scope.ts';
import type { DecidedMetric } from './decided-metric.ts';
import { explainMetric, worseSide } from './explain-metric.ts';
import { forecastOf } from './forecast-words.ts';
import { HALDANE_RULES } from './haldane-rules.ts';
import { largestHarm } from './harm.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { metricNotes } from './metric-notes.ts';
import type { PreparedMetric } from './prepared-metric.ts';
import type { ComponentName } from './test-settings.ts';
import { isTested } from './tested-metric.ts';
import { wouldHavePassed } from './would-have-passed.ts';

/** All that reports show of the judging of a metric: figures, and what they mean in sentences. */
export function metricEvidence(decided: DecidedMetric): Evidence {
  const { metric, decision, test } = decided;
  return {
    test: isTested(test) ? testInWords(test) : 'none',
    clause: decision.clause,
    ...(decision.outcome && { outcome: decision.outcome }),
    sentence: explainMetric(decided),
    rule: HALDANE_RULES[decision.clause],
    wouldPass: wouldHavePassed(decided),
    notes: metricNotes(decided),
    sampleSizes: {
      control: { given: metric.given.control, used: metric.present.control },
      experiment: { given: metric.given.experiment, used: metric.present.experiment },
    },
    ...flawsOf(metric),
    ...(isTested(test) ? figuresOf(decided, test) : {}),
  };
}

/** What was not as it should be of the data. */
function flawsOf({ present, infinite, unpaired }: PreparedMetric) {
  const emptySides = SIDES.filter((side) => present[side] === 0);
  return {
    ...(emptySides.length === 0 ? {} : { emptySides }),
    ...(infinite.control + infinite.experiment === 0 ? {} : { infiniteValues: infinite }),
    ...(unpaired === undefined ? {} : { unpaired }),
  };
}

const CONFIDENCE = 0.95;

function figuresOf(decided: DecidedMetric, test: MetricTest): Partial<Evidence> {
  const { decision, rules } = decided;
  const { effect, level, direction, scatter } = test;
  const side = worseSide(decided, test);
  const { minutes, smallestNow, smallestEver } = forecastOf(decided, test, side);
  return {
    pValue: decided.look?.ownP ?? test.p,
    ...lookOf(decided),
    ...besideOf(decided),
    ...earlierOf(decided),
    ...(decision.flag?.adjusted === undefined ? {} : { adjustedPValue: decision.flag.adjusted }),
    ...(decision.flag === undefined ? {} : { errorBudget: decision.flag.budget }),
    ratioEstimate: 1 + effect.change,
    ratioInterval: { lower: 1 + effect.lower, upper: 1 + effect.upper, confidence: CONFIDENCE },
    ...(level === undefined ? {} : { degreesOfFreedom: level.degreesOfFreedom }),
    decidedBy: COMPONENTS[test.decidedBy],
    ...windowOf(decided),
    points: effect.points,
    effectivePoints: effect.effectivePoints,
    autocorrelation: effect.autocorrelation,
    largestHarm: largestHarm(test, side),
    ...(minutes === undefined ? {} : { minutesToDecision: minutes }),
    smallestChange: { now: smallestNow, ever: smallestEver },
    ...(scatter === undefined ? {} : { scatterRatio: scatter.ratio }),
    effect: { measure: 'ratio', value: 1 + (decision.window?.change ?? effect.change), ...limitsOf(rules, test) },
    direction,
  };
}

function lookOf({ look }: DecidedMetric): Pick<Evidence, 'look'> {
  if (look === undefined) return {};
  const { number, of, state } = look;
  return { look: { number, ...(of === undefined ? {} : { of }), p: state.p, decidedAt: state.decidedAt } };
}

function earlierOf({ earlier }: DecidedMetric): Pick<Evidence, 'earlierWindows'> {
  if (earlier === undefined) return {};
  const { windows, tested, p: pValue, spread } = earlier;
  return { earlierWindows: { windows, tested, pValue, ...(spread && { spread: spread.deviation }) } };
}

function besideOf({ rules: { ratioOf, traffic, asks } }: DecidedMetric): Pick<Evidence, 'beside'> {
  const named = {
    ...(ratioOf === undefined || asks.denominator ? {} : { denominator: ratioOf }),
    ...(traffic === undefined || asks.traffic ? {} : { traffic }),
  };
  return Object.keys(named).length === 0 ? {} : { beside: named };
}

const COMPONENTS: Readonly<Record<ComponentName, string>> = {
  whole: 'the whole window',
  half: 'the last half',
  quarter: 'the last quarter',
  late4: 'the last quarter',
  late8: 'the last eighth',
  spikes: 'spikes',
  scatter: 'scatter from point to point',
  trend: 'a ramp up to the end of the window',
  modes: 'the share of points in the higher of two modes',
};

function windowOf({ decision: { window } }: DecidedMetric): Pick<Evidence, 'decidingWindow'> {
  return window === undefined || window.from === 0
    ? {}
    : { decidingWindow: { from: window.from, points: window.length - window.from } };
}

/** What may change: the allowed change, and never less than what is no difference. */
function limitsOf({ allowed, critical, importance }: DecidedMetric['rules'], { settings: { delta } }: MetricTest) {
  const up = (limit: number | undefined) => 1 + Math.max(limit ?? 0, delta);
  const down = (limit: number | undefined) => 1 - Math.max(limit ?? 0, delta / (1 + delta));
  const limits = { allowedIncrease: up(allowed.increase), allowedDecrease: down(allowed.decrease) };
  if (importance !== 'critical') return limits;
  return { ...limits, criticalIncrease: up(critical.increase), criticalDecrease: down(critical.decrease) };
}

function testInWords({ route, level }: MetricTest): string {
  const of = level?.candidate === 'twoSample' ? 'of both sides by themselves' : 'of pairs of points at the same time';
  switch (route) {
    case 'logarithms':
      return `Hodges-Lehmann on logarithms, ${of}, allowing for autocorrelation`;
    case 'signed':
      return `Hodges-Lehmann, ${of}, allowing for autocorrelation`;
    case 'counts':
      return 'conditional binomial test of counts, allowing for overdispersion';
    case 'shares':
      return 'conditional binomial test of shares as events, allowing for overdispersion';
    case 'rates':
      return 'conditional binomial test of events over requests, allowing for overdispersion';
  }
}
