import { rangeInWords } from '../../src/domain/overlapping-points.ts';
import { formatNumber, formatPercent } from '../steps/format-number.ts';
import type { DecidedMetric } from './decided-metric.ts';
import { percentileName, pInWords, worseSide } from './explain-metric.ts';
import { forecastOf } from './forecast-words.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { lookInWords } from './looks.ts';
import { DEFAULT_TEST_SETTINGS } from './test-settings.ts';
import { isTested } from './tested-metric.ts';

/** The canary's scatter is mentioned from this ratio on, to either side. */
const SCATTER = 1.5;

/** What else the reader should know of a metric, a sentence each. */
export function metricNotes(decided: DecidedMetric): string[] {
  const { test, metric, rules, decision } = decided;
  return [
    ...(metric.warmUp > 0 ? [`The first ${metric.warmUp} points are left out as warm-up.`] : []),
    ...(rules.warmUpMinutes > 0 && !metric.knowsStep
      ? ['How far the points are apart is not known; a minute was taken.']
      : []),
    ...(rules.removesOutliers ? ['Outliers are not removed: the test works on ranks, which they do not mislead.'] : []),
    ...history(decided),
    ...earlierWindows(decided),
    ...(isTested(test) && decision.clause !== 'noDataIsZero' ? testNotes(decided, test) : []),
  ];
}

function testNotes(decided: DecidedMetric, test: MetricTest): string[] {
  return [
    worth(test),
    ...looks(decided),
    ...overlap(decided),
    ...traffic(decided),
    ...scatter(decided, test),
    ...spikes(test),
    ...limits(decided, test),
  ];
}

/** Neighbouring points look alike, so many of them say little. */
function worth({ effect }: MetricTest): string {
  const { points, effectivePoints, autocorrelation } = effect;
  return (
    `${points} points, worth about ${formatNumber(Math.max(1, Math.round(effectivePoints)))} independent ones ` +
    `(correlation of neighbours ${formatNumber(Number(autocorrelation.toFixed(2)))}).`
  );
}

/** How the windows of the past entered. */
function earlierWindows({ earlier }: DecidedMetric): string[] {
  if (earlier === undefined) return [];
  const { windows, tested, p, spread, mildest } = earlier;
  const where = mildest === undefined ? 'one of them' : `that from ${mildest}`;
  const missing = tested < windows ? ` Only ${tested} of ${windows} could be tested.` : '';
  const differ =
    spread === undefined
      ? 'How much windows differ by themselves is not known: at least three that can be tested are needed.'
      : `They differ by ${formatPercent(Math.expm1(spread.deviation))} among themselves (standard deviation), which the change must exceed.`;
  return [
    `Compared with ${windows} windows of the past; it counts as worse only if it is worse than in each (${pInWords(p)}). ` +
      `The figures are those beside ${where}, where the difference is smallest.${missing} ${differ}`,
  ];
}

/** How often the same canary was judged so far, and what that costs. */
function looks({ look }: DecidedMetric): string[] {
  if (look === undefined) return [];
  const { number, of, ownP, state } = look;
  return [
    `${lookInWords(number, of)}: alone ${pInWords(ownP)}; of all so far, allowing for how often was looked, ${pInWords(state.p)}.`,
  ];
}

function overlap({ rangeSeconds, metric: { stepSeconds } }: DecidedMetric): string[] {
  if (rangeSeconds === undefined) return [];
  const range = rangeInWords({ range: rangeSeconds, stepSeconds });
  return [
    `Its query makes each point from ${range}: neighbouring points share their data and count as fewer. A range of one step would find more.`,
  ];
}

function traffic({ guard, quantile = 0, decision }: DecidedMetric): string[] {
  if (!guard || !['tooLittleTraffic', 'doubtfulHarm'].includes(decision.clause)) return [];
  const { highestQuantile, times } = guard;
  const lower =
    highestQuantile >= 0.5 ? `judge ${percentileName(Math.floor(highestQuantile * 100) / 100)} or lower` : '';
  const more = Number.isFinite(times)
    ? `make the step ${formatNumber(Math.ceil(times * 10) / 10)} times as long, or send more traffic`
    : 'send more traffic';
  return [`For the ${percentileName(quantile)} to be judged: ${lower === '' ? '' : `${lower}, `}${more}.`];
}

function scatter({ quantile, metric }: DecidedMetric, { scatter: found, components }: MetricTest): string[] {
  if (!found || !Number.isFinite(found.ratio) || (found.ratio <= SCATTER && found.ratio >= 1 / SCATTER)) return [];
  const said = `The canary changes ${formatNumber(found.ratio)} times as much from point to point as the baseline`;
  if (components.some(({ name }) => name === 'scatter')) return [`${said}.`];
  // Of a rate the requests are known, and its test allows for how many they are.
  if (metric.requests !== undefined) return [];
  const percentile = quantile === undefined ? '' : ', and percentiles of few requests are biased';
  return [`${said}: less traffic could explain that${percentile}; without knowing the traffic it cannot be judged.`];
}

function spikes({ spikes: found }: MetricTest): string[] {
  if (!found || found.againstHistory) return [];
  const { up, down, high, low } = found.concurrent;
  if (Math.max(up, down) < 3 || Math.min(high, low) > 0.2) return [];
  const p = `1/${formatNumber(Math.round(1 / Math.min(high, low)))}`;
  return [`${up} spikes up against ${down} down at the same time (p = ${p}).`];
}

function history({ metric, rules, test, withoutHistory }: DecidedMetric): string[] {
  if (metric.history === undefined) return [];
  if (withoutHistory !== undefined) {
    return [
      `Spikes are held against the control at the same time only, not against its history: ${withoutHistory.replace(/\.$/, '')}.`,
    ];
  }
  if (!isTested(test)) return [];
  const { againstHistory } = test.spikes ?? {};
  if (!againstHistory)
    return ["The control's history was not used: too few of its points have a value, or some are not above 0."];
  const { spikes: count, points, spikesOfControl, pointsOfControl } = againstHistory;
  return [
    ...neighbours(test, rules.test.prior ?? DEFAULT_TEST_SETTINGS.prior),
    `Spikes: ${count} in ${points} points of the canary, ${spikesOfControl} in ${pointsOfControl} of the control and its history.`,
  ];
}

/** What the past changes of the test of level. */
function neighbours({ settings: { prior } }: MetricTest, usual: number): string[] {
  if (prior === usual) return [];
  const [seen, expected] = [prior, usual].map((one) => formatNumber(Number(one.toFixed(2))));
  return [
    `By the control's history neighbouring points are expected to correlate by ${seen}, not by the usual ${expected}.`,
  ];
}

function limits(decided: DecidedMetric, test: MetricTest): string[] {
  const { change, minutes, smallestNow, smallestEver } = forecastOf(decided, test, worseSide(decided, test));
  const found =
    `With the points there are, changes from about ${formatPercent(smallestNow)} on are found; ` +
    `with any number of them, from about ${formatPercent(smallestEver)} on.`;
  if (minutes !== undefined) return [found];
  return [
    found,
    `At this noise ${formatPercent(change)} is never found: the metric can only dilute the error budget. A larger allowed change, fewer metrics or a smaller tau would help.`,
  ];
}
