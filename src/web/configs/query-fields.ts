/** As much of JSON Schema as the queries of providers use. */
interface JsonSchema {
  readonly type?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** A field of a query as the editor shows it. */
export interface QueryField {
  readonly name: string;
  /** `list` is of texts, a line each; `json` is everything else */
  readonly kind: 'text' | 'number' | 'flag' | 'choice' | 'list' | 'json';
  readonly about: string;
  readonly required: boolean;
  readonly choices?: readonly string[];
  /** as text; what counts when the field is left out */
  readonly default?: string;
}

/** The fields of a query, of its JSON Schema. The type is chosen elsewhere, and a refused field is not offered. */
export function queryFields(schema: object): QueryField[] {
  const whole = schema as JsonSchema;
  const own = whole.$ref === undefined ? whole : (whole.$defs?.[whole.$ref.split('/').at(-1) ?? ''] ?? {});
  const { properties = {}, required = [] } = own;
  return Object.entries(properties)
    .filter(
      ([name, { const: fixed, description = '' }]) =>
        fixed === undefined && !REFUSED.test(description) && name !== 'type',
    )
    .map(([name, property]) => ({
      name,
      kind: kindOf(property),
      about: property.description ?? '',
      required: required.includes(name),
      ...(property.enum === undefined ? {} : { choices: property.enum.map(String) }),
      ...defaultOf(property),
    }));
}

const REFUSED = /^refused/;

function kindOf({ type, enum: choices, items }: JsonSchema): QueryField['kind'] {
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
