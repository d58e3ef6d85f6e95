import { z } from 'zod';
import { closestNames } from './values/closest-names.ts';
import { excerpt } from './values/excerpt.ts';
import { fieldPath } from './values/field-path.ts';

/** A field that no schema knows, so that nothing reads it. */
export interface UnknownKey {
  /** `metrics[2].query.statistic` */
  readonly path: string;
  /** `not known, does nothing; did you mean 'stat'?` */
  readonly message: string;
}

/** Of one value no more are told. */
const MOST_KEYS = 50;
const MOST_KNOWN = 25;
/** How people leave a note in JSON, and how editors find its schema. */
const NOTE = /^(\$schema|_?comments?|_.*|x-.*|\/\/.*|#.*)$/i;

/**
 * The fields of a value that its schema does not know. Schema and value are walked together; what the schema leaves
 * open (`z.unknown()`, a map's keys) is not looked into.
 *
 * @param loose whether unknown fields of loose objects are told too
 */
export function unknownKeys(
  schema: z.ZodType,
  value: unknown,
  { path = [], loose = false }: { readonly path?: readonly PropertyKey[]; readonly loose?: boolean } = {},
): UnknownKey[] {
  const found: UnknownKey[] = [];
  walk({ schemas: variantsOf(schema), value, path }, { found, loose });
  return found;
}

/** The names an object may have at a path of a value, nested ones as `judge.name`; none where the schema is open. */
export function knownKeysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const at = path.reduce<readonly z.ZodType[]>(
    (schemas, key) => schemas.flatMap((one) => below(one, key)),
    variantsOf(schema),
  );
  return knownNames(at.filter((one) => one instanceof z.ZodObject));
}

/** `did you mean 'stat'?`, else the known names. */
export function meantInstead(key: string, known: readonly string[]): string {
  const near = closestNames(key, known);
  if (near.length > 0) return `did you mean ${near.map((name) => `'${name}'`).join(' or ')}?`;
  const direct = known.filter((name) => !name.includes('.'));
  const more = direct.length > MOST_KNOWN ? ', …' : '';
  return direct.length === 0 ? 'leave it out' : `known: ${direct.slice(0, MOST_KNOWN).join(', ')}${more}`;
}

interface Place {
  /** what the value may be, without wrappers */
  readonly schemas: readonly z.ZodType[];
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

interface Finding {
  readonly found: UnknownKey[];
  readonly loose: boolean;
}

function walk({ schemas, value, path }: Place, finding: Finding): void {
  if (value === null || finding.found.length >= MOST_KEYS) return;
  if (typeof value !== 'object') {
    if (finding.loose && value !== undefined) tellOfNoObject({ schemas, value, path }, finding);
    return;
  }
  if (!schemas.some(hasFields)) return;
  for (const [key, field] of Object.entries(value)) {
    if (finding.found.length >= MOST_KEYS) return;
    const step = Array.isArray(value) ? Number(key) : key;
    const next = schemas.flatMap((one) => below(one, step));
    if (next.length > 0) walk({ schemas: next, value: field, path: [...path, step] }, finding);
    else if (isUnknown(schemas, step, field, finding)) {
      const known = knownNames(schemas.filter((one) => one instanceof z.ZodObject));
      const message = `not known, does nothing; ${meantInstead(key, known)}`;
      finding.found.push({ path: fieldPath([...path, step]), message });
    }
  }
}

/** A text or a number where only an object is read: a limit written as the group of limits, say. */
function tellOfNoObject({ schemas, value, path }: Place, { found }: Finding): void {
  const objects = schemas.filter((one) => one instanceof z.ZodObject);
  if (objects.length === 0 || objects.length < schemas.length) return;
  const direct = knownNames(objects, DEEPEST_NAME).slice(0, MOST_KNOWN).join(', ');
  found.push({
    path: fieldPath(path),
    message: `${excerpt(value)} does nothing here; write an object with ${direct}.`,
  });
}

/** Whether anything in a value of this schema could be unknown: a list of texts need not be gone through. */
function hasFields(schema: z.ZodType): boolean {
  if (schema instanceof z.ZodArray) return variantsOf(schema.element as z.ZodType).some(hasFields);
  return schema instanceof z.ZodObject || schema instanceof z.ZodRecord;
}

function isUnknown(schemas: readonly z.ZodType[], key: PropertyKey, field: unknown, { loose }: Finding): boolean {
  if (typeof key !== 'string' || field === null || field === undefined || NOTE.test(key)) return false;
  const objects = schemas.filter((one) => one instanceof z.ZodObject);
  const isOpen = schemas.some((one) => one instanceof z.ZodRecord) || (!loose && objects.some(isLoose));
  return objects.length > 0 && !isOpen;
}

function isLoose({ def }: z.ZodObject): boolean {
  return def.catchall !== undefined && !(def.catchall instanceof z.ZodNever);
}

/** The schemas of what is at a key or an index. */
function below(schema: z.ZodType, key: PropertyKey): readonly z.ZodType[] {
  if (schema instanceof z.ZodObject) {
    const field = Object.hasOwn(schema.shape, key) ? schema.shape[key as string] : undefined;
    return field === undefined ? [] : variantsOf(field as z.ZodType);
  }
  if (schema instanceof z.ZodArray) return typeof key === 'number' ? variantsOf(schema.element as z.ZodType) : [];
  return schema instanceof z.ZodRecord ? variantsOf(schema.valueType as z.ZodType) : [];
}

/** Schemas never change, and one is asked for at every field of every value. */
const variants = new WeakMap<z.ZodType, readonly z.ZodType[]>();

/** What a value may be as it is written, without what only wraps a schema. */
function variantsOf(schema: z.ZodType): readonly z.ZodType[] {
  const known = variants.get(schema) ?? unwrapped(schema);
  variants.set(schema, known);
  return known;
}

function unwrapped(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodPipe) {
    return variantsOf((schema.in instanceof z.ZodTransform ? schema.out : schema.in) as z.ZodType);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => variantsOf(option as z.ZodType));
  if (schema instanceof z.ZodIntersection) {
    return [schema.def.left, schema.def.right].flatMap((one) => variantsOf(one as z.ZodType));
  }
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return isWrapped ? variantsOf(schema.unwrap() as z.ZodType) : [schema];
}

const DEEPEST_NAME = 3;

function knownNames(objects: readonly z.ZodObject[], depth = 1): string[] {
  const names = objects.flatMap(({ shape }) =>
    Object.entries(shape).flatMap(([key, field]) => {
      const inner = variantsOf(field as z.ZodType).filter((one) => one instanceof z.ZodObject);
      const nested = depth < DEEPEST_NAME ? knownNames(inner, depth + 1) : [];
      return [key, ...nested.map((name) => `${key}.${name}`)];
    }),
  );
  return [...new Set(names)];
}
