import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { studentTQuantile } from '../stats/distributions/student-t-quantile.ts';
import { mean } from '../stats/samples/mean.ts';
import { sampleStandardDeviation } from '../stats/samples/sample-standard-deviation.ts';
import { mcnemarTest, signedRankTest } from '../stats/tests/paired-tests.ts';
import { wilsonInterval } from '../stats/tests/two-rates.ts';
import { ALTERNATIVES } from '../steps/alternatives.ts';
import { formatNumber, formatPercent } from '../steps/format-number.ts';
import { valuesOf } from '../steps/values-of.ts';
import { CONFIDENCE, type DriftTest, tooFew, type Untested } from './drift-finding.ts';
import type { DriftRules } from './drift-settings.ts';

/** Champion and challenger on the same requests. */
export function testPairs(pair: MetricSetPair, rules: DriftRules): DriftTest | Untested {
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
