import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laggedProducts } from '../../../judges/stats/numerics/fourier.ts';
import { NEW } from '../../../judges/stats/numerics/scratch.ts';
import { centredMidranks, orderedSeries, partsOf } from '../../../judges/stats/samples/ascending-order.ts';
import { autocovariances } from '../../../judges/stats/samples/autocovariances.ts';
import { medianAbsoluteDeviation, medianOf } from '../../../judges/stats/samples/median.ts';

const present = (values: readonly number[]) => values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -5, max: 5 }));
const whole = fc.integer({ min: 0, max: 30 });
const spreadWide = fc.double({ min: -30, max: 30, noNaN: true }).map((power) => 10 ** power);
const withGaps = fc.oneof(
  ...[value, whole, spreadWide].map((of) =>
    fc.array(fc.oneof({ weight: 6, arbitrary: of }, fc.constant(Number.NaN)), { maxLength: 400, size: 'max' }),
  ),
);
const RUNS = { numRuns: 200, seed: 3 };

function plainMedian(values: readonly number[]): number {
  const sorted = present(values);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return sorted.length % 2 === 1 ? at(sorted.length >> 1) : (at(sorted.length / 2 - 1) + at(sorted.length / 2)) / 2;
}

describe('a series in order', () => {
  it('holds every present place once, by value and then by place', () => {
    fc.assert(
      fc.property(withGaps, (values) => {
        const { order } = orderedSeries(values);
        const expected = values
          .flatMap((value, place) => (Number.isNaN(value) ? [] : [{ value, place }]))
          .sort((a, b) => a.value - b.value || a.place - b.place);
        expect(Array.from(order)).toEqual(expected.map(({ place }) => place));
      }),
      RUNS,
    );
  });

  it('tells the order of its parts', () => {
    fc.assert(
      fc.property(withGaps, fc.nat(400), (values, from) => {
        const series = orderedSeries(values);
        for (const [part, given] of [
          [partsOf(series, from, NEW).before, values.slice(0, from)],
          [partsOf(series, from, NEW).after, values.slice(from)],
        ] as const) {
          expect(part).toEqual(orderedSeries(given));
          expect(Array.from(part.sorted)).toEqual(present(given));
        }
      }),
      RUNS,
    );
  });

  it('has midranks that count the values below and half of the equal ones', () => {
    fc.assert(
      fc.property(withGaps, (values) => {
        const sorted = present(values);
        const expected = values.map((value) => {
          const below = sorted.filter((other) => other < value).length;
          const equal = sorted.filter((other) => other === value).length;
          return Number.isNaN(value) ? value : below + (equal + 1) / 2 - (sorted.length + 1) / 2;
        });
        expect(Array.from(centredMidranks(orderedSeries(values)))).toEqual(expected);
      }),
      RUNS,
    );
  });
});

describe('medians', () => {
  it('are the middle of the present values', () => {
    fc.assert(
      fc.property(withGaps, (values) => {
        expect(medianOf(values)).toEqual(plainMedian(values));
        const sorted = present(values);
        const centre = plainMedian(sorted);
        expect(medianAbsoluteDeviation(sorted)).toEqual(plainMedian(sorted.map((value) => Math.abs(value - centre))));
      }),
      RUNS,
    );
  });
});

describe('autocovariances', () => {
  const plain = (x: readonly number[], lag: number) => {
    const products = x
      .map((value, t) => value * (x[t - lag] ?? Number.NaN))
      .filter((product) => !Number.isNaN(product));
    return { pairs: products.length, mean: products.reduce((sum, product) => sum + product, 0) / products.length };
  };

  it('divide every lag by its own number of pairs', () => {
    const series = [1, Number.NaN, 2, -3, Number.NaN, 1, -1];
    const found = autocovariances([Number.NaN, ...series, Number.NaN]);
    expect(found.size).toBe(5);
    expect(found.variance).toBe(16 / 5);
    for (const lag of [1, 2, 3]) expect({ pairs: found.pairs(lag), mean: found.at(lag) }).toEqual(plain(series, lag));
  });

  it('of a long series are the same by transform as one by one', () => {
    const series = Array.from({ length: 1000 }, (_, t) =>
      t % 17 === 3 ? Number.NaN : Math.sin(t / 40) + ((t * 7) % 11) / 10,
    );
    const found = autocovariances(series);
    for (const lag of [1, 64, 65, 200, 333]) {
      const { pairs, mean } = plain(series, lag);
      expect(found.pairs(lag)).toBe(pairs);
      expect(found.at(lag)).toBeCloseTo(mean, 12);
    }
  });

  it('come from products that the transform sums', () => {
    const x = Array.from({ length: 37 }, (_, t) => ((t * t) % 19) - 9);
    const sums = laggedProducts(x, 18);
    for (let lag = 0; lag <= 18; lag++) {
      const sum = x.reduce((total, value, t) => total + value * (x[t - lag] ?? 0), 0);
      expect(sums[lag]).toBeCloseTo(sum, 9);
    }
  });
});
