import type { z } from 'zod';
import { inputSchema, type JsonSchema } from '../../src/domain/schema-fields.ts';
import type { SettingSection } from '../../src/domain/setting-sections.ts';

/** One key of an object a person writes. */
export interface Key {
  /** `scopes.*.controlScope.start`: `*` is any name, `[]` an element of a list */
  readonly path: string;
  /** what may stand there, as Markdown */
  readonly value: string;
  /** as JSON; absent: none */
  readonly default?: string;
  readonly required: boolean;
  /** empty where the schema says nothing, unless one word alone may stand there */
  readonly about: string;
  readonly section?: SettingSection;
}

interface Schema extends JsonSchema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

type Definitions = Readonly<Record<string, Schema>>;

/** Every key of valid input, those of the objects in it after their own. */
export function schemaKeys(schema: z.ZodType): Key[] {
  const root = inputSchema(schema) as Schema;
  const definitions = root.$defs ?? {};
  return keysBelow(resolved(root, definitions), { prefix: '', definitions });
}

interface Walk {
  readonly prefix: string;
  readonly definitions: Definitions;
}

function keysBelow(schema: Schema, walk: Walk): Key[] {
  const { prefix, definitions } = walk;
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, written]) => {
    const path = prefix + name;
    const property = resolved(written, definitions);
    const key = toKey(path, property, { required: (schema.required ?? []).includes(name), definitions });
    return [key, ...keysBelow(property, { ...walk, prefix: `${path}.` })];
  });
  const list = schema.items === undefined ? [] : keysIn(schema.items, `${prefix.slice(0, -1)}[].`, walk);
  const values = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
  return unique([
    ...own,
    ...list,
    ...values.flatMap((value) => keysIn(value, `${prefix}*.`, walk)),
    ...choicesOf(schema).flatMap((choice) => keysIn(choice, prefix, walk)),
  ]);
}

function keysIn(schema: Schema, prefix: string, walk: Walk): Key[] {
  return keysBelow(resolved(schema, walk.definitions), { ...walk, prefix });
}

/** Two forms of one object may share keys. */
function unique(keys: readonly Key[]): Key[] {
  return [...Map.groupBy(keys, ({ path }) => path).values()].map(([first, ...others]) => {
    const values = new Set([first, ...others].map((key) => key?.value));
    return { ...(first as Key), value: [...values].join(' or ') };
  });
}

/** A schema in the place of its reference; what stands beside the reference wins. */
function resolved(schema: Schema, definitions: Definitions): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  return { ...definitions[$ref.split('/').at(-1) ?? ''], ...beside };
}

function choicesOf({ anyOf = [], oneOf = [] }: Schema): readonly Schema[] {
  return [...anyOf, ...oneOf];
}

function toKey(
  path: string,
  schema: Schema,
  { required, definitions }: { required: boolean; definitions: Definitions },
) {
  const { description = '', title, default: usual, 'x-section': section, const: only } = schema;
  const label = title === undefined ? '' : `**${title}.** `;
  return {
    path,
    value: valueText(schema, definitions),
    required: required && usual === undefined,
    about: description === '' && only !== undefined ? 'always that' : label + description,
    ...(isSaid(usual) ? { default: JSON.stringify(usual) } : {}),
    ...(section === undefined ? {} : { section }),
  };
}

/** An empty list or object is what one expects of a key that is absent. */
function isSaid(usual: unknown): boolean {
  return usual !== undefined && usual !== null && !/^(\[\]|\{\})$/.test(JSON.stringify(usual));
}

function valueText(written: Schema, definitions: Definitions): string {
  const schema = resolved(written, definitions);
  const { type, const: only, enum: words, 'x-meanings': meanings, items } = schema;
  if (only !== undefined) return code(only);
  if (words !== undefined) return wordsText(words, meanings);
  const choices = choicesOf(schema);
  if (choices.length > 0) return [...new Set(choices.map((choice) => valueText(choice, definitions)))].join(' or ');
  if (Array.isArray(type)) return type.map((one) => valueText({ type: one }, definitions)).join(' or ');
  if (type === 'array') return items === undefined ? 'list' : `list: ${valueText(items, definitions)}`;
  if (type === 'string') return schema.format === 'uri' ? 'address' : 'text';
  if (type === 'integer') return `whole number${rangeText(schema)}`;
  if (type === 'number') return `number${rangeText(schema)}`;
  if (type === 'boolean') return '`true` or `false`';
  if (type === 'null') return '`null`';
  return type === 'object' ? objectText(schema, definitions) : 'anything';
}

function objectText({ properties, additionalProperties }: Schema, definitions: Definitions): string {
  if (properties !== undefined || typeof additionalProperties !== 'object') return 'object';
  const value = valueText(additionalProperties, definitions);
  return value === 'anything' ? 'object' : `object of names: ${value}`;
}

function wordsText(words: readonly unknown[], meanings: Readonly<Record<string, string>> | undefined): string {
  if (meanings === undefined) return words.map(code).join(', ');
  return words.map((word) => `${code(word)}: ${meanings[String(word)]}`).join('; ');
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** What zod says of whole numbers, 32 bits and years with four digits limit nobody. */
function isLimit(value: number): boolean {
  return Math.abs(value) < 2_147_483_647;
}

function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const from = minimum !== undefined && isLimit(minimum) ? `from ${minimum}` : '';
  const above = exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`;
  const to = maximum !== undefined && isLimit(maximum) ? `to ${maximum}` : '';
  const below = exclusiveMaximum === undefined ? '' : `below ${exclusiveMaximum}`;
  const parts = [from, above, to, below].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}
