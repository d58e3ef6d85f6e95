import { formatNumber } from '../steps/format-number.ts';
import type { Side } from './component.ts';
import { type DecidedMetric, harmOf } from './decided-metric.ts';
import { worseSide } from './explain-metric.ts';
import { forecastOf } from './forecast-words.ts';
import { largestHarm } from './harm.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { isTested } from './tested-metric.ts';

/** What would have changed the verdict on a metric, a sentence each; none for one that passed. */
export function wouldHavePassed(decided: DecidedMetric): string[] {
  const { decision, test, rules } = decided;
  switch (decision.clause) {
    case 'noDataIgnored':
    case 'noDataInconclusive':
      return [WITH_DATA];
    case 'noDataFails':
      return [WITH_DATA, `It would not count if noData were ignore.`];
    case 'dataEnd':
      return ['It would be judged if both sides had data to the end of the window.'];
    case 'sameQuestion':
      return ['It would be compared if the sides had different scopes, or different windows.'];
    case 'stopped':
      return ['It would be compared if the canary had any value above 0.'];
    case 'tooFewPoints':
      return ['It would be tested with more points: a longer window, or a shorter step.'];
    case 'tooLittleTraffic':
    case 'doubtfulHarm':
      return ['It would be judged with more requests a point: a lower percentile, a longer step, or more traffic.'];
    case 'windowsDiffer':
      return ['It would be decided with more windows of the past, or a baseline that runs beside the canary.'];
    case 'recovered':
      return rules.recovered === 'pass' ? [] : ['It would pass if recovered were pass.'];
    case 'inconclusive':
      return decision.classification === 'Pass' || !isTested(test) ? [] : withMoreData(decided, test);
    case 'harm':
    case 'criticalHarm':
    case 'advisoryHarm':
    case 'weightedHarm':
      return isTested(test) ? withoutHarm(decided, test) : [];
    default:
      return [];
  }
}

const WITH_DATA = 'It would be compared if both sides had data in the window.';

function withMoreData(decided: DecidedMetric, test: MetricTest): string[] {
  const side = worseSide(decided, test);
  const { minutes } = forecastOf(decided, test, side);
  const wait = minutes !== undefined && minutes > 0;
  const limit = limitFor(largestHarm(test, side), side);
  return [
    ...(wait
      ? [`It could pass with about ${formatNumber(Math.max(1, Math.round(minutes)))} more minutes of data.`]
      : []),
    ...(limit === undefined ? [] : [`It would pass if ${limit}${test.direction === 'either' ? ON_THE_WHOLE : ''}.`]),
    'It would pass if inconclusive were pass.',
  ];
}

const ON_THE_WHOLE = ', and the other side allowed as much as the data need';

function withoutHarm(decided: DecidedMetric, test: MetricTest): string[] {
  const { decision } = decided;
  return [
    ...byLimit(decided, test),
    ...(decision.clause === 'criticalHarm'
      ? ['It would fail the canary without a score of 0 if it were not critical.']
      : []),
    ...(decision.consequence === 'lowers' ? [] : ['It would only lower the score if its importance were advisory.']),
  ];
}

/** Spikes and scatter have no limit. */
function byLimit({ decision: { window } }: DecidedMetric, { side }: MetricTest): string[] {
  const limit = limitFor(harmOf(window?.change ?? Number.NaN, side), side);
  return limit === undefined ? [] : [`It would not fail if ${limit}.`];
}

/** "effectSize.allowedIncrease were above 1.15": what allows so much harm; undefined where no limit does. */
function limitFor(harm: number, side: Side): string | undefined {
  if (!Number.isFinite(harm)) return undefined;
  const limit = 1 + (side === 'High' ? 1 : -1) * roundUp(harm);
  if (limit < 0) return undefined;
  return side === 'High'
    ? `effectSize.allowedIncrease were above ${formatNumber(limit)}`
    : `effectSize.allowedDecrease were below ${formatNumber(limit)}`;
}

/** To the next thousandth, so that a limit set to what the text says lets the value pass. */
function roundUp(change: number): number {
  return Math.ceil(change * 1000 + 1e-6) / 1000;
}
