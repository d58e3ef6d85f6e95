import type { z } from 'zod';

/** A value that is read may hold others of its kind below. */
const MOST_ROUNDS = 4;

type Issue = z.core.$ZodIssue;
type Fix = readonly [path: readonly PropertyKey[], value: unknown];

/**
 * Parses as Kayenta's JSON reader does: a number or a boolean stands for its text where a text belongs, numeric text for
 * its number, `"true"` for true, and an empty text for an absent number. Nothing else is bent, and a value that is
 * right is parsed once.
 */
export function readScalars<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  let parsed = schema.safeParse(value);
  let whole = value;
  for (let round = 0; round < MOST_ROUNDS && !parsed.success; round++) {
    const fixes = parsed.error.issues.flatMap((issue) => fixesOf(issue, whole) ?? []);
    if (fixes.length === 0) return parsed;
    whole = withFixes(whole, fixes);
    parsed = schema.safeParse(whole);
  }
  return parsed;
}

/** What makes the issue go away; undefined when nothing does. */
function fixesOf(issue: Issue, whole: unknown, above: readonly PropertyKey[] = []): Fix[] | undefined {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    for (const branch of issue.errors) {
      const fixes = branch.map((one) => fixesOf(one, whole, path));
      if (fixes.length > 0 && fixes.every((fix) => fix !== undefined)) return fixes.flat();
    }
    return undefined;
  }
  if (issue.code !== 'invalid_type') return undefined;
  const read = readAs(issue.expected, valueAt(whole, path));
  return read === undefined ? undefined : [[path, read.value]];
}

function readAs(expected: string, value: unknown): { readonly value: unknown } | undefined {
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return { value: String(value) };
  }
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (expected === 'boolean' && /^(true|false)$/i.test(text)) return { value: text.toLowerCase() === 'true' };
  if (expected !== 'number' && expected !== 'int') return undefined;
  if (text === '') return { value: undefined };
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? { value: Number(text) } : undefined;
}

function valueAt(whole: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], whole);
}

/** A copy: the caller's value stays as it was sent. */
function withFixes(whole: unknown, fixes: readonly Fix[]): unknown {
  const copy = { whole: structuredClone(whole) };
  for (const [path, value] of fixes) {
    const keys = ['whole', ...path];
    const parent = valueAt(copy, keys.slice(0, -1)) as Record<PropertyKey, unknown>;
    const last = keys.at(-1) ?? '';
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy.whole;
}
