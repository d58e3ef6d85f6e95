import { silentEndInWords } from '../../src/domain/silent-end.ts';
import { endsInWords, formatNumber, formatPercent } from '../steps/format-number.ts';
import type { Side } from './component.ts';
import { allowedChange, type DecidedMetric, harmOf, hasEvents, USUAL_ALLOWED } from './decided-metric.ts';
import type { Effect } from './effect.ts';
import { decisionTime } from './forecast-words.ts';
import { largestHarm } from './harm.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { lookInWords } from './looks.ts';
import { DEFAULT_TEST_SETTINGS } from './test-settings.ts';
import { isTested } from './tested-metric.ts';

/**
 * The verdict on a metric in one or two sentences for people.
 *
 * @example "Canary p95 latency is 18 % higher than baseline (95 % interval 12 % to 25 %); chance does not explain it
 *   (adjusted p = 0.0004, budget 0.05)."
 */
export function explainMetric(decided: DecidedMetric): string {
  const sentence = sentenceOf(decided);
  return decided.rules.muted ? `${sentence} The metric is muted and does not count.` : sentence;
}

function sentenceOf(decided: DecidedMetric): string {
  const { test, metric, decision } = decided;
  const { name } = metric;
  if (!isTested(test)) {
    if (test === undefined) return `${missingData(decided)}${withoutDataMeans(decided)}`;
    const { needed, points } = test;
    return `${name} could not be tested: ${needed} points on both sides are needed, there are ${points.pairs}; it is inconclusive.`;
  }
  switch (decision.clause) {
    case 'noDataIsZero':
      return `${missingData(decided)}; it passes because missing values count as 0.`;
    case 'dataEnd':
      return dataEnd(decided);
    case 'sameQuestion':
      return `${name}: baseline and canary were asked the same question, which says nothing of the canary; it is inconclusive.`;
    case 'stopped':
      return stopped(decided);
    case 'tooLittleTraffic':
      return `${tooLittleTraffic(decided)}, so it is inconclusive.`;
    case 'doubtfulHarm':
      return `${found(decided, test)}, which fewer requests do not explain. ${tooLittleTraffic(decided)}, so that is no proof; the metric is inconclusive.`;
    case 'recovered':
      return `${recoveredInWords(decided, test)}`;
    case 'harm':
    case 'advisoryHarm':
    case 'weightedHarm':
    case 'criticalHarm':
      return `${found(decided, test)}; ${isNoChance(decided)}.${consequence(decided)}`;
    case 'withinAllowed':
      return `${found(decided, test)}, within the allowed ${limitOf(decided, test.side)}.`;
    case 'belowFloor':
      return `${found(decided, test)}; the difference is below the floor of ${formatNumber(decided.rules.absoluteFloor)}.`;
    case 'rareEvents':
      return rareInWords(decided, test);
    case 'windowsDiffer':
      return `${whole(decided, test)}, more than in every window of the past; but these differ so much that one more might be as high or low. It is inconclusive.`;
    case 'inconclusive':
      return `${whole(decided, test)}: ${undecided(decided, test)}`;
    default:
      return `${whole(decided, test)}, ${noHarm(decided, test)}.`;
  }
}

/** "Canary has no data for errors" */
function missingData({ metric: { name, present, given, infinite, unpaired, requests } }: DecidedMetric): string {
  const [noControl, noExperiment] = [present.control === 0, present.experiment === 0];
  if (unpaired !== undefined) return `${name} has no pair of series (${unpaired.replace(/\.$/, '')})`;
  const sides =
    noControl && noExperiment ? 'Neither canary nor baseline has' : `${noControl ? 'Baseline' : 'Canary'} has no`;
  const points = (noControl ? given.control : 0) + (noExperiment ? given.experiment : 0);
  const isUnknown = (side: keyof typeof given) => requests !== undefined && !requests[side].some(Number.isFinite);
  const noRequests = (noControl && isUnknown('control')) || (noExperiment && isUnknown('experiment'));
  const infinities = (noControl ? infinite.control : 0) + (noExperiment ? infinite.experiment : 0);
  const only = infinities === 0 ? 'missing' : infinities === points ? 'infinite' : 'infinite and missing';
  const why = noRequests ? 'no requests are known' : points > 0 ? `only ${only} values` : undefined;
  return `${sides} data for ${name}${why === undefined ? '' : ` (${why})`}`;
}

function withoutDataMeans({ decision, rules }: DecidedMetric): string {
  if (decision.clause === 'noDataIgnored') return ', so it was not compared and does not count.';
  if (decision.clause === 'noDataInconclusive') return ', so it is inconclusive.';
  return rules.importance === 'critical'
    ? ', and it is critical: the canary fails.'
    : ', but it must have data, so it fails.';
}

