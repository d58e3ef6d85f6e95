import { expect, it } from 'vitest';
import { silentEnd } from '../../src/domain/silent-end.ts';

const NONE = Number.NaN;
const full = (count: number) => Array.from({ length: count }, () => 1);
const cut = (count: number, points: number) => full(count).fill(NONE, points);

it('a side is silent from its last value on, when that is a quarter of the window or more', () => {
  expect(silentEnd({ control: full(60), experiment: cut(60, 45) })).toEqual({
    side: 'experiment',
    points: 45,
    of: 60,
  });
  expect(silentEnd({ control: full(60), experiment: cut(60, 46) })).toBeUndefined();
  expect(silentEnd({ control: cut(8, 5), experiment: full(8) })).toEqual({ side: 'control', points: 5, of: 8 });
  expect(silentEnd({ control: full(8), experiment: cut(8, 6) })).toBeUndefined();
});

it('an infinite value is no sign of life', () => {
  const experiment = cut(12, 6).fill(Number.POSITIVE_INFINITY, 8);
  expect(silentEnd({ control: full(12), experiment })?.points).toBe(6);
});

it('nothing is said where the other side is silent too, of a side without any value, and of other windows', () => {
  expect(silentEnd({ control: cut(60, 31), experiment: cut(60, 30) })).toBeUndefined();
  expect(silentEnd({ control: full(60), experiment: cut(60, 0) })).toBeUndefined();
  expect(silentEnd({ control: full(60), experiment: full(20) })).toBeUndefined();
  expect(silentEnd({ control: full(60), experiment: undefined })).toBeUndefined();
});

it('gaps with values after them are no end', () => {
  const experiment = cut(60, 10).fill(1, 50);
  expect(silentEnd({ control: full(60), experiment })).toBeUndefined();
});
