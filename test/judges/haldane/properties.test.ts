import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flagMetrics } from '../../../judges/haldane/flag-metrics.ts';
import { judgeSeriesPair, type MetricTest, type SeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { createSeededRandom } from '../../../judges/stats/numerics/seeded-random.ts';
import { closeTo, tested } from './expectations.ts';
import { exchanged } from './published-cases.ts';

type Pair = { control: number[]; experiment: number[] };

/** Series of every kind the test tells apart, some of their values absent, one arm perhaps changed. */
const pairs: fc.Arbitrary<Pair> = fc
  .record({
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
    points: fc.integer({ min: 5, max: 70 }),
    kind: fc.constantFrom('positive', 'whole', 'counts', 'shares', 'signed'),
    change: fc.constantFrom(0.6, 1, 1.1, 2),
    absent: fc.constantFrom(0, 0, 0.2),
  })
  .map(({ seed, points, kind, change, absent }) => {
    const random = createSeededRandom(Float64Array.of(seed));
    const value = (level: number) => {
      if (random.uniform() < absent) return Number.NaN;
      const noisy = Math.exp(0.3 * random.normal()) * level;
      if (kind === 'positive') return 100 * noisy;
      if (kind === 'whole') return 1 + Math.round(10 * noisy);
      if (kind === 'counts') return Math.floor(1.5 * noisy);
      if (kind === 'shares') return random.uniform() < 0.5 ? 0 : 0.013 * noisy;
      return random.normal() + level;
    };
    const series = (level: number) => Array.from({ length: points }, () => value(level));
    return { control: series(1), experiment: series(change) };
  });

const directions = fc.constantFrom<SeriesPair['direction']>('either', 'increase', 'decrease');
const RUNS = { numRuns: 300, seed: 7 };

/** Where shares have no event in the canary, and only there, the sides are not treated alike. */
const isOneSided = (result: MetricTest, { control, experiment }: Pair) =>
  result.route === 'shares' && [control, experiment].some((arm) => arm.every((value) => !(value > 0)));

function judge(pair: Pair, more: Partial<SeriesPair> = {}): MetricTest | undefined {
  const result = judgeSeriesPair({ ...pair, direction: 'either', ...more });
  return result.route === 'untested' ? undefined : tested(result);
}

describe('whatever the series', () => {
  it('a p-value lies between 1e-12 and 1, and the bounds of the change around it', () => {
    fc.assert(
      fc.property(pairs, directions, (pair, direction) => {
        const result = judge(pair, { direction });
        if (!result) return;
        expect(result.p).toBeGreaterThanOrEqual(1e-12);
        expect(result.p).toBeLessThanOrEqual(1);
        const { change, lower, upper, atLeast, atMost } = result.effect;
        const ascending = [lower, atLeast, change, atMost, upper];
        expect(ascending.every((value) => !Number.isNaN(value))).toBe(true);
        expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
      }),
      RUNS,
    );
  });

  it('the unit does not matter', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(1e-9, 1 / 3, 1e6), (pair, unit) => {
        const scaled = { control: pair.control.map((x) => x * unit), experiment: pair.experiment.map((x) => x * unit) };
        const [one, other] = [judge(pair, { traffic: 'equal' }), judge(scaled, { traffic: 'equal' })];
        expect(other?.route).toBe(one?.route);
        if (!one || !other) return;
        closeTo(other.p, one.p, 'p', 1e-5);
        for (const [i, { high, low }] of one.components.entries()) {
          closeTo(other.components[i]?.high, high, 'high', 1e-5);
          closeTo(other.components[i]?.low, low, 'low', 1e-5);
        }
      }),
      RUNS,
    );
  });

  it('exchanging the arms exchanges the sides', () => {
    fc.assert(
      fc.property(pairs, (pair) => {
        const [one, other] = [judge(pair, { traffic: 'equal' }), judge(exchanged(pair), { traffic: 'equal' })];
        if (!one || !other || isOneSided(one, pair)) return;
        closeTo(other.p, one.p, 'p', 1e-10);
        closeTo(other.high, one.low, 'high', 1e-10);
        closeTo(other.low, one.high, 'low', 1e-10);
        if (one.p < 1) expect(other.side).not.toBe(one.side);
      }),
      RUNS,
    );
  });

  it('an arm does not differ from itself', () => {
    fc.assert(
      fc.property(pairs, ({ control }) => {
        const result = judge({ control, experiment: control }, { traffic: 'equal' });
        if (!result) return;
        expect(result.p).toBe(1);
        expect(result.effect.change).toBe(0);
      }),
      RUNS,
    );
  });

  it('the same question has the same answer, byte by byte', () => {
    fc.assert(
      fc.property(pairs, (pair) => {
        expect(JSON.stringify(judge(pair))).toBe(JSON.stringify(judge(pair)));
      }),
      { ...RUNS, numRuns: 50 },
    );
  });

  it('one side alone has no more than twice the p-value of either', () => {
    fc.assert(
      fc.property(pairs, (pair) => {
        const [either, up, down] = (['either', 'increase', 'decrease'] as const).map((direction) =>
          judge(pair, { direction }),
        );
        if (!either || !up || !down) return;
        closeTo(either.p, Math.max(1e-12, Math.min(1, 2 * Math.min(up.high, down.low))), 'p', 1e-12);
        expect(up.side).toBe('High');
        expect(down.side).toBe('Low');
      }),
      RUNS,
    );
  });

  it('absent points at the end only move the windows', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 20 }), (pair, count) => {
        const absent = new Array<number>(count).fill(Number.NaN);
        const longer = { control: [...pair.control, ...absent], experiment: [...pair.experiment, ...absent] };
        const [one, other] = [judge(pair), judge(longer)];
        for (const part of ['whole', 'spikes']) {
          const of = (result: MetricTest | undefined) => result?.components.find(({ name }) => name === part);
          expect(of(other)?.high).toBe(of(one)?.high);
          expect(of(other)?.low).toBe(of(one)?.low);
        }
      }),
      RUNS,
    );
  });

  it('points known to share their data never make the whole window surer', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(2, 5, 15), (pair, overlap) => {
        const [one, other] = [judge(pair), judge(pair, { settings: { overlap } })];
        if (!one || !other) return;
        const noise = (result: MetricTest) => result.effect.noise.standardError;
        if (one.level?.candidate === other.level?.candidate) expect(noise(other)).toBeGreaterThanOrEqual(noise(one));
      }),
      RUNS,
    );
  });
});

describe('several metrics', () => {
  it('are flagged in any order alike', () => {
    const metric = fc.record({
      p: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      critical: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(metric, { minLength: 1, maxLength: 12 }), (metrics) => {
        const flags = flagMetrics(metrics, 0.05);
        const reversed = flagMetrics(metrics.toReversed(), 0.05).reverse();
        expect(reversed).toEqual(flags);
        for (const { flagged, adjusted = 1, budget } of flags) expect(flagged).toBe(adjusted <= budget * (1 + 1e-15));
      }),
      RUNS,
    );
  });
});
