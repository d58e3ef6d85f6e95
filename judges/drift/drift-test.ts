import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { studentTQuantile } from '../stats/distributions/student-t-quantile.ts';
import { mean } from '../stats/samples/mean.ts';
import { medianOf } from '../stats/samples/median.ts';
import { sampleStandardDeviation } from '../stats/samples/sample-standard-deviation.ts';
import { countDrift } from '../stats/tests/count-drift.ts';
import { hodgesLehmannEstimate, hodgesLehmannInterval } from '../stats/tests/hodges-lehmann.ts';
import { mcnemarTest, signedRankTest } from '../stats/tests/paired-tests.ts';
import { sampleDriftInSteps } from '../stats/tests/sample-drift.ts';
import { fisherTest, rateDifferenceInterval, wilsonInterval } from '../stats/tests/two-rates.ts';
import { ALTERNATIVES } from '../steps/alternatives.ts';
import { formatNumber, formatPercent } from '../steps/format-number.ts';
import type { Steps } from '../steps/in-turns.ts';
import { countCategories, countDeciles, countSeries, countsGiven, type NamedCounts, total } from './drift-counts.ts';
import type { DriftRules } from './drift-settings.ts';
import { finiteOf, valuesOf } from './drift-values.ts';

/** What the outputs of a metric say. */
export interface DriftTest {
  readonly test: string;
  readonly pValue: number;
  readonly statistic?: number;
  readonly degreesOfFreedom?: number;
  readonly criticalValue?: number;
  /** in the unit of `minimumEffect`; with a sign where the metric has a direction */
  readonly effect: number;
  /** what the effect is */
  readonly measure: string;
  /** a difference that people read, with its interval */
  readonly estimate?: number;
  readonly interval?: { readonly lower: number; readonly upper: number };
  /** a change of shape has no direction */
  readonly isShape?: true;
  /** what was found, in words, without a full stop */
  readonly found: string;
  readonly sizes: { readonly control: number; readonly experiment: number };
}

/** Why there is no p-value, as the end of a sentence. */
export interface Untested {
  readonly untested: string;
  readonly sizes: DriftTest['sizes'];
}

const CONFIDENCE = 0.95;

/** @param pairs the series of the metric: one, but for buckets */
export function* testDrift(
  pairs: readonly MetricSetPair[],
  rules: DriftRules,
  alpha: number,
): Steps<DriftTest | Untested> {
  const [pair] = pairs as [MetricSetPair];
  switch (rules.data) {
    case 'samples':
      return yield* testSamples(pair, rules, alpha);
    case 'categories':
      return testCounts(countCategories(pair), rules, alpha);
    case 'counts':
      return testCounts(countsGiven(pair), rules, alpha);
    case 'buckets':
      return testCounts(countSeries(pairs), rules, alpha);
    case 'events':
      return testEvents(pair, rules);
    case 'pairs':
      return testPairs(pair, rules);
  }
}

/** Undefined where both sides have enough. */
function tooFew(sizes: DriftTest['sizes'], { minimumSamples }: DriftRules): Untested | undefined {
  const { control, experiment } = sizes;
  if (Math.min(control, experiment) >= minimumSamples) return undefined;
  return {
    untested: `${minimumSamples} outputs a side are needed, baseline has ${control} and canary ${experiment}`,
    sizes,
  };
}

function* testSamples(pair: MetricSetPair, rules: DriftRules, alpha: number): Steps<DriftTest | Untested> {
  const control = Float64Array.from(finiteOf(pair, 'control')).sort();
  const experiment = Float64Array.from(finiteOf(pair, 'experiment')).sort();
  const sizes = { control: control.length, experiment: experiment.length };
  const few = tooFew(sizes, rules);
  if (few !== undefined) return few;
  const { measure } = rules;
  if (measure !== 'ks' && measure !== 'wasserstein') return testCounts(countDeciles(control, experiment), rules, alpha);
  const { statistic, pValue, criticalValue, method } = yield* sampleDriftInSteps(control, experiment, measure, alpha);
  yield;
  const estimate = hodgesLehmannEstimate(experiment, control);
  const interval = hodgesLehmannInterval(experiment, control, { alternative: 'two-sided', confidence: CONFIDENCE });
  const medians = `median ${formatNumber(medianOf(experiment))} against ${formatNumber(medianOf(control))}`;
  const name = measure === 'ks' ? 'Kolmogorov-Smirnov' : 'Wasserstein';
  return {
    test: `${name}, ${method === 'permutation' ? 'by permutation' : 'asymptotic'}`,
    ...{ pValue, statistic, criticalValue, estimate, interval, sizes, measure },
    effect: statistic,
    found: `its distance is ${formatNumber(statistic)}, chance gives up to ${formatNumber(criticalValue)} at these sizes; ${medians}`,
  };
}

