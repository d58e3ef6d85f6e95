/**
 * Serializes a value for the wire: absent and `null` fields are omitted, in maps too; numbers that JSON lacks become
 * the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
 */
export function toWireJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, writeField, indent) ?? 'null';
}

function writeField(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value === null && !Array.isArray(this)) return undefined;
  return value;
}

/**
 * The path of the first number that is none: JSON may write `1e400`, which reads as infinity and would be stored as
 * text. @returns undefined when there is none
 */
export function overflowingNumber(value: unknown): PropertyKey[] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : [];
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const below = overflowingNumber(value[index]);
      if (below !== undefined) return [index, ...below];
    }
    return undefined;
  }
  for (const key in value) {
    const below = overflowingNumber((value as Record<string, unknown>)[key]);
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}

/** Below these keys `null` differs from an absent field. */
const NULLS_KEPT = new Set(['analysisConfigurations', 'groupWeights', 'judgeConfigurations']);

/** Deeper nesting is rejected: no canary needs it, and later code recurses. */
export const MAX_DEPTH = 60;

/**
 * Removes `null` fields from a parsed request, in place: on the wire `null` and absent are the same.
 * Elements of lists stay (a `null` sample is a gap, and a number to Kayenta's judge), and so do the judge's free maps.
 *
 * @returns false when the value is nested deeper than {@link MAX_DEPTH}
 */
export function dropNulls(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((element) => dropNulls(element, depth + 1));
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    if (fields[key] === null) delete fields[key];
    else if (NULLS_KEPT.has(key) ? !withinDepth(fields[key], depth + 1) : !dropNulls(fields[key], depth + 1))
      return false;
  }
  return true;
}

function withinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth <= MAX_DEPTH && Object.values(value).every((child) => withinDepth(child, depth + 1));
}
