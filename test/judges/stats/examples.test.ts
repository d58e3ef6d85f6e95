import { describe, expect, test } from 'vitest';
import { incompleteBeta, incompleteBetaSlope } from '../../../judges/stats/distributions/incomplete-beta.ts';
import { incompleteBetaOdds } from '../../../judges/stats/distributions/incomplete-beta-quantile.ts';
import {
  mannWhitneyDistribution,
  smallestMannWhitneyTail,
} from '../../../judges/stats/distributions/mann-whitney-distribution.ts';
import { normalQuantile } from '../../../judges/stats/distributions/normal-quantile.ts';
import { normalCentral, normalDensity, normalSurvival } from '../../../judges/stats/distributions/normal-survival.ts';
import { poissonDeviance } from '../../../judges/stats/distributions/poisson-deviance.ts';
import { stirlingError } from '../../../judges/stats/distributions/stirling-error.ts';
import { studentTQuantile } from '../../../judges/stats/distributions/student-t-quantile.ts';
import {
  studentTCentral,
  studentTDensity,
  studentTSurvival,
} from '../../../judges/stats/distributions/student-t-survival.ts';
import { laggedProducts } from '../../../judges/stats/numerics/fourier.ts';
import { inScratch, NEW } from '../../../judges/stats/numerics/scratch.ts';
import { centredMidranks, inOrder, orderedSeries, partsOf } from '../../../judges/stats/samples/ascending-order.ts';
import { ascendingPlaces } from '../../../judges/stats/samples/ascending-places.ts';
import { autocovariances } from '../../../judges/stats/samples/autocovariances.ts';
import { medianAbsoluteDeviation, medianOf, medianOfSorted } from '../../../judges/stats/samples/median.ts';
import { countPairwiseDifferences, nthPairwiseDifference } from '../../../judges/stats/samples/pairwise-differences.ts';
import { shiftLocation, walshLocation, walshMedian } from '../../../judges/stats/samples/rank-location.ts';
import { relativeLevel } from '../../../judges/stats/samples/relative-level.ts';
import { momentsUnit, sampleMoments } from '../../../judges/stats/samples/sample-moments.ts';
import { selectSums } from '../../../judges/stats/samples/select-sums.ts';
import { sortedSample } from '../../../judges/stats/samples/sorted-sample.ts';
import { sizeOf, tiedSample } from '../../../judges/stats/samples/sorted-sums.ts';
import { spearmanCorrelation } from '../../../judges/stats/samples/spearman.ts';
import { errorPerBound, pValueFor } from '../../../judges/stats/tests/alternative.ts';
import { benjaminiHochberg } from '../../../judges/stats/tests/benjamini-hochberg.ts';
import { hodgesLehmannEstimate, hodgesLehmannInterval } from '../../../judges/stats/tests/hodges-lehmann.ts';
import { mannWhitneyDeviation, mannWhitneyTest, tieSum } from '../../../judges/stats/tests/mann-whitney-test.ts';
import { ratioOfMeansInterval } from '../../../judges/stats/tests/ratio-of-means-interval.ts';
import { simes, tiedSamplesTest, tiedShare } from '../../../judges/stats/tests/tied-samples-test.ts';
import { welchSatterthwaite, welchTTest } from '../../../judges/stats/tests/welch-t-test.ts';

const of = (...values: number[]) => Float64Array.of(...values);
const places = (...values: number[]) => Int32Array.of(...values);
const three = tiedSample([1, 2, 4], NEW);
const welch = welchTTest([3, 4, 5, 6], [1, 2, 3], { alternative: 'two-sided', confidence: 0.98 });
const ratio = ratioOfMeansInterval([9, 10, 11], [4, 5, 6], { alternative: 'two-sided', confidence: 0.95 });
const zeros = tiedSamplesTest(of(0, 0, 1, 2, 2, 3), of(0, 0, 0, 0, 0, 1), { alternative: 'greater', tolerance: 0 });

