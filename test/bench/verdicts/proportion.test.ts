import { describe, expect, it } from 'vitest';
import { drawsOf } from '../../support/samples/random-series.ts';
import { atEqualAlarms } from './equal-alarms.ts';
import { clopperPearson, inWords } from './proportion.ts';
import { CHANGES, FAMILIES } from './simulated-families.ts';
import { STUDY_FAMILIES } from './study-families.ts';

describe('the exact interval of a share', () => {
  // scipy 1.17.1: beta.ppf(0.025, hits, trials - hits + 1) and beta.ppf(0.975, hits + 1, trials - hits)
  it.each([
    [0, 20, 0, 0.168433470983],
    [1, 20, 0.001265089498, 0.248732762772],
    [6, 250, 0.008857361277, 0.051503261105],
    [239, 250, 0.92263708343, 0.977833741975],
    [250, 250, 0.985352811364, 1],
  ])('of %i of %i is from %f to %f', (hits, trials, lower, upper) => {
    const found = clopperPearson({ hits, trials });
    expect(found.lower).toBeCloseTo(lower, 9);
    expect(found.upper).toBeCloseTo(upper, 9);
  });

  it('is printed in percent', () => {
    expect(inWords({ hits: 6, trials: 250 })).toBe('2.4 [0.9, 5.2]');
    expect(inWords({ hits: 0, trials: 0 })).toBe('-');
  });
});

describe('the comparison at equal false alarms', () => {
  it('lets as many unchanged ones reach the threshold as are allowed, and not one more where several tie', () => {
    const unchanged = [0.1, 5, 3, 3, 3, 2];
    expect(atEqualAlarms(unchanged, [6, 4, 3, 1], 1)).toEqual({
      alarms: { hits: 1, trials: 6 },
      found: { hits: 2, trials: 4 },
    });
    expect(atEqualAlarms(unchanged, [6, 4, 3, 1], 2).alarms.hits).toBe(1);
    expect(atEqualAlarms(unchanged, [6], 6).alarms.hits).toBe(6);
  });
});

describe('the series of the bench', () => {
  it.each(FAMILIES.map((family) => [family.name, family] as const))(
    'of %s repeat, and change when asked',
    (name, family) => {
      const make = (change: keyof typeof CHANGES) => family.make(drawsOf(name, 1), 60, CHANGES[change]);
      expect(make('unchanged')).toEqual(make('unchanged'));
      const [same, worse] = [make('unchanged').experiment, make('+50 %').experiment];
      const total = (values: readonly number[]) => values.filter(Number.isFinite).reduce((sum, value) => sum + value);
      expect(total(worse)).toBeGreaterThan(total(same));
      expect(make('+50 %').experiment).toHaveLength(60);
    },
  );

  it('of the study are canaries of three metrics with the history of a day', () => {
    for (const { name, make } of STUDY_FAMILIES) {
      const metrics = make(drawsOf(name, 1));
      expect(
        metrics.map(({ control, experiment, history }) => [control, experiment, history].map((x) => x.length)),
      ).toEqual(new Array(3).fill([31, 31, 1440]));
      expect(metrics).toEqual(make(drawsOf(name, 1)));
    }
  });
});