const TESTS = { chiSquare: 'chi-square', g: 'G', jensenShannon: 'Jensen-Shannon', psi: 'PSI' } as const;

function testCounts(counts: NamedCounts, rules: DriftRules, alpha: number): DriftTest | Untested {
  const [n, m] = [counts.control, counts.experiment].map((side) => side.reduce((sum, count) => sum + count, 0));
  const sizes = { control: n as number, experiment: m as number };
  const few = tooFew(sizes, rules);
  if (few !== undefined) return few;
  const measure = rules.measure as keyof typeof TESTS;
  const drift = countDrift(counts, measure, alpha);
  if (drift === undefined) return testLargest(counts, sizes);
  const { statistic, pValue, criticalValue, degreesOfFreedom, method, cells } = drift;
  const isTable = measure === 'chiSquare' || measure === 'g';
  const effect = isTable ? Math.sqrt(statistic / (sizes.control + sizes.experiment)) : statistic;
  const largest = largestChange(counts, sizes);
  const pooled = cells < counts.names.length ? `, ${counts.names.length} categories in ${cells} cells` : '';
  return {
    test: `${TESTS[measure]}, ${method === 'permutation' ? 'by permutation' : 'chi-square distribution'}${pooled}`,
    ...{ pValue, statistic, criticalValue, degreesOfFreedom, effect, sizes },
    measure: isTable ? 'cramersV' : measure,
    isShape: true,
    ...largest,
    found: `${TESTS[measure]} is ${formatNumber(statistic)}, chance gives up to ${formatNumber(criticalValue)} at these sizes; ${largest.found}`,
  };
}

/** Where all but one category are rare: that one against the others, exactly. */
function testLargest({ names, control, experiment }: NamedCounts, sizes: DriftTest['sizes']): DriftTest {
  const totals = names.map((_, index) => (control[index] as number) + (experiment[index] as number));
  const at = totals.indexOf(Math.max(...totals));
  const [before, after] = [
    { events: control[at] as number, trials: sizes.control },
    { events: experiment[at] as number, trials: sizes.experiment },
  ];
  const difference = after.events / after.trials - before.events / before.trials;
  return {
    test: "Fisher's exact test of the one category that is not rare",
    pValue: fisherTest(before, after, 'two-sided'),
    ...{ effect: difference, estimate: difference, measure: 'rateDifference', sizes, isShape: true as const },
    interval: rateDifferenceInterval(before, after, CONFIDENCE),
    found: `${after.events} of ${after.trials} are '${names[at]}', against ${before.events} of ${before.trials}`,
  };
}

/** The category whose share has changed most, as people ask for it. */
function largestChange({ names, control, experiment }: NamedCounts, sizes: DriftTest['sizes']) {
  const shares = names.map((_, index) => ({
    before: (control[index] as number) / sizes.control,
    after: (experiment[index] as number) / sizes.experiment,
  }));
  const changes = shares.map(({ before, after }) => Math.abs(after - before));
  const at = changes.reduce((best, change, index) => (change > (changes[best] ?? 0) ? index : best), 0);
  const { before = 0, after = 0 } = shares[at] ?? {};
  const rates = [
    { events: control[at] ?? 0, trials: sizes.control },
    { events: experiment[at] ?? 0, trials: sizes.experiment },
  ] as const;
  const interval = rateDifferenceInterval(rates[0], rates[1], CONFIDENCE);
  const found = `most changed '${names[at]}', from ${formatPercent(before)} to ${formatPercent(after)}`;
  return { estimate: after - before, interval, found };
}

