/** The shortest distance between two different times, in any order; infinite for fewer than two. */
export function shortestDistance(times: Iterable<number>): number {
  const sorted = Float64Array.from(times).sort();
  let shortest = Number.POSITIVE_INFINITY;
  for (let index = 1; index < sorted.length; index++) {
    const distance = (sorted[index] ?? 0) - (sorted[index - 1] ?? 0);
    if (distance > 0 && distance < shortest) shortest = distance;
  }
  return shortest;
}
