import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createShiftedRanks } from '../../judges/netflix-aca/shifted-ranks.ts';

const ascending = (values: readonly number[]) => Float64Array.from(values).sort();
const samplesOf = (value: fc.Arbitrary<number>) =>
  fc.tuple(fc.array(value, { minLength: 1, maxLength: 20 }), fc.array(value, { minLength: 1, maxLength: 20 }));

describe('ranks of a shifted sample', () => {
  it.each([
    ['counts, which tie', fc.integer({ min: 0, max: 5 }), fc.integer({ min: -6, max: 6 })],
    [
      'decimals, which tie after rounding or not',
      fc.integer({ min: 0, max: 30 }).map((n) => n / 10),
      fc.integer({ min: -30, max: 30 }).map((n) => n / 10),
    ],
    [
      'values so large that a shift swallows their differences',
      fc.integer({ min: 0, max: 50 }).map((n) => 1e16 + 2 * n),
      fc.double({ min: -1e20, max: 1e20, noNaN: true }),
    ],
    ['any doubles, infinite ones too', fc.double({ noNaN: true }), fc.double()],
    [
      'shifts at which all points meet',
      fc.constantFrom(-1.5, 0, -0, Infinity, -Infinity),
      fc.constantFrom(-1.5, 0, 3, Infinity, -Infinity, Number.NaN),
    ],
  ])('are those of sorting all points: %s', (_name, value, shift) => {
    fc.assert(
      fc.property(samplesOf(value), shift, ([x, y], by) => {
        expect(createShiftedRanks(ascending(x), ascending(y))(by)).toEqual(rankBySorting(x, y, by));
      }),
    );
  });
});

it('ranks values that a shift takes beyond the largest double', () => {
  const ranks = createShiftedRanks(Float64Array.of(1.5e293), Float64Array.of(0));
  expect(ranks(-Number.MAX_VALUE)).toEqual({ wins: 1, ties: 0 });
});

/** The definition: shift every point, put both samples together, give equal points their average rank. */
function rankBySorting(x: readonly number[], y: readonly number[], shift: number) {
  const shifted = x.map((value) => (Number.isNaN(value - shift) ? Number.POSITIVE_INFINITY : value - shift));
  const pooled = ascending([...shifted, ...y]);
  const rank = (value: number) => {
    const first = pooled.indexOf(value);
    return first + (1 + pooled.filter((other) => other === value).length) / 2;
  };
  const rankSum = shifted.reduce((sum, value) => sum + rank(value), 0);
  const ties = pooled.reduce((sum, value) => sum + pooled.filter((other) => other === value).length ** 2 - 1, 0);
  return { wins: rankSum - (x.length * (x.length + 1)) / 2, ties };
}
