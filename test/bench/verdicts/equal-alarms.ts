import type { Proportion } from './proportion.ts';

/**
 * How often another judge finds a change when its threshold is moved until it raises no more false alarms than
 * `allowed`: the share of `changed` above the threshold that so many of `unchanged` reach.
 */
export function atEqualAlarms(
  unchanged: readonly number[],
  changed: readonly number[],
  allowed: number,
): { readonly alarms: Proportion; readonly found: Proportion } {
  const descending = unchanged.toSorted((a, b) => b - a);
  // Strictly above, so that ties with the first one not allowed are no alarms.
  const threshold = descending[allowed] ?? Number.NEGATIVE_INFINITY;
  const above = (values: readonly number[]): Proportion => {
    return { hits: values.filter((value) => value > threshold).length, trials: values.length };
  };
  return { alarms: above(unchanged), found: above(changed) };
}
