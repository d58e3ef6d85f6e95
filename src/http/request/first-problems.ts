import { z } from 'zod';

/** A smaller value is validated in one pass. */
const LARGE_PARTS = 5000;
/** Elements of a long list validated together. */
const PIECE = 200;

/**
 * The first problems of a large value; an empty result does not mean the value is valid. Finding every problem in a
 * list of a million wrong elements would block the process for many seconds, so lists and maps are validated in chunks,
 * up to the first chunk with a problem.
 */
export function firstProblems(schema: z.ZodType, value: unknown): z.core.$ZodIssue[] {
  return partsUpTo(LARGE_PARTS, value) < LARGE_PARTS ? [] : issuesIn(schema, value);
}

function partsUpTo(limit: number, value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  // The elements of a long list need no names.
  if (Array.isArray(value) && value.length >= limit) return limit;
  let parts = 1;
  for (const key in value) {
    parts += partsUpTo(limit - parts, (value as Record<string, unknown>)[key]);
    if (parts >= limit) return parts;
  }
  return parts;
}

function issuesIn(schema: z.ZodType, value: unknown): z.core.$ZodIssue[] {
  const inner = unwrapped(schema);
  if (typeof value !== 'object' || value === null) return [];
  if (inner instanceof z.ZodArray && Array.isArray(value)) return issuesInList(inner, value);
  if (inner instanceof z.ZodRecord) return issuesInMap(inner, value as Record<string, unknown>);
  return inner instanceof z.ZodObject ? issuesInFields(inner, value as Record<string, unknown>) : [];
}

function issuesInList(list: z.ZodArray, values: unknown[]): z.core.$ZodIssue[] {
  const element = list.element as z.ZodType;
  if (element instanceof z.ZodUnknown) return [];
  const maximum = longest(list);
  if (values.length > maximum) return list.safeParse(values.slice(0, maximum + 1)).error?.issues ?? [];
  for (let start = 0; start < values.length; start += PIECE) {
    const piece = values.slice(start, start + PIECE);
    for (const [index, one] of piece.entries()) {
      const issues = issuesIn(element, one);
      if (issues.length > 0) return below(start + index, issues);
    }
    const { error } = list.safeParse(piece);
    if (error) return error.issues.map((issue) => ({ ...issue, path: shifted(issue.path, start) }));
  }
  return [];
}

function longest({ def: { checks = [] } }: z.ZodArray): number {
  const limits = checks.map(({ _zod: { def } }) => def).filter(({ check }) => check === 'max_length');
  return Math.min(Number.POSITIVE_INFINITY, ...limits.map((def) => (def as z.core.$ZodCheckMaxLengthDef).maximum));
}

function issuesInMap(map: z.ZodRecord, value: Record<string, unknown>): z.core.$ZodIssue[] {
  const entries = Object.entries(value);
  for (let start = 0; start < entries.length; start += PIECE) {
    const piece = entries.slice(start, start + PIECE);
    for (const [key, one] of piece) {
      const issues = issuesIn(map.valueType as z.ZodType, one);
      if (issues.length > 0) return below(key, issues);
    }
    const { error } = map.safeParse(Object.fromEntries(piece));
    if (error) return error.issues;
  }
  return [];
}

function issuesInFields({ shape }: z.ZodObject, value: Record<string, unknown>): z.core.$ZodIssue[] {
  for (const [key, field] of Object.entries(shape)) {
    const issues = issuesIn(field as z.ZodType, value[key]);
    if (issues.length > 0) return below(key, issues);
  }
  return [];
}

/** The input schema, without optional wrappers and transformations. */
function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in as z.ZodType);
  const wrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wrapped ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

/** The first key is the index within a chunk. */
function shifted([index, ...rest]: readonly PropertyKey[], start: number): PropertyKey[] {
  return [start + Number(index), ...rest];
}

function below(key: PropertyKey, issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }));
}
