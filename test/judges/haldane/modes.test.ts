import { describe, expect, it } from 'vitest';
import { judgeSeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { logarithmicSeries, orderedArms } from '../../../judges/haldane/level-series.ts';
import { modeShares } from '../../../judges/haldane/modes.ts';
import { DEFAULT_TEST_SETTINGS } from '../../../judges/haldane/test-settings.ts';
import { NEW } from '../../../judges/stats/numerics/scratch.ts';
import { drawsOf, seriesOf } from '../../support/samples/random-series.ts';
import { tested } from './expectations.ts';

const ALPHA = 0.01;

/** Hits of 5 ms and misses of 50 ms, each by itself. */
function cache(trial: number, missing: [number, number], points = 60) {
  const draws = drawsOf('modes', ...missing, points, trial);
  const arm = (share: number) =>
    seriesOf(points, () => (draws.uniform() < share ? 50 : 5) * Math.exp(0.1 * draws.normal()));
  return { control: arm(missing[0]), experiment: arm(missing[1]) };
}

function alarms(missing: [number, number], points = 60, trials = 200): number {
  const judged = Array.from({ length: trials }, (_, trial) =>
    tested(judgeSeriesPair({ ...cache(trial, missing, points), direction: 'either' })),
  );
  return judged.filter(({ p }) => p < ALPHA).length / trials;
}

const shares = (control: readonly number[], experiment: readonly number[]) => {
  const arms = { control: Float64Array.from(control), experiment: Float64Array.from(experiment) };
  return modeShares(arms, orderedArms(logarithmicSeries(arms), NEW), DEFAULT_TEST_SETTINGS);
};

describe('a metric that jumps between two levels', () => {
  it('is judged by how often it is on the higher one', () => {
    expect(alarms([0.5, 0.8])).toBeGreaterThan(0.45);
    expect(alarms([0.5, 0.8], 180)).toBeGreaterThan(0.97);
    expect(alarms([0.5, 0.5])).toBeLessThan(0.02);
    expect(alarms([0.3, 0.3], 180)).toBeLessThan(0.02);
  });

  it('has its levels, its shares and the change of its mean in its own unit', () => {
    const control = [5, 50, 5, 50, 5, 50, 5, 50, 5, 50];
    const experiment = [50, 50, 5, 50, 50, 50, 5, 50, 50, 50];
    const found = shares(control, experiment);
    expect(found?.modes.low).toBeCloseTo(5);
    expect(found?.modes.high).toBeCloseTo(50);
    expect(found).toMatchObject({ control: 0.5, experiment: 0.8, points: 10 });
    expect(found?.change).toBeCloseTo(41 / 27.5 - 1);
    expect(found?.difference).toBeCloseTo(13.5);
    expect(found?.estimate.estimate).toBeCloseTo(0.3 * Math.log(10));
  });

  it('counts only points at which both arms have a value', () => {
    const control = [5, 50, 5, 50, Number.NaN, 5, 50, 5, 50, 5, 50];
    const experiment = [50, 50, 5, 50, 50, 5, Number.NaN, 5, 50, 5, 50];
    expect(shares(control, experiment)).toMatchObject({ points: 9 });
  });

  const around = (level: number) => [1, 1.02, 0.98, 1.01, 0.99, 1, 1.03, 0.97, 1, 1.02].map((x) => x * level);
  it.each([
    ['one level', around(5), around(5.1)],
    ['a change of level: each arm keeps to its own', around(5), around(50)],
    ['levels less than a factor of two apart', [...around(5), ...around(8)], [...around(5), ...around(8)]],
    ['levels that run into each other', seriesOf(40, (t) => 1.1 ** t), seriesOf(40, (t) => 1.1 ** t)],
    ['a few spikes', [...around(5), ...around(5), 50], [...around(5), ...around(5), 50]],
  ])('is not: %s', (_what, control, experiment) => {
    expect(shares(control, experiment)).toBeUndefined();
  });
});
