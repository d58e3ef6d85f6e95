import { quickselect } from 'simple-statistics';

/**
 * Reorders the values so that the one at `place` is the one that would stand there in ascending order, with none above
 * it before and none below it behind.
 */
export function selectInPlace(values: Float64Array, place: number): void {
  // The library asks for an array but works on typed ones as well.
  quickselect(values as unknown as number[], place, 0, values.length - 1);
}
