import { fieldPath } from '../../domain/values/field-path.ts';

export interface Difference {
  /** `results[2].score` */
  readonly path: string;
  /** undefined: absent */
  readonly left: unknown;
  readonly right: unknown;
}

/** The first place where two JSON values differ, in the order of the left one; undefined when they are equal. */
export function firstDifference(
  left: unknown,
  right: unknown,
  path: readonly PropertyKey[] = [],
): Difference | undefined {
  if (!isContainer(left) || !isContainer(right) || Array.isArray(left) !== Array.isArray(right)) {
    return Object.is(left, right) ? undefined : { path: fieldPath([...path]), left, right };
  }
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys) {
    const place = Array.isArray(left) ? Number(key) : key;
    const found = firstDifference(left[key], right[key], [...path, place]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
