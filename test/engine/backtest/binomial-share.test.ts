import { expect, it } from 'vitest';
import { binomialShare } from '../../../src/engine/backtest/binomial-share.ts';

// scipy 1.17.1: binomtest(count, of).proportion_ci(0.95, 'wilson')
it.each([
  [0, 20, 0, 0.16112515805281935],
  [1, 20, 0.008881448800795402, 0.23613119344674205],
  [6, 250, 0.011044777306136764, 0.051362123813526464],
  [239, 250, 0.9229422290276481, 0.9752562018325064],
  [250, 250, 0.9848667005045555, 1],
  [3, 7, 0.1582198552514697, 0.7495416354723428],
])('the interval of %i of %i is from %f to %f', (count, of, lower, upper) => {
  const found = binomialShare(count, of);
  expect(found.share).toBe(count / of);
  expect(found.lower).toBeCloseTo(lower, 12);
  expect(found.upper).toBeCloseTo(upper, 12);
});

it('of nothing tried there is neither a share nor an interval', () => {
  expect(binomialShare(0, 0)).toEqual({ count: 0, of: 0 });
});
