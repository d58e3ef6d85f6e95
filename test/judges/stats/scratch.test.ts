import { expect, it } from 'vitest';
import { inScratch } from '../../../judges/stats/numerics/scratch.ts';

it('memory of work within work is its own', () => {
  inScratch((outer) => {
    const kept = outer.floats(100).fill(1);
    inScratch((inner) => inner.floats(100).fill(2));
    const more = outer.ints(7).fill(3);
    expect(new Set(kept)).toEqual(new Set([1]));
    expect(new Set(more)).toEqual(new Set([3]));
  });
});

it('memory is used again, also after an error', () => {
  const where = () => inScratch((scratch) => scratch.floats(50).byteOffset);
  const first = where();
  expect(() =>
    inScratch((scratch) => {
      scratch.floats(1000);
      throw new Error('stopped');
    }),
  ).toThrow('stopped');
  expect(where()).toBe(first);
});

it('more than there is, and very much more, is taken anew and harms nothing', () => {
  inScratch((scratch) => {
    const kept = scratch.floats(3000).fill(4);
    const larger = scratch.floats(100_000).fill(5);
    const huge = scratch.ints(5_000_000).fill(6);
    const after = scratch.floats(10).fill(7);
    expect([kept[2999], larger[99_999], huge[4_999_999], after[9]]).toEqual([4, 5, 6, 7]);
    expect([kept[0], larger[0], huge[0], after[0]]).toEqual([4, 5, 6, 7]);
  });
});
