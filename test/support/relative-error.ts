/** How far `actual` is from `expected`, as a share of `expected`; 0 when they are the same number, NaN included. */
export function relativeError(actual: number, expected: number): number {
  return Object.is(actual, expected) || actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}
