import { createSeededRandom } from '../../judges/stats/numerics/seeded-random.ts';

export type SeededRandom = ReturnType<typeof createSeededRandom>;

/** The share of trials with a p-value of at most `alpha`. The seed makes it one number. */
export function alarms(trials: number, seed: number, alpha: number, p: (random: SeededRandom) => number): number {
  const random = createSeededRandom(Float64Array.of(seed, trials));
  let flagged = 0;
  for (let trial = 0; trial < trials; trial++) if (p(random) <= alpha) flagged++;
  return flagged / trials;
}

/** How the outputs fall to categories: all as likely, or the k-th as likely as 1 / k. */
export type Shape = 'even' | 'skewed';

/** Draws outputs of so many categories. */
export function categoriesOf(cells: number, shape: Shape): (n: number, random: SeededRandom) => number[] {
  const { keep, other } = aliases(
    Array.from({ length: cells }, (_, index) => (shape === 'even' ? 1 : 1 / (index + 1))),
  );
  return (n, { uniform }) => {
    const counts = new Array<number>(cells).fill(0);
    for (let i = 0; i < n; i++) {
      const cell = Math.floor(uniform() * cells);
      const drawn = uniform() < (keep[cell] as number) ? cell : (other[cell] as number);
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    return counts;
  };
}

/** Source: A. J. Walker, "New Fast Method for Generating Discrete Random Numbers", Electron. Lett. 10 (1974). */
function aliases(weights: readonly number[]) {
  const sum = weights.reduce((one, other) => one + other, 0);
  const keep = weights.map((weight) => (weight * weights.length) / sum);
  const other = weights.map((_, index) => index);
  const small = keep.flatMap((share, index) => (share < 1 ? [index] : []));
  const large = keep.flatMap((share, index) => (share < 1 ? [] : [index]));
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop() as number, large.pop() as number];
    other[less] = more;
    keep[more] = (keep[more] as number) - (1 - (keep[less] as number));
    ((keep[more] as number) < 1 ? small : large).push(more);
  }
  return { keep, other };
}

/** How many of n outputs are events; of many by the normal approximation, which is quick. */
export function eventsOf(n: number, chance: number, { normal, uniform }: SeededRandom): number {
  if (n > 1000) return Math.max(0, Math.round(n * chance + Math.sqrt(n * chance * (1 - chance)) * normal()));
  let events = 0;
  for (let i = 0; i < n; i++) events += uniform() < chance ? 1 : 0;
  return events;
}

/** Ascending, with ties, as latencies in whole milliseconds have them. */
export function samplesOf(n: number, { normal }: SeededRandom): Float64Array {
  return Float64Array.from({ length: n }, () => Math.round(100 * Math.exp(normal()))).sort();
}
