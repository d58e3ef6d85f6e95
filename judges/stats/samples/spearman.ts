import { centredMidranks, inOrder, type OrderedSeries } from './ascending-order.ts';

/**
 * Spearman's rank correlation of two series over the places where both have a value; 0 for fewer than `fewest` of these
 * or where one of them does not vary there.
 *
 * Source: C. Spearman, "The Proof and Measurement of Association between Two Things", Am. J. Psych. 15 (1904).
 *
 * @example spearmanCorrelation(orderedSeries([1, 2, 9]), orderedSeries([4, 5, 6]), 3) // 1
 */
export function spearmanCorrelation(a: OrderedSeries, b: OrderedSeries, fewest: number): number {
  const ofA = ranksWhereBoth(a, b);
  const ofB = ranksWhereBoth(b, a);
  let products = 0;
  let squaresOfA = 0;
  let squaresOfB = 0;
  let common = 0;
  for (let i = 0; i < Math.min(ofA.length, ofB.length); i++) {
    const rankOfA = ofA[i] as number;
    const rankOfB = ofB[i] as number;
    if (Number.isNaN(rankOfA)) continue;
    common++;
    products += rankOfA * rankOfB;
    squaresOfA += rankOfA * rankOfA;
    squaresOfB += rankOfB * rankOfB;
  }
  if (common < fewest || squaresOfA === 0 || squaresOfB === 0) return 0;
  return products / Math.sqrt(squaresOfA * squaresOfB);
}

function isWhole(order: ArrayLike<number>, others: ArrayLike<number>): boolean {
  for (let i = 0; i < order.length; i++) if (isMissing(others, order[i] as number)) return false;
  return true;
}

function placesOfBoth(order: Int32Array, others: ArrayLike<number>): Int32Array {
  return order.filter((place) => !isMissing(others, place));
}

function isMissing(values: ArrayLike<number>, place: number): boolean {
  return Number.isNaN(values[place] ?? Number.NaN);
}

/** Of series that are compared with many others, most of which lack no value. */
const known = new WeakMap<OrderedSeries, Float64Array>();

function ranksWhereBoth(series: OrderedSeries, other: OrderedSeries): Float64Array {
  const { values, order } = series;
  if (!isWhole(order, other.values)) return centredMidranks(inOrder(values, placesOfBoth(order, other.values)));
  const ranks = known.get(series) ?? centredMidranks(series);
  known.set(series, ranks);
  return ranks;
}
