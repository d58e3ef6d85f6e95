/**
 * The k-th smallest (from 1) of the n·m differences x[i] - y[j], exactly, for ascending x and y.
 *
 * The differences are never formed: they increase along x and decrease along y, so those up to a bound are counted
 * in n + m steps. The bound is halved among the at most 2^64 doubles, not among the reals, which ends at the very
 * double that is the k-th difference. At most 65 (n + m) steps, whatever the unit.
 *
 * Equal infinities differ by 0. `k` below 1 is -Infinity, above n·m Infinity.
 *
 * @example nthPairwiseDifference(Float64Array.of(1, 5), Float64Array.of(0, 2), 3) // 3, of -1, 1, 3, 5
 */
export function nthPairwiseDifference(x: Float64Array, y: Float64Array, k: number): number {
  if (k < 1) return Number.NEGATIVE_INFINITY;
  if (k > x.length * y.length) return Number.POSITIVE_INFINITY;
  const doubles = new OrderedDoubles();
  let low = doubles.rankOf(difference(x[0] as number, y[y.length - 1] as number));
  let high = doubles.rankOf(difference(x[x.length - 1] as number, y[0] as number));
  while (low < high) {
    const middle = (low + high) >> 1n;
    if (countUpTo(x, y, doubles.at(middle)) >= k) high = middle;
    else low = middle + 1n;
  }
  return doubles.at(low);
}

/**
 * How many of the differences x[i] - y[j] lie above `bound`, and how many are equal to it, for ascending x and y.
 *
 * @example countPairwiseDifferences(Float64Array.of(1, 5), Float64Array.of(0, 2), 1) // { above: 2, equal: 1 }
 */
export function countPairwiseDifferences(
  x: Float64Array,
  y: Float64Array,
  bound: number,
): { above: number; equal: number } {
  let above = 0;
  let equal = 0;
  let firstNotAbove = 0;
  let firstBelow = 0;
  for (const value of x) {
    while (firstNotAbove < y.length && difference(value, y[firstNotAbove] as number) > bound) firstNotAbove++;
    while (firstBelow < y.length && difference(value, y[firstBelow] as number) >= bound) firstBelow++;
    above += firstNotAbove;
    equal += firstBelow - firstNotAbove;
  }
  return { above, equal };
}

/** x - y, where infinities of the same sign are equal. */
export function difference(x: number, y: number): number {
  return x === y ? 0 : x - y;
}

function countUpTo(x: Float64Array, y: Float64Array, bound: number): number {
  let above = 0;
  let firstNotAbove = 0;
  for (let index = 0; index < x.length; index++) {
    const value = x[index] as number;
    while (firstNotAbove < y.length && difference(value, y[firstNotAbove] as number) > bound) firstNotAbove++;
    above += firstNotAbove;
  }
  return x.length * y.length - above;
}

/** Numbers the doubles in ascending order, with both zeros as one. */
class OrderedDoubles {
  readonly #double = new Float64Array(1);
  readonly #bits = new BigInt64Array(this.#double.buffer);

  rankOf(value: number): bigint {
    this.#double[0] = value;
    const bits = this.#bits[0] as bigint;
    return bits < 0n ? SMALLEST - bits : bits;
  }

  at(rank: bigint): number {
    this.#bits[0] = rank < 0n ? SMALLEST - rank : rank;
    return this.#double[0] as number;
  }
}

/** The bits of -0 as a signed integer. */
const SMALLEST = -(2n ** 63n);
