import fc from 'fast-check';
import { expect, it } from 'vitest';
import { residualsOf, rounded } from '../../../judges/haldane/level-series.ts';
import { NEW } from '../../../judges/stats/numerics/scratch.ts';
import { centredMidranks, orderedSeries, partsOf } from '../../../judges/stats/samples/ascending-order.ts';
import { medianOf } from '../../../judges/stats/samples/median.ts';

const some = fc.array(fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -9, max: 9 }) }, fc.constant(Number.NaN)), {
  maxLength: 60,
});

it('what is left of two levels has the ranks and the squares of each part less its own median', () => {
  fc.assert(
    fc.property(some, fc.nat(60), (values, most) => {
      const from = Math.min(most, values.length);
      const left = values.map((value, t) =>
        rounded(value - (t < from ? medianOf(values, 0, from) : medianOf(values, from))),
      );
      const { ranks, points, sumOfSquares } = residualsOf(partsOf(orderedSeries(values), from, NEW), NEW);
      expect(ranks).toEqual(centredMidranks(orderedSeries(left)));
      const present = left.filter((value) => !Number.isNaN(value));
      expect(points).toBe(present.length);
      expect(sumOfSquares).toBe(present.reduce((sum, value) => sum + value * value, 0));
    }),
    { numRuns: 300, seed: 8 },
  );
});
