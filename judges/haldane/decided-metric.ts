import type { Classification } from '../../src/domain/canary-judge-result.ts';
import type { Direction, Side } from './component.ts';
import type { Flag } from './flag-metrics.ts';
import type { HaldaneClause } from './haldane-rules.ts';
import type { AllowedChange, MetricRules } from './haldane-settings.ts';
import { largestHarm } from './harm.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { type Recovery, recoveryOf } from './recovered.ts';
import { hasStopped } from './stopped.ts';
import { type DecidingWindow, decidingWindow, differenceIn, isTested, type TestedMetric } from './tested-metric.ts';
import { explainedByTraffic } from './traffic-guard.ts';

/** What the canary must not be called because of a metric. */
export type Consequence = 'none' | 'lowers' | 'marginal' | 'fails' | 'failsAtOnce';

/** The verdict on a metric. */
export interface Decision {
  readonly clause: HaldaneClause;
  /** On Kayenta's wire, which has no word for inconclusive. */
  readonly classification: Classification;
  /** The judge's own word where Kayenta has none. */
  readonly outcome?: 'Inconclusive' | 'Recovered';
  readonly consequence: Consequence;
  readonly flag: Flag | undefined;
  /** Of a tested metric. */
  readonly window?: DecidingWindow;
  readonly recovery?: Recovery;
  /** What the comparison says, where the limits beside it decide. */
  readonly compared?: Decision;
}

export interface DecidedMetric extends TestedMetric {
  readonly decision: Decision;
}

/** What "too much" means where a config allows no change: then nothing smaller makes a metric inconclusive. */
export const USUAL_ALLOWED = 0.25;
/** Below this a metric without an allowed change has recovered. */
const USUAL_RECOVERED = 0.1;

/** @param flag what the error budget allows to say; undefined for a metric without a p-value */
export function decideMetric(tested: TestedMetric, flag: Flag | undefined): Decision {
  const { rules, test, guard, metric } = tested;
  if (!isTested(test)) {
    return { flag: undefined, ...(test === undefined ? withoutData(rules) : inconclusive('tooFewPoints', rules)) };
  }
  const window = decidingWindow(test, metric);
  const common = { flag, window };
  if (metric.sameQuestion) return { ...common, ...inconclusive('sameQuestion', rules) };
  if (metric.present.control + metric.present.experiment === 0) return { ...common, ...passed('noDataIsZero') };
  if (guard && !guard.enough) {
    const isExplained = !flag?.flagged || explainedByTraffic(guard, test.side);
    return { ...common, ...(isExplained ? inconclusive('tooLittleTraffic', rules) : doubtfulHarm(rules)) };
  }
  if (!flag?.flagged && metric.silentEnd) return { ...common, ...dataEnded(rules) };
  if (!flag?.flagged && hasStopped(test, rules.direction)) return { ...common, ...stopped(window, rules) };
  if (hidesHarm(tested, flag)) return { ...common, ...atLeastMarginal('windowsDiffer', rules) };
  if (!flag?.flagged) return { ...common, ...unflagged(test, tested, 'noHarm') };
  const tolerated = whyTolerated(test, window, tested);
  if (tolerated === 'belowFloor') return { ...common, ...passed(tolerated) };
  if (tolerated !== undefined) return { ...common, ...unflagged(test, tested, tolerated) };
  const recovery = recoveryOf(test, allowedChange(rules.allowed, test.side) ?? USUAL_RECOVERED);
  if (recovery && rules.recovered !== 'fail') return { ...common, recovery, ...recovered(rules) };
  return { ...common, ...(recovery && { recovery }), ...failed(test.side, window, rules) };
}

type Outcome = Pick<Decision, 'clause' | 'classification' | 'outcome' | 'consequence'>;

function passed(clause: HaldaneClause): Outcome {
  return { clause, classification: 'Pass', consequence: 'none' };
}

function withoutData(rules: MetricRules): Outcome {
  const { noData, importance } = rules;
  if (noData === 'inconclusive') return inconclusive('noDataInconclusive', rules);
  const mustFail = noData === 'fail' || (noData === 'zero' && importance === 'critical');
  if (!mustFail) return { clause: 'noDataIgnored', classification: 'Nodata', consequence: 'none' };
  if (importance === 'critical') return { clause: 'noDataFails', classification: 'Nodata', consequence: 'failsAtOnce' };
  const consequence = importance === 'normal' ? 'fails' : 'lowers';
  return { clause: 'noDataFails', classification: 'NodataFailMetric', consequence };
}

/**
 * What was never tested is no pass on any wire; what was tested may be one. Kayenta's `Error` and `Nodata` count neither for
 * nor against, `NodataFailMetric` against.
 */
function inconclusive(clause: HaldaneClause, rules: MetricRules): Outcome {
  const { inconclusive: policy, importance } = rules;
  const isAdvisory = importance === 'advisory';
  const outcome = 'Inconclusive' as const;
  if (policy === 'fail') {
    const consequence = isAdvisory ? 'lowers' : 'fails';
    return { clause, outcome, classification: 'NodataFailMetric', consequence };
  }
  const consequence = policy === 'marginal' && !isAdvisory ? 'marginal' : 'none';
  if (clause === 'tooFewPoints') return { clause, outcome, classification: 'Error', consequence };
  const passes = policy === 'pass' && clause === 'inconclusive';
  return { clause, outcome, classification: passes ? 'Pass' : 'Nodata', consequence };
}

