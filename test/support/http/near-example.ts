import fc from 'fast-check';
import { type JsonSchema, type SchemaArbitraryOptions, schemaArbitrary } from '../schema-arbitrary.ts';

const ABSENT = Symbol('absent');
/** Further elements of a list stay unchanged. */
const VARIED_ELEMENTS = 3;

/** Values like the example, with a few fields added or set to other values their schema allows. */
export function nearExample(
  schema: JsonSchema,
  example: unknown,
  options: SchemaArbitraryOptions,
): fc.Arbitrary<unknown> {
  const { $ref } = schema;
  const target = $ref === undefined ? schema : options.components[$ref.replace('#/components/schemas/', '')];
  if (target === undefined) throw new Error(`the document has no ${$ref}`);
  return fc.oneof(
    { weight: 30, arbitrary: varied(target, example, options) },
    { weight: 1, arbitrary: schemaArbitrary(target, options) },
  );
}

function varied(schema: JsonSchema, example: unknown, options: SchemaArbitraryOptions): fc.Arbitrary<unknown> {
  if (Array.isArray(example)) return elements(schema.items ?? {}, example, options);
  if (typeof example !== 'object' || example === null || schema.anyOf !== undefined) return fc.constant(example);
  return fields(schema, example as Record<string, unknown>, options);
}

function elements(items: JsonSchema, example: readonly unknown[], options: SchemaArbitraryOptions) {
  const head = example.slice(0, VARIED_ELEMENTS).map((element) => nearExample(items, element, options));
  return fc.tuple(...head).map((changed) => [...changed, ...example.slice(VARIED_ELEMENTS)]);
}

function fields(
  { properties = {}, additionalProperties }: JsonSchema,
  example: Readonly<Record<string, unknown>>,
  options: SchemaArbitraryOptions,
): fc.Arbitrary<object> {
  const free = typeof additionalProperties === 'object' ? additionalProperties : {};
  const names = [...new Set([...Object.keys(properties), ...Object.keys(example)])];
  const values = names.map((name) => {
    const schema = properties[name] ?? free;
    return Object.hasOwn(example, name) ? nearExample(schema, example[name], options) : seldom(schema, options);
  });
  return fc
    .tuple(...values)
    .map((made) =>
      Object.fromEntries(names.map((name, index) => [name, made[index]]).filter(([, value]) => value !== ABSENT)),
    );
}

function seldom(schema: JsonSchema, options: SchemaArbitraryOptions): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constant<unknown>(ABSENT) },
    { weight: 1, arbitrary: schemaArbitrary(schema, options) },
  );
}
