import fc from 'fast-check';

/** The part of JSON Schema 2020-12 that the OpenAPI document is written in. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

export interface SchemaArbitraryOptions {
  /** what `#/components/schemas/<name>` refers to */
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** for schemas that allow any text */
  readonly texts?: fc.Arbitrary<string>;
}

/** Below this depth optional fields are omitted and lists and maps are empty, so that recursive schemas end. */
const MAX_NESTING = 12;
const MAX_FREE_ENTRIES = 3;
const MAX_NUMBER = 1e308;

/** Values a schema allows, small ones first. @throws Error for an unsupported keyword */
export function schemaArbitrary(
  schema: JsonSchema,
  options: SchemaArbitraryOptions,
  nesting = 0,
): fc.Arbitrary<unknown> {
  const { examples = [] } = schema;
  if (examples.length === 0) return byKeyword(schema, options, nesting);
  return fc.oneof(fc.constantFrom(...examples), byKeyword(schema, options, nesting));
}

function byKeyword(schema: JsonSchema, options: SchemaArbitraryOptions, nesting: number): fc.Arbitrary<unknown> {
  const within = (part: JsonSchema) => schemaArbitrary(part, options, nesting + 1);
  const choices = schema.anyOf ?? schema.oneOf;
  if (schema.$ref !== undefined) return within(componentOf(schema.$ref, options));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (choices !== undefined) return fc.oneof(...choices.map(within));
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
  if (types === undefined) return fc.jsonValue({ maxDepth: 2 });
  return fc.oneof(...types.map((type) => byType(type, schema, options, nesting)));
}

function componentOf(ref: string, { components }: SchemaArbitraryOptions): JsonSchema {
  const found = components[ref.replace('#/components/schemas/', '')];
  if (found === undefined) throw new Error(`the document has no ${ref}`);
  return found;
}

function byType(
  type: string,
  schema: JsonSchema,
  options: SchemaArbitraryOptions,
  nesting: number,
): fc.Arbitrary<unknown> {
  const { minimum = -MAX_NUMBER, maximum = MAX_NUMBER } = schema;
  switch (type) {
    case 'object':
      return objects(schema, options, nesting);
    case 'array':
      return arrays(schema, options, nesting);
    case 'string':
      return texts(schema, options);
    case 'integer':
      return fc.integer({
        min: Math.max(minimum, Number.MIN_SAFE_INTEGER),
        max: Math.min(maximum, Number.MAX_SAFE_INTEGER),
      });
    case 'number':
      return numbers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`a schema of type '${type}' cannot be generated`);
  }
}

function numbers({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): fc.Arbitrary<number> {
  return fc.double({
    min: exclusiveMinimum ?? minimum ?? -MAX_NUMBER,
    minExcluded: exclusiveMinimum !== undefined,
    max: exclusiveMaximum ?? maximum ?? MAX_NUMBER,
    maxExcluded: exclusiveMaximum !== undefined,
    noNaN: true,
  });
}

function objects(schema: JsonSchema, options: SchemaArbitraryOptions, nesting: number): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties, propertyNames = {} } = schema;
  const wanted = Object.entries(properties).filter(([name]) => nesting < MAX_NESTING || required.includes(name));
  const fields = fc.record(
    Object.fromEntries(wanted.map(([name, field]) => [name, schemaArbitrary(field, options, nesting + 1)])),
    { requiredKeys: [...required] },
  );
  if (typeof additionalProperties !== 'object' || nesting >= MAX_NESTING) return fields;
  const free = fc.dictionary(
    texts(propertyNames, options).filter((name) => !(name in properties)),
    schemaArbitrary(additionalProperties, options, nesting + 1),
    { maxKeys: MAX_FREE_ENTRIES },
  );
  return fc.tuple(free, fields).map(([more, known]) => ({ ...more, ...known }));
}

function arrays(schema: JsonSchema, options: SchemaArbitraryOptions, nesting: number): fc.Arbitrary<unknown[]> {
  const { items = {}, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  if (nesting >= MAX_NESTING && minItems === 0) return fc.constant([]);
  return fc.array(schemaArbitrary(items, options, nesting + 1), {
    minLength: minItems,
    maxLength: Math.min(maxItems, minItems + MAX_FREE_ENTRIES),
  });
}

function texts(
  { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: JsonSchema,
  options: SchemaArbitraryOptions,
): fc.Arbitrary<string> {
  const long = minLength > 0 ? fc.string({ minLength }) : (options.texts ?? fc.string());
  const matching = pattern === undefined ? long : textsMatching(pattern);
  return matching.filter((text) => text.length <= maxLength);
}

/** fast-check does not support lookahead: generates texts without it, then filters. */
function textsMatching(pattern: string): fc.Arbitrary<string> {
  const whole = new RegExp(pattern, 'u');
  const simple = new RegExp(pattern.replaceAll(/\(\?[!=][^()]*\)/g, ''), 'u');
  return fc.stringMatching(simple).filter((text) => whole.test(text));
}