/** What came before the end shows no harm; nobody knows what came after it. */
function dataEnded({ noData, importance }: MetricRules): Outcome {
  const mustHaveData = importance === 'critical' || (noData === 'fail' && importance === 'normal');
  const consequence = mustHaveData ? 'marginal' : 'none';
  return { clause: 'dataEnd', outcome: 'Inconclusive', classification: 'Nodata', consequence };
}

/** Where a fall is harm this is one; where either side is, nobody can tell. */
function stopped(window: DecidingWindow, rules: MetricRules): Outcome {
  if (rules.direction === 'decrease') return { ...failed('Low', { ...window, change: -1 }, rules), clause: 'stopped' };
  // A config that says that inconclusive metrics pass means these too.
  return rules.rareEventsPass ? atLeastMarginal('stopped', rules) : inconclusive('stopped', rules);
}

/** Worse than in every window of the past, though one more such window might be: nobody may pass that. */
function hidesHarm({ test, rules, earlier }: TestedMetric, flag: Flag | undefined): boolean {
  if (earlier?.spread === undefined || flag === undefined || flag.flagged || !isTested(test)) return false;
  return earlier.p <= flag.budget / flag.familySize && !excludesTooMuch(test, rules);
}

/** Harm that fewer requests do not explain: no proof with percentiles of so few, but nobody may pass it either. */
function doubtfulHarm(rules: MetricRules): Outcome {
  return atLeastMarginal('doubtfulHarm', rules);
}

function atLeastMarginal(clause: HaldaneClause, rules: MetricRules): Outcome {
  const otherwise = inconclusive(clause, rules);
  const isMarginal = otherwise.consequence === 'none' && rules.importance !== 'advisory';
  return isMarginal ? { ...otherwise, consequence: 'marginal' } : otherwise;
}

/** No harm is shown; whether too much of it can be excluded is another question. */
function unflagged(test: MetricTest, { rules, look }: TestedMetric, clause: HaldaneClause): Outcome {
  if (excludesTooMuch(test, rules)) return passed(clause);
  if (!rules.rareEventsPass || !areRare(test, look?.ownP ?? test.p)) return inconclusive('inconclusive', rules);
  // A service that fails hardly ever must not be Marginal for that, even where the metric is critical.
  return { ...passed('rareEvents'), ...(hasEvents(test) && { outcome: 'Inconclusive' }) };
}

/** Of two sound arms fewer than a fifth are this far apart. */
const POINTS_TO_HARM = 0.2;
/** A canary that would have had fewer events than this, beside a control that had many, has too little traffic. */
const EXPECTED_EVENTS = 3;
const MANY_EVENTS = 20;

export function hasEvents({ events }: MetricTest): boolean {
  return events !== undefined && events.high.control + events.high.experiment > 0;
}

/** Events of which there are few on both sides, with nothing that points to harm. */
function areRare({ events, direction }: MetricTest, p: number): boolean {
  if (!events || p < POINTS_TO_HARM) return false;
  const { control, experiment, exposure } = events.high;
  const isExpected = control * exposure >= EXPECTED_EVENTS;
  // Orders that stop, or hardly any traffic: without requests no test can tell, but nobody may pass it.
  if (experiment === 0 && isExpected && direction !== 'increase') return false;
  return control < MANY_EVENTS || isExpected;
}

function excludesTooMuch(test: MetricTest, { direction, allowed }: MetricRules): boolean {
  return harmfulSides(direction).every(
    (side) => !(largestHarm(test, side) > (allowedChange(allowed, side) ?? USUAL_ALLOWED)),
  );
}

/** The sides on which a change is harm. */
export function harmfulSides(direction: Direction): readonly Side[] {
  return direction === 'either' ? ['High', 'Low'] : [direction === 'increase' ? 'High' : 'Low'];
}

export function allowedChange({ increase, decrease }: AllowedChange, side: Side): number | undefined {
  return side === 'High' ? increase : decrease;
}

/** Limits are of levels: spikes and scatter have none. */
export function whyTolerated(
  test: MetricTest,
  { change, from }: DecidingWindow,
  { metric, rules: { allowed, absoluteFloor } }: TestedMetric,
): HaldaneClause | undefined {
  if (change === undefined) return undefined;
  const limit = allowedChange(allowed, test.side);
  if (limit !== undefined && harmOf(change, test.side) < limit) return 'withinAllowed';
  const isSmall = absoluteFloor > 0 && Math.abs(differenceIn(test, metric, from)) < absoluteFloor;
  return isSmall ? 'belowFloor' : undefined;
}

/** A change as harm: above 0 on the harmful side. */
export function harmOf(change: number, side: Side): number {
  return side === 'High' ? change : -change;
}

/** Harm was real, and users had it: more than a pass needs saying. */
function recovered({ recovered: policy, importance }: MetricRules): Outcome {
  const outcome = 'Recovered' as const;
  if (policy === 'pass') return { ...passed('recovered'), outcome };
  const consequence = importance === 'advisory' ? 'none' : 'marginal';
  return { clause: 'recovered', outcome, classification: 'Nodata', consequence };
}

function failed(side: Side, { change }: DecidingWindow, { importance, critical, scoreDecides }: MetricRules): Outcome {
  if (importance === 'advisory') return { clause: 'advisoryHarm', classification: side, consequence: 'lowers' };
  const limit = allowedChange(critical, side);
  const isBeyond = limit === undefined || change === undefined || !(harmOf(change, side) < limit);
  if (importance === 'critical' && isBeyond) {
    return { clause: 'criticalHarm', classification: side, consequence: 'failsAtOnce' };
  }
  return scoreDecides
    ? { clause: 'weightedHarm', classification: side, consequence: 'lowers' }
    : { clause: 'harm', classification: side, consequence: 'fails' };
}
