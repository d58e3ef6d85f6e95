import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { medianOf } from '../stats/samples/median.ts';
import { countDrift } from '../stats/tests/count-drift.ts';
import { hodgesLehmannEstimate, hodgesLehmannInterval } from '../stats/tests/hodges-lehmann.ts';
import { sampleDriftInSteps } from '../stats/tests/sample-drift.ts';
import { fisherTest, rateDifferenceInterval } from '../stats/tests/two-rates.ts';
import { formatNumber, formatPercent } from '../steps/format-number.ts';
import type { Steps } from '../steps/in-turns.ts';
import { countSeries } from './drift-buckets.ts';
import { countCategories, countDeciles, countsGiven, type NamedCounts, type Uncountable } from './drift-counts.ts';
import { testEvents } from './drift-events.ts';
import { CONFIDENCE, type DriftTest, tooFew, type Untested } from './drift-finding.ts';
import { whyNotTested } from './drift-guards.ts';
import { testPairs } from './drift-pairs.ts';
import type { DriftRules } from './drift-settings.ts';
import { finiteOf } from './drift-values.ts';

/** @param pairs the series of the metric: one, but for buckets */
export function* testDrift(
  pairs: readonly MetricSetPair[],
  rules: DriftRules,
  alpha: number,
): Steps<DriftTest | Untested> {
  const [pair] = pairs as [MetricSetPair];
  const untested = whyNotTested(pairs, rules, alpha);
  if (untested !== undefined) return { untested, sizes: { control: 0, experiment: 0 } };
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

const METHODS = { exact: 'exact', permutation: 'by permutation', 'chi-square': 'chi-square distribution' } as const;
const TESTS = { chiSquare: 'chi-square', g: 'G', jensenShannon: 'Jensen-Shannon', psi: 'PSI' } as const;

function testCounts(counts: NamedCounts | Uncountable, rules: DriftRules, alpha: number): DriftTest | Untested {
  if ('uncountable' in counts) return { untested: counts.uncountable, sizes: { control: 0, experiment: 0 } };
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
    test: `${TESTS[measure]}, ${METHODS[method]}${pooled}`,
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
