import { type JsonSchema, propertiesOf, type SchemaField, toField } from '../../domain/schema-fields.ts';

/** A field of a query as the editor shows it. */
export interface QueryField extends Omit<SchemaField, 'label' | 'rare' | 'choices'> {
  readonly choices?: readonly string[];
}

/** The fields of a query, from its JSON Schema. The type is chosen elsewhere, and rejected fields are not offered. */
export function queryFields(schema: object): QueryField[] {
  return propertiesOf(schema as JsonSchema)
    .filter(
      ([name, { const: fixed, description = '' }]) =>
        fixed === undefined && !REFUSED.test(description) && name !== 'type',
    )
    .map(([name, property, required]) => {
      const { label: _label, rare: _rare, choices, ...field } = toField(name, property, required);
      return { ...field, ...(choices === undefined ? {} : { choices: choices.map(({ value }) => value) }) };
    });
}

const REFUSED = /^refused/;