function testEvents(pair: MetricSetPair, rules: DriftRules): DriftTest | Untested {
  if (pair.denominator === undefined) {
    const untested = 'its values count events, and no outputs are counted; ask for them in query.denominator';
    return { untested, sizes: { control: 0, experiment: 0 } };
  }
  const outputs = { ...pair.denominator, name: pair.name };
  const rate = (side: 'control' | 'experiment') => {
    return { events: Math.round(total(pair, side)), trials: Math.round(total(outputs, side)) };
  };
  const [control, experiment] = [rate('control'), rate('experiment')];
  const sizes = { control: control.trials, experiment: experiment.trials };
  const few = tooFew(sizes, rules);
  if (few !== undefined) return few;
  const impossible = [control, experiment].find(({ events, trials }) => events < 0 || events > trials);
  if (impossible !== undefined) {
    return { untested: `${impossible.events} events of ${impossible.trials} outputs are no share`, sizes };
  }
  const [before, after] = [control.events / control.trials, experiment.events / experiment.trials];
  return {
    test: "Fisher's exact test",
    pValue: fisherTest(control, experiment, ALTERNATIVES[rules.direction]),
    ...{ effect: after - before, measure: 'rateDifference', estimate: after - before, sizes },
    interval: rateDifferenceInterval(control, experiment, CONFIDENCE),
    found:
      `${experiment.events} of ${experiment.trials} (${formatPercent(after)}) against ` +
      `${control.events} of ${control.trials} (${formatPercent(before)})`,
  };
}

function testPairs(pair: MetricSetPair, rules: DriftRules): DriftTest | Untested {
  const experiment = valuesOf(pair, 'experiment');
  const both = valuesOf(pair, 'control').flatMap((before, index) => {
    const after = experiment[index] ?? Number.NaN;
    return Number.isFinite(before) && Number.isFinite(after) ? [{ before, after }] : [];
  });
  const sizes = { control: both.length, experiment: both.length };
  const few = tooFew(sizes, rules);
  if (few !== undefined) return few;
  const isYesNo = both.every(({ before, after }) => isBit(before) && isBit(after));
  return isYesNo ? testAnswers(both, rules, sizes) : testScores(both, rules, sizes);
}

interface Both {
  readonly before: number;
  readonly after: number;
}

function isBit(value: number): boolean {
  return value === 0 || value === 1;
}

function testAnswers(both: readonly Both[], rules: DriftRules, sizes: DriftTest['sizes']): DriftTest {
  const onlyControl = both.filter(({ before, after }) => before > after).length;
  const onlyExperiment = both.filter(({ before, after }) => after > before).length;
  const n = both.length;
  const differing = onlyControl + onlyExperiment;
  const effect = (onlyExperiment - onlyControl) / n;
  // Among the pairs that differ, the share of those that became a yes says how far apart both are.
  const share =
    differing === 0
      ? { lower: 0.5, upper: 0.5 }
      : wilsonInterval({ events: onlyExperiment, trials: differing }, CONFIDENCE);
  const toDifference = (value: number) => ((2 * value - 1) * differing) / n;
  const agreement = wilsonInterval({ events: n - differing, trials: n }, CONFIDENCE);
  return {
    test: "McNemar's exact test",
    pValue: mcnemarTest({ onlyControl, onlyExperiment }, ALTERNATIVES[rules.direction]),
    ...{ effect, estimate: effect, measure: 'pairedDifference', sizes },
    interval: { lower: toDifference(share.lower), upper: toDifference(share.upper) },
    found:
      `both agree on ${n - differing} of ${n} requests (95 % interval ${formatPercent(agreement.lower)} to ` +
      `${formatPercent(agreement.upper)}); ${onlyExperiment} became a yes, ${onlyControl} a no`,
  };
}

function testScores(both: readonly Both[], rules: DriftRules, sizes: DriftTest['sizes']): DriftTest {
  const differences = both.map(({ before, after }) => after - before);
  const p = signedRankTest(differences, ALTERNATIVES[rules.direction]);
  const estimate = mean(differences);
  const error = sampleStandardDeviation(differences, estimate) / Math.sqrt(differences.length);
  const half = studentTQuantile(1 - (1 - CONFIDENCE) / 2, differences.length - 1) * error;
  const better = differences.filter((difference) => difference > 0).length;
  const worse = differences.filter((difference) => difference < 0).length;
  return {
    test: "Wilcoxon's signed-rank test",
    // Pairs that are all alike differ in nothing.
    pValue: Number.isNaN(p) ? 1 : p,
    ...{ effect: estimate, estimate, measure: 'meanDifference', sizes },
    interval: { lower: estimate - half, upper: estimate + half },
    found: `the mean difference of ${both.length} requests is ${formatNumber(estimate)}; ${better} are higher, ${worse} lower`,
  };
}
