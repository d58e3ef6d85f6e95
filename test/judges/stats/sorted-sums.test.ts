import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEW } from '../../../judges/stats/numerics/scratch.ts';
import { selectSums } from '../../../judges/stats/samples/select-sums.ts';
import { cutAt, type SortedSums, sizeOf, sumsBeside, tiedSample } from '../../../judges/stats/samples/sorted-sums.ts';

const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);
const sample = (values: readonly number[]) => tiedSample(ascending(values), NEW);
const averages = (values: readonly number[]): SortedSums => {
  const own = sample(values);
  return { rows: own, columns: own, upperOnly: true, scratch: NEW };
};

/** The sums themselves, every one of them. */
function written({ rows, columns, upperOnly }: SortedSums): number[] {
  const [ofRows, ofColumns] = [Array.from(rows.sorted), Array.from(columns.sorted)];
  const sums = ofRows.flatMap((row, i) => ofColumns.slice(upperOnly ? i : 0).map((column) => row + column));
  return ascending(sums);
}

const even = fc.double({ min: -100, max: 100, noNaN: true });
const wild = fc.tuple(even, fc.integer({ min: -12, max: 12 })).map(([value, power]) => value * 10 ** power);
const tied = fc.integer({ min: -3, max: 3 });
const clustered = fc.tuple(fc.constantFrom(0, 1e6), even).map(([centre, value]) => centre + value / 1e6);
const values = (maxLength: number) =>
  fc.oneof(
    ...[even, wild, tied, clustered].map((value) => fc.array<number>(value, { minLength: 2, maxLength, size: 'max' })),
  );

function expectEveryOrderStatistic(sums: SortedSums, ranks: readonly number[]): void {
  const all = written(sums);
  expect(all.length).toBe(sizeOf(sums));
  const select = selectSums(sums);
  for (const k of ranks) expect(select(k)).toEqual([all[k - 1], all[k]]);
}

const everyRank = (sums: SortedSums) => Array.from({ length: sizeOf(sums) - 1 }, (_, i) => i + 1);
const someRanks = (sums: SortedSums) => {
  const size = sizeOf(sums);
  return [size >> 1, size >> 2, size - (size >> 2), 1, size - 1, size >> 1].filter((k) => k >= 1 && k < size);
};

describe('order statistics of sums that are never written down', () => {
  it('are those of the written sums, for every rank of small samples', () => {
    fc.assert(
      fc.property(values(20), values(20), (x, y) => {
        for (const sums of [averages(x), { rows: sample(x), columns: sample(y), upperOnly: false, scratch: NEW }]) {
          expectEveryOrderStatistic(sums, everyRank(sums));
        }
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it('are those of the written sums, for samples of up to 200', () => {
    fc.assert(
      fc.property(values(200), values(200), (x, y) => {
        for (const sums of [averages(x), { rows: sample(x), columns: sample(y), upperOnly: false, scratch: NEW }]) {
          expectEveryOrderStatistic(sums, someRanks(sums));
        }
      }),
      { numRuns: 60, seed: 12 },
    );
  });

  it('need few counts even for ten thousand values', () => {
    for (const value of [(i: number) => (i * 7919) % 10_007, (i: number) => i % 5, (i: number) => 1.01 ** (i % 3000)]) {
      const sums = averages(Array.from({ length: 10_000 }, (_, i) => value(i)));
      const started = performance.now();
      const [lower, upper] = selectSums(sums)(25_000_000);
      expect(lower).toBeLessThanOrEqual(upper);
      expect(cutAt(sums, lower).count).toBeGreaterThanOrEqual(25_000_000);
      expect(cutAt(sums, lower, false).count).toBeLessThan(25_000_000);
      // Fifty million sums could not even be written down in this time.
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });

  it('lie beside the cut that separates them', () => {
    const sums = averages([1, 2, 4]);
    // 2, 3, 4, 5, 6, 8
    expect(cutAt(sums, 4)).toEqual({ bound: 4, including: true, count: 3 });
    expect(cutAt(sums, 4, false).count).toBe(2);
    expect(sumsBeside(sums, cutAt(sums, 4))).toEqual([4, 5]);
  });
});
