import { describe, expect, it } from 'vitest';
import { judgeSeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { DEFAULT_TEST_SETTINGS } from '../../../judges/haldane/test-settings.ts';
import { changeAtEnd, reachedBy, trendOf } from '../../../judges/haldane/trend.ts';
import { CHANGES, FAMILIES } from '../../bench/verdicts/simulated-families.ts';
import { drawsOf, seriesOf } from '../../support/samples/random-series.ts';
import { closeTo, tested } from './expectations.ts';

const ALPHA = 0.01;
const REPLICAS = FAMILIES.find(({ name }) => name.startsWith('replica-like: '));

function alarms(points: number, factor: (t: number) => number, trials = 200): number {
  let found = 0;
  for (let trial = 0; trial < trials; trial++) {
    const pair = REPLICAS?.make(drawsOf('trend', points, trial), points, CHANGES.unchanged);
    const experiment = pair?.experiment.map((value, t) => value * factor(t)) ?? [];
    const { p } = tested(judgeSeriesPair({ control: pair?.control ?? [], experiment, direction: 'either' }));
    if (p < ALPHA) found++;
  }
  return found / trials;
}

describe('a ramp in a short window', () => {
  it('to +50 % over 12 points is found in most cases, at no more false alarms', () => {
    expect(alarms(12, (t) => 1 + (0.5 * t) / 11)).toBeGreaterThan(0.55);
    expect(alarms(12, () => 1)).toBeLessThan(0.02);
  });

  it('that only fades is no fall: the line misses the last points, which are as they should be', () => {
    expect(alarms(12, (t) => 1 + 2 * Math.max(0, 1 - t / 8))).toBeLessThan(0.03);
  });

  it('is told by where it ends', () => {
    const draws = drawsOf('ramp');
    const differences = Float64Array.from(seriesOf(12, (t) => 0.03 * t + 0.01 * draws.normal()));
    const trend = trendOf(differences, DEFAULT_TEST_SETTINGS);
    if (!trend) throw new Error('no trend');
    expect(trend.points).toBe(12);
    expect(trend.estimate.estimate).toBeCloseTo(0.33, 1);
    // The median of the last four lies before the end of the line.
    expect(changeAtEnd(trend, 'High')).toBeCloseTo(Math.expm1(trend.end), 12);
    expect(reachedBy(trend, -1).estimate).toBeCloseTo(trend.estimate.estimate, 12);
  });

  it('is the line of least squares of statistics.linear_regression of Python 3.11, over gaps', () => {
    const values = [0.1, 0.15, 0.12, Number.NaN, 0.31, 0.29, 0.4, 0.38, 0.52];
    const trend = trendOf(Float64Array.from(values), DEFAULT_TEST_SETTINGS);
    closeTo(trend?.estimate.estimate, 0.4770063694267516, 'end of the line');
  });

  it.each([7, 25])('is not looked for in %i points', (points) => {
    expect(
      trendOf(
        new Float64Array(points).map((_, t) => t),
        DEFAULT_TEST_SETTINGS,
      ),
    ).toBeUndefined();
  });
});
