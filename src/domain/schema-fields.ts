import { z } from 'zod';
import type { SettingSection } from './setting-sections.ts';

/** The part of JSON Schema that queries and settings use. */
export interface JsonSchema {
  readonly type?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  /** the meaning of each `enum` value, in words */
  readonly 'x-meanings'?: Readonly<Record<string, string>>;
  /** true: forms show it only on demand */
  readonly 'x-rare'?: boolean;
  /** where forms show it */
  readonly 'x-section'?: SettingSection;
  /** metric: a text is the name of another metric of the config */
  readonly 'x-names'?: 'metric';
}

/** One field of an object, for a form. */
export interface SchemaField {
  /** `effectSize.allowedIncrease` for a field of a field */
  readonly name: string;
  readonly label: string;
  /** `list` is texts, one per line; `json` is everything else */
  readonly kind: 'text' | 'number' | 'flag' | 'choice' | 'list' | 'json';
  readonly about: string;
  readonly required: boolean;
  readonly rare: boolean;
  readonly section?: SettingSection;
  /** the text is the name of another metric */
  readonly names?: 'metric';
  readonly choices?: readonly { readonly value: string; readonly text: string }[];
  /** as text; the value when the field is absent */
  readonly default?: string;
}

const known = new WeakMap<z.ZodType, readonly SchemaField[]>();

/** The fields of an object and of the objects in it. */
export function schemaFields(schema: z.ZodType): readonly SchemaField[] {
  const fields = known.get(schema) ?? nestedFields(inputSchema(schema), '');
  known.set(schema, fields);
  return fields;
}

/** The JSON Schema of valid input. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

function nestedFields(schema: JsonSchema, prefix: string): SchemaField[] {
  return propertiesOf(schema).flatMap(([name, property, required]) =>
    property.properties === undefined
      ? [toField(prefix + name, property, required)]
      : nestedFields(property, `${prefix}${name}.`),
  );
}

/** The properties of an object: name, schema, and whether it is required. */
export function propertiesOf(schema: JsonSchema): [name: string, property: JsonSchema, required: boolean][] {
  const own = schema.$ref === undefined ? schema : (schema.$defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  const { properties = {}, required = [] } = own;
  return Object.entries(properties).map(([name, property]) => [name, property, required.includes(name)]);
}

export function toField(name: string, property: JsonSchema, required: boolean): SchemaField {
  const { title = name, description = '', 'x-rare': rare = false, 'x-meanings': meanings = {} } = property;
  const { 'x-section': section, 'x-names': names } = property;
  const choices = property.enum?.map((value) => ({
    value: String(value),
    text: meanings[String(value)] ?? String(value),
  }));
  return {
    name,
    label: title,
    kind: kindOf(property),
    about: description,
    required,
    rare,
    ...(section === undefined ? {} : { section }),
    ...(names === undefined ? {} : { names }),
    ...(choices === undefined ? {} : { choices }),
    ...defaultOf(property),
  };
}

function kindOf({ type, enum: choices, items }: JsonSchema): SchemaField['kind'] {
  if (choices !== undefined) return 'choice';
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'flag';
  return type === 'array' && items?.type === 'string' ? 'list' : 'json';
}

function defaultOf({ default: usual }: JsonSchema): { default?: string } {
  if (usual === undefined || (Array.isArray(usual) && usual.length === 0)) return {};
  return { default: typeof usual === 'string' ? usual : JSON.stringify(usual) };
}