function dataEnd({ metric: { name, silentEnd } }: DecidedMetric): string {
  const words = silentEnd ? silentEndInWords(silentEnd) : '';
  return `${name}: ${words} What there is shows no harm; the metric is inconclusive.`;
}

function stopped({ metric: { name, experiment }, decision }: DecidedMetric): string {
  const points = experiment.filter(Number.isFinite).length;
  const said = `Canary ${name} is 0 at all ${points} points, baseline is not: it has stopped, or no request reaches it`;
  if (decision.outcome !== undefined) return `${said}. The metric is inconclusive.`;
  return decision.consequence === 'failsAtOnce' ? `${said}. The metric is critical, so the canary fails.` : `${said}.`;
}

function tooLittleTraffic({ metric: { name }, guard, quantile = 0 }: DecidedMetric): string {
  if (!guard) return '';
  const { needed, control, experiment } = guard;
  return (
    `${name} is a ${percentileName(quantile)}, which needs about ${formatNumber(needed)} requests a point; baseline has ` +
    `${numberOf(control)} and canary ${numberOf(experiment)}`
  );
}

function numberOf(requests: number): string {
  return Number.isNaN(requests) ? 'an unknown number' : formatNumber(requests);
}

export function percentileName(quantile: number): string {
  return `p${String(Number((quantile * 100).toPrecision(6))).replace('.', '')}`;
}

/** What the whole window shows. */
function whole({ metric: { name } }: DecidedMetric, { effect, route }: MetricTest): string {
  return `Canary ${name} is ${changeInWords(effect.change, route)} (${intervalInWords(effect)})`;
}

function changeInWords(change: number, route: MetricTest['route']): string {
  if (change === Number.POSITIVE_INFINITY) return 'above a baseline of 0';
  if (Math.abs(change) < 0.0005) return 'as high as baseline';
  const of = route === 'signed' ? ' (of the typical size)' : '';
  return `${formatPercent(Math.abs(change))}${of} ${change > 0 ? 'higher' : 'lower'} than baseline`;
}

function intervalInWords({ lower, upper }: Effect): string {
  if (!Number.isFinite(upper)) return `95 % interval from ${formatPercent(lower)} on`;
  return `95 % interval ${endsInWords(formatPercent(lower), formatPercent(upper))}`;
}

/** What the deciding part shows. */
function found(decided: DecidedMetric, test: MetricTest): string {
  const { metric, decision } = decided;
  const { name } = metric;
  const { window } = decision;
  if (test.decidedBy === 'spikes') return spikesInWords(name, test);
  if (test.decidedBy === 'scatter') return scatterInWords(name, test);
  if (test.decidedBy === 'modes') return modesInWords(name, test);
  if (test.decidedBy === 'trend' && window?.change !== undefined) {
    return `Canary ${name} drifts away: at the end of the window it is ${changeInWords(window.change, test.route)}`;
  }
  if (window === undefined || window.from === 0) return whole(decided, test);
  const place = `In the last ${window.length - window.from} of ${window.length} points`;
  return `${place} canary ${name} is ${changeInWords(window.change ?? Number.NaN, test.route)}`;
}

function spikesInWords(name: string, { spikes, side }: MetricTest): string {
  if (!spikes) return `Canary ${name} has spikes`;
  const { concurrent, againstHistory } = spikes;
  const [own, others] = side === 'High' ? [concurrent.up, concurrent.down] : [concurrent.down, concurrent.up];
  const away = side === 'High' ? 'up' : 'down';
  const size = (limit: number) => formatPercent(side === 'High' ? Math.expm1(limit) : -Math.expm1(-limit));
  if (againstHistory && againstHistory.p < (side === 'High' ? concurrent.high : concurrent.low)) {
    const { spikes: count, spikesOfControl, points, pointsOfControl, limit } = againstHistory;
    return `Canary ${name} has ${count} spikes ${away} of more than ${size(limit)} in ${points} points; the control had ${spikesOfControl} in ${pointsOfControl}`;
  }
  return `Canary ${name} has ${own} spikes ${away} of more than ${size(concurrent.limit)} against baseline, and ${others} the other way`;
}

function modesInWords(name: string, { modes }: MetricTest): string {
  if (!modes) return `Canary ${name} is in another mode`;
  const { modes: levels, control, experiment, change } = modes;
  const [high, low] = [levels.high, levels.low].map(formatNumber);
  return (
    `Canary ${name} is near ${high} at ${formatPercent(experiment)} of points, baseline at ${formatPercent(control)}, ` +
    `and near ${low} otherwise; its mean is ${changeInWords(change, 'logarithms')}`
  );
}

