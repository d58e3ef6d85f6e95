import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../../judges/stats/numerics/seeded-random.ts';
import { sortedSample } from '../../../judges/stats/samples/sorted-sample.ts';
import type { Alternative } from '../../../judges/stats/tests/alternative.ts';
import { simes, tiedSamplesTest, tiedShare } from '../../../judges/stats/tests/tied-samples-test.ts';

const LEVEL = 0.02;
const RUNS = 2000;

type Draw = (random: () => number) => number;

/** Zero with the given chance, else what `draw` gives. */
const zeroOr =
  (share: number, draw: Draw): Draw =>
  (random) =>
    random() < share ? 0 : draw(random);
const one: Draw = () => 1;
const logNormal: Draw = (random) => {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return Math.exp(sum);
};
const times =
  (factor: number, draw: Draw): Draw =>
  (random) =>
    factor * draw(random);

interface Trial {
  readonly size: number;
  readonly control: Draw;
  readonly experiment: Draw;
  readonly alternative: Alternative;
  readonly tolerance?: number;
}

/** In how many of the runs the test is significant at the 2 % level, in percent. */
function percentFlagged({ size, control, experiment, alternative, tolerance = 0 }: Trial): number {
  const { uniform } = createSeededRandom(Float64Array.of(size, tolerance));
  const sample = (draw: Draw) => sortedSample(Float64Array.from({ length: size }, () => draw(uniform)));
  let flagged = 0;
  for (let run = 0; run < RUNS; run++) {
    const [x, y] = [sample(experiment), sample(control)];
    if (tiedSamplesTest(x, y, { alternative, tolerance }) < LEVEL) flagged++;
  }
  return (100 * flagged) / RUNS;
}

/** The largest chance, in percent, over all shares of ones, that two samples of the same share are significant. */
function largestSize(size: number, alternative: Alternative): number {
  const ones = Array.from({ length: size + 1 }, (_, count) =>
    Float64Array.from({ length: size }, (_, index) => (index < size - count ? 0 : 1)),
  );
  const flagged = ones.map((x) => ones.map((y) => tiedSamplesTest(x, y, { alternative, tolerance: 0 }) < LEVEL));
  const shares = Array.from({ length: 49 }, (_, index) => 0.02 * (index + 1));
  const chances = shares.map((share) => {
    const binomial = binomialDistribution(size, share);
    const chance = (row: boolean[]) =>
      row.reduce((sum, isFlagged, b) => sum + (isFlagged ? (binomial[b] as number) : 0), 0);
    return flagged.reduce((sum, row, a) => sum + (binomial[a] as number) * chance(row), 0);
  });
  return 100 * Math.max(...chances);
}

function binomialDistribution(size: number, share: number): number[] {
  const chances = [(1 - share) ** size];
  for (let k = 0; k < size; k++) {
    chances.push(((chances[k] as number) * (size - k) * share) / ((k + 1) * (1 - share)));
  }
  return chances;
}

