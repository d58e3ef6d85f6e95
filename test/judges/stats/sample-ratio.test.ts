import { describe, expect, it } from 'vitest';
import { sampleRatio } from '../../../judges/stats/tests/sample-ratio.ts';
import cases from '../../golden/stats/sample-ratio.json' with { type: 'json' };
import { relativeError } from '../../support/relative-error.ts';
import { autoregressive, drawsOf } from '../../support/samples/random-series.ts';

describe('sampleRatio', () => {
  it.each(cases)('equals scipy: seen $seen, expected $expected', ({ control, experiment, expected, ...known }) => {
    const found = sampleRatio({ control, experiment }, expected);
    expect(found).toBeDefined();
    const {
      seen = Number.NaN,
      overdispersion = Number.NaN,
      degreesOfFreedom = Number.NaN,
      p = Number.NaN,
    } = found ?? {};
    expect(relativeError(seen, known.seen)).toBeLessThan(1e-12);
    expect(relativeError(overdispersion, known.overdispersion)).toBeLessThan(1e-10);
    if (known.df === null) expect(degreesOfFreedom).toBe(Number.POSITIVE_INFINITY);
    else expect(relativeError(degreesOfFreedom, known.df)).toBeLessThan(1e-10);
    expect(relativeError(p, known.p)).toBeLessThan(1e-9);
  });

  it('needs five points that both arms have, and requests', () => {
    const four = [10, 10, Number.NaN, 10, 10];
    expect(sampleRatio({ control: four, experiment: [10, 10, 10, 10, 10] }, 0.5)).toBeUndefined();
    expect(sampleRatio({ control: [0, 0, 0, 0, 0], experiment: [0, 0, 0, 0, 0] }, 0.5)).toBeUndefined();
    expect(sampleRatio({ control: [9, 9, 9, 9, 9, -1], experiment: [9, 9, 9, 9, 9, 5] }, 0.5)).toMatchObject({
      points: 5,
    });
  });

  it('finds a split of 40 % where half was meant, and says how sure that is', () => {
    const draws = drawsOf('mismatch');
    const experiment = Array.from({ length: 60 }, () => draws.poisson(400));
    const control = Array.from({ length: 60 }, () => draws.poisson(600));
    const { p = 1, seen } = sampleRatio({ control, experiment }, 0.5) ?? {};
    expect(seen).toBeCloseTo(0.4, 2);
    expect(p).toBeLessThan(1e-12);
  });

  it('does not take streams of requests for independent ones: the chi-square test calls most sound splits wrong', () => {
    const draws = drawsOf('sound splits');
    let [found, byChiSquare] = [0, 0];
    const trials = 2000;
    for (let trial = 0; trial < trials; trial++) {
      const arms = soundSplit(autoregressive(draws, 60, 0.5));
      if ((sampleRatio(arms, 0.5)?.p ?? 1) < 0.001) found++;
      const [c, e] = [arms.control, arms.experiment].map((values) => values.reduce((sum, value) => sum + value, 0));
      if (Math.abs((e ?? 0) - (c ?? 0)) / Math.sqrt((c ?? 0) + (e ?? 0)) > 3.29) byChiSquare++;
    }
    expect(found / trials).toBeLessThan(0.005);
    expect(byChiSquare / trials).toBeGreaterThan(0.6);
  });
});

/** 20,000 requests a point, of which the share sent to the canary moves by 5 % around half. */
function soundSplit(moves: readonly number[]) {
  const experiment = moves.map((move) => Math.round(20_000 * 0.5 * (1 + 0.05 * move)));
  return { experiment, control: experiment.map((sent) => 20_000 - sent) };
}