function scatterInWords(name: string, { scatter, settings, side }: MetricTest): string {
  const ratio = formatNumber(scatter?.ratio ?? Number.NaN);
  const limit = formatNumber(side === 'High' ? settings.scatterLimit : 1 / settings.scatterLimit);
  return `Canary ${name} changes ${ratio} times as much from point to point as baseline; ${limit} times is no difference`;
}

function isNoChance({ decision: { flag }, look }: DecidedMetric): string {
  const { adjusted = Number.NaN, budget = Number.NaN } = flag ?? {};
  const shown = `(adjusted ${pInWords(adjusted)}, budget ${formatNumber(budget)})`;
  if (look === undefined || look.state.decidedAt === look.number) return `chance does not explain it ${shown}`;
  return `harm was shown at ${lookInWords(look.state.decidedAt, look.of).toLowerCase()} ${shown}`;
}

export function pInWords(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${Number(p.toPrecision(2))}`;
}

function consequence({ decision, rules }: DecidedMetric): string {
  if (rules.muted) return '';
  const late = decision.recovery ? ' It has recovered, which the config does not accept.' : '';
  if (decision.clause === 'criticalHarm') return `${late} The metric is critical, so the canary fails.`;
  return decision.clause === 'advisoryHarm' ? `${late} The metric is advisory and only lowers the score.` : late;
}

function limitOf({ rules }: DecidedMetric, side: Side): string {
  return `${side === 'High' ? 'increase' : 'decrease'} of ${formatPercent(allowedChange(rules.allowed, side) ?? 0)}`;
}

function recoveredInWords(
  { metric: { name, control, stepSeconds }, decision: { recovery } }: DecidedMetric,
  test: MetricTest,
): string {
  if (!recovery) return '';
  const word = test.side === 'High' ? 'higher' : 'lower';
  const minutes = formatNumber(((control.length - recovery.from) * stepSeconds) / 60);
  return (
    `Canary ${name} was ${formatPercent(Math.abs(recovery.before))} ${word} than baseline at first; ` +
    `in the last ${minutes} minutes a difference above ${formatPercent(Math.max(0, recovery.upper))} is excluded.`
  );
}

/** Both sides of an interval that says too little. */
function undecided(decided: DecidedMetric, test: MetricTest): string {
  const side = worseSide(decided, test);
  const allowed = allowedChange(decided.rules.allowed, side) ?? USUAL_ALLOWED;
  const limit = `${formatPercent(allowed)} ${side === 'High' ? 'more' : 'less'}`;
  return `neither "no harm" nor "more than ${limit}" is excluded. ${decisionTime(decided, test, side)}`;
}

function rareInWords(decided: DecidedMetric, test: MetricTest): string {
  const { name } = decided.metric;
  const shown = hasEvents(test)
    ? `${whole(decided, test)}, which chance explains`
    : `Neither baseline nor canary has any ${name} in ${test.points.pairs} points`;
  const side = worseSide(decided, test);
  const allowed = formatPercent(allowedChange(decided.rules.allowed, side) ?? USUAL_ALLOWED);
  const limit = `${allowed} ${side === 'High' ? 'more' : 'less'}`;
  return `${shown}. It passes since nothing points to harm; events this rare cannot exclude ${limit}.`;
}

/** The side on which more than the allowed change is possible; of two such, the one with more of it. */
export function worseSide({ rules }: DecidedMetric, test: MetricTest): Side {
  if (rules.direction !== 'either') return rules.direction === 'increase' ? 'High' : 'Low';
  const excess = (side: Side) => largestHarm(test, side) - (allowedChange(rules.allowed, side) ?? USUAL_ALLOWED);
  return excess('Low') > excess('High') ? 'Low' : 'High';
}

function noHarm(decided: DecidedMetric, test: MetricTest): string {
  const { delta = DEFAULT_TEST_SETTINGS.delta } = decided.rules.test;
  const side = worseSide(decided, test);
  const harm = largestHarm(test, side);
  const isOther = decided.rules.direction !== 'either' && harmOf(test.effect.change, side) < 0;
  if (isOther && !(harm > delta)) return `and only ${side === 'High' ? 'an increase' : 'a decrease'} counts`;
  const excluded =
    harm > 0 ? `; more than ${formatPercent(harm)} ${side === 'High' ? 'higher' : 'lower'} is excluded` : '';
  return `which chance and harmless machine differences explain${excluded}`;
}