describe('the worked example in the docstring', () => {
  test.each([
    ['stirlingError', stirlingError(1), 0.081061466795],
    ['poissonDeviance', poissonDeviance(3, 2), 0.216395324324],
    ['incompleteBeta', incompleteBeta(0.4, 2, 3), 0.5248],
    ['normalSurvival', normalSurvival(1.959963984540054), 0.025],
    ['normalCentral', normalCentral(1), 0.341344746069],
    ['normalDensity', normalDensity(1), 0.241970724519],
    ['normalQuantile', normalQuantile(0.99), 2.326347874041],
    ['studentTSurvival', studentTSurvival(2.764, 10), 0.009996044],
    ['studentTCentral', studentTCentral(1, 1), 0.25],
    ['studentTDensity', studentTDensity(0, 1), 1 / Math.PI],
    ['studentTQuantile', studentTQuantile(0.99, 10), 2.763769458],
    ['pValueFor', pValueFor('two-sided', { greater: 0.01, less: 0.99 }), 0.02],
    ['errorPerBound', errorPerBound('two-sided', 0.98), 0.01],
    ['welchTTest, statistic', welch.statistic, 2.886751346],
    ['welchTTest, degreesOfFreedom', welch.degreesOfFreedom, 4.959183673],
    ['welchTTest, pValue', welch.pValue, 0.034647553],
    ['welchSatterthwaite', welchSatterthwaite([2, 2], [11, 11]), 20],
    ['ratioOfMeansInterval, lower', ratio?.lower ?? Number.NaN, 1.369687937],
    ['ratioOfMeansInterval, upper', ratio?.upper ?? Number.NaN, 3.271430396],
    ['relativeLevel of positive numbers', relativeLevel(3, 2), 1.5],
    ['relativeLevel of negative numbers', relativeLevel(-3, -2), 0.5],
    ['mannWhitneyDeviation', mannWhitneyDeviation(3, 3, 0), 2.29128784747792],
    ['smallestMannWhitneyTail', smallestMannWhitneyTail(3, 3), 0.05],
    ['tiedSamplesTest', zeros, 0.036452473],
    ['incompleteBetaSlope', incompleteBetaSlope(0.4, 2, 3), 0.41472],
    ['incompleteBetaOdds', incompleteBetaOdds(0.5248, 2, 3), 0.4 / 0.6],
    ['walshLocation, estimate', walshLocation([1, 2, 4, 8, 16]).estimate, 5],
    ['walshLocation, standardError', walshLocation([1, 2, 4, 8, 16]).standardError, 3.135124054],
    ['walshMedian', walshMedian([1, 2, 4, 8, 16]), 5],
    ['shiftLocation', shiftLocation([3, 5, 9, 11, 30], [1, 2, 4, 8, 16]).estimate, 3],
  ])('%s is right to nine digits', (_name, actual, expected) => {
    expect(actual).toBeCloseTo(expected, 9);
  });

  test.each([
    ['tieSum', tieSum(of(1, 2, 2), of(2, 3)), 24],
    ['tiedShare', tiedShare(of(0, 1), of(0, 0)), 0.5],
    ['simes', simes(0.01, 0.015), 0.015],
    ['momentsUnit', momentsUnit([1, 5], [3]), 1],
    ['sampleMoments', sampleMoments([1, 2, 6]), { size: 3, mean: 3, variance: 7 }],
    ['sortedSample', sortedSample([3, Number.NaN, -1]), of(-1, 3)],
    ['mannWhitneyDistribution', mannWhitneyDistribution(2, 2), of(1 / 6, 2 / 6, 4 / 6, 5 / 6, 1)],
    [
      'mannWhitneyTest',
      mannWhitneyTest(of(4, 5, 6), of(1, 2, 3), { alternative: 'greater' }),
      { statistic: 9, pValue: 0.05, method: 'exact' },
    ],
    ['nthPairwiseDifference', nthPairwiseDifference(of(1, 5), of(0, 2), 3), 3],
    ['countPairwiseDifferences', countPairwiseDifferences(of(1, 5), of(0, 2), 1), { above: 2, equal: 1 }],
    ['laggedProducts', Array.from(laggedProducts([1, 2, 3], 1), Math.round), [14, 8]],
    ['orderedSeries', orderedSeries([5, Number.NaN, 2, 5]).order, places(2, 0, 3)],
    ['ascendingPlaces', ascendingPlaces(of(5, Number.NaN, 2, 5)).places, places(2, 0, 3)],
    ['inOrder', inOrder(of(5, Number.NaN, 2), places(2, 0)).sorted, of(2, 5)],
    ['inScratch', inScratch((scratch) => scratch.floats(3).fill(2).length), 3],
    ['partsOf', partsOf(orderedSeries([5, 1, 2]), 1, NEW).after.order, places(0, 1)],
    ['centredMidranks', centredMidranks(orderedSeries([5, Number.NaN, 2, 5])), of(0.5, Number.NaN, -1, 0.5)],
    ['autocovariances', autocovariances([-1, 0, 1]).at(1), 0],
    ['medianOfSorted', medianOfSorted([1, 2, 4, 8]), 3],
    ['medianOf', medianOf([4, Number.NaN, 2]), 3],
    ['medianAbsoluteDeviation', medianAbsoluteDeviation([1, 2, 4, 9]), 1.5],
    [
      'tiedSample',
      tiedSample([1, 1, 1, 1, 4], NEW),
      { sorted: [1, 1, 1, 1, 4], values: of(1, 4), before: places(0, 4, 5) },
    ],
    ['sizeOf', sizeOf({ rows: three, columns: three, upperOnly: true }), 6],
    [
      'selectSums',
      selectSums({ rows: tiedSample([0, 1], NEW), columns: tiedSample([0, 5], NEW), upperOnly: false, scratch: NEW })(
        2,
      ),
      [1, 5],
    ],
    ['spearmanCorrelation', spearmanCorrelation(orderedSeries([1, 2, 9]), orderedSeries([4, 5, 6]), 3), 1],
    [
      'benjaminiHochberg',
      benjaminiHochberg([0.2, 0.001, 0.03, 0.012], 0.05).map(({ rejected }) => rejected),
      [false, true, true, true],
    ],
    ['hodgesLehmannEstimate', hodgesLehmannEstimate(of(1, 5), of(0, 2)), 2],
    [
      'hodgesLehmannInterval',
      hodgesLehmannInterval(of(4, 5, 7), of(1, 2, 3), { alternative: 'greater', confidence: 0.9 }),
      { lower: 1, upper: Number.POSITIVE_INFINITY },
    ],
  ])('%s is right', (_name, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  test('the level of anything over 0 is unknown', () => {
    expect(relativeLevel(3, 0)).toBeNaN();
  });
});
