import { type JsonSchema, propertiesOf, type SchemaField, toField } from '../../domain/schema-fields.ts';

/** A field of a query as the editor shows it. */
export interface QueryField extends Omit<SchemaField, 'rare' | 'choices'> {
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
      const { rare: _rare, choices, ...field } = toField(name, property, required);
      return {
        ...field,
        label: labelOf(field),
        ...(choices === undefined ? {} : { choices: choices.map(({ value }) => value) }),
      };
    });
}

const REFUSED = /^refused/;

/** What people call fields whose names say something else. */
const LABELS: Readonly<Record<string, string>> = {
  expr: 'Query',
  q: 'Query',
  customInlineTemplate: 'Query, or matchers, as in Kayenta',
  customFilterTemplate: 'Name of a template of the config',
  groupByFields: 'Judge separately by',
  evaluateAt: 'Evaluate each step at its',
};

/** `metricName` is "Metric name", unless the schema or {@link LABELS} says better. */
function labelOf({ name, label }: Pick<SchemaField, 'name' | 'label'>): string {
  if (label !== name) return label;
  const known = LABELS[name];
  if (known !== undefined) return known;
  const words = name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