describe('counts that are mostly zero', () => {
  // Of 2,000 runs at a true 2 %, at most 2.8 % are flagged with a chance of 99 %.
  test.each(
    [12, 60, 180].flatMap((size) =>
      [0.5, 0.8, 0.95].flatMap((zeros) => [
        { size, zeros, name: 'ones', draw: one },
        { size, zeros, name: 'log-normal values', draw: logNormal },
      ]),
    ),
  )('$size points a side, $zeros of them 0, else $name: no change is flagged in about 2 % of runs at most', (cell) => {
    const same = zeroOr(cell.zeros, cell.draw);
    for (const alternative of ['greater', 'two-sided'] as const) {
      const flagged = percentFlagged({ size: cell.size, control: same, experiment: same, alternative });
      expect(flagged).toBeLessThan(2.8);
    }
  });

  test.each([12, 60])('%i zeros or ones a side: the exact chance to flag no change is below 2.3 %', (size) => {
    for (const alternative of ['greater', 'two-sided'] as const)
      expect(largestSize(size, alternative)).toBeLessThan(2.3);
  });

  const fewerZeros = { size: 60, control: zeroOr(0.8, logNormal), experiment: zeroOr(0.6, logNormal) };
  test.each([
    { name: 'zeros from 80 % to 60 %, ones', atLeast: 60, control: zeroOr(0.8, one), experiment: zeroOr(0.6, one) },
    { name: 'zeros from 80 % to 60 %, log-normal values', atLeast: 50, ...fewerZeros },
    { name: 'zeros from 80 % to 60 %, 10 % tolerated', atLeast: 45, ...fewerZeros, tolerance: 0.1 },
    { name: 'a tenth where there was none', atLeast: 52, control: zeroOr(1, one), experiment: zeroOr(0.9, logNormal) },
    { name: 'twice the counts', atLeast: 18, control: zeroOr(0.8, one), experiment: zeroOr(0.8, times(2, one)) },
  ])('$name: found one-sided in at least $atLeast % of runs', ({ name: _, atLeast, ...trial }) => {
    expect(percentFlagged({ size: 60, alternative: 'greater', ...trial })).toBeGreaterThan(atLeast);
  });

  test('zeros from 80 % to 60 % are found two-sided in at least 40 % of runs', () => {
    expect(percentFlagged({ ...fewerZeros, alternative: 'two-sided' })).toBeGreaterThan(40);
  });

  test('a rise within the tolerance is not flagged more often than the level', () => {
    const trial = { size: 60, control: zeroOr(0.5, one), experiment: zeroOr(0.5, times(1.2, one)), tolerance: 0.2 };
    expect(percentFlagged({ ...trial, alternative: 'greater' })).toBeLessThan(2.8);
  });
});

describe('the test of tied samples, any samples', () => {
  const counts = fc.array(fc.nat({ max: 4 }), { minLength: 2, maxLength: 20 });
  const options = fc.record({
    alternative: fc.constantFrom<Alternative>('greater', 'less', 'two-sided'),
    tolerance: fc.constantFrom(0, 0.25, 1, 3),
  });

  test('p is between 0 and 1, and a unit that is a power of two does not change it', () => {
    fc.assert(
      fc.property(counts, counts, options, fc.integer({ min: -300, max: 300 }), (x, y, options, exponent) => {
        const scaled = (values: number[]) => sortedSample(values.map((value) => value * 2 ** exponent));
        const p = tiedSamplesTest(sortedSample(x), sortedSample(y), options);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(tiedSamplesTest(scaled(x), scaled(y), options)).toBe(p);
      }),
    );
  });

  test('without tolerance, swapped samples swap the alternatives', () => {
    fc.assert(
      fc.property(counts, counts, (x, y) => {
        const [a, b] = [sortedSample(x), sortedSample(y)];
        const greater = tiedSamplesTest(a, b, { alternative: 'greater', tolerance: 0 });
        expect(tiedSamplesTest(b, a, { alternative: 'less', tolerance: 0 })).toBe(greater);
      }),
    );
  });

  test('more tolerance never makes a rise more significant', () => {
    fc.assert(
      fc.property(counts, counts, (x, y) => {
        const [a, b] = [sortedSample(x), sortedSample(y)];
        const p = (tolerance: number) => tiedSamplesTest(a, b, { alternative: 'greater', tolerance });
        fc.pre(p(0) < 0.1);
        expect(p(0.5)).toBeGreaterThanOrEqual(p(0));
      }),
    );
  });

  test('the share of ties counts equal pairs', () => {
    expect(tiedShare(sortedSample([0, 0, 1]), sortedSample([0, 1]))).toBe(0.5);
    expect(tiedShare(sortedSample([]), sortedSample([0, 1]))).toBe(0);
  });

  test("Simes' rule takes the larger of two that agree, and twice the smaller of two that do not", () => {
    expect(simes(0.01, 0.015)).toBe(0.015);
    expect(simes(0.5, 0.01)).toBe(0.02);
  });
});
