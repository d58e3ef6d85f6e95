/** Values with the highest counts first; equal ones by name, so that the same store is told in the same words. */
export function mostFirst(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map(
    [...counts].sort(([a, one], [b, other]) => other - one || a.localeCompare(b, 'en', { numeric: true })),
  );
}
