import type { JsonSchema } from '../request/zod.ts';

interface Kinds {
  /** references to the query schema of each metrics store */
  readonly queries: readonly JsonSchema[];
  /** whose schemas are `<name>.Settings` and `<name>.MetricSettings` */
  readonly judgeNames: readonly string[];
}

type Components = Record<string, JsonSchema>;

/**
 * The components, with a metric's query and the settings of judges as unions: what each metrics store and each judge
 * knows, and last an open schema, since the service keeps what it does not know. `anyOf`: `discriminator` closes
 * a union, and most of what fits a judge also fits the open schema.
 */
export function withOpenUnions(components: Components, { queries, judgeNames }: Kinds): Components {
  const { CanaryMetricQuery = {}, CanaryMetricConfig = {}, CanaryJudgeConfig = {} } = components;
  const typed = Object.fromEntries(queries.map((query) => [typeOf(query, components), query.$ref as string]));
  const settings = (kind: string) => judgeNames.map((name) => refer(`${name}.${kind}`)).toReversed();
  return {
    ...components,
    ...withCommonFields(queries, components),
    KnownMetricQuery: {
      description: 'The query of a metrics store that this service knows; `type` says which.',
      oneOf: queries,
      discriminator: { propertyName: 'type', mapping: typed },
    },
    OtherMetricQuery: otherThan(Object.keys(typed), CanaryMetricQuery),
    CanaryMetricQuery: {
      description: 'What to ask a metrics store. A `type` that is not known can be stored, but not run.',
      anyOf: [refer('KnownMetricQuery'), refer('OtherMetricQuery')],
    },
    OtherSettings: { type: 'object', description: 'of another judge', additionalProperties: {} },
    MetricSettings: {
      description: 'What the judge of the config reads for one metric.',
      anyOf: [...settings('MetricSettings'), refer('OtherSettings')],
    },
    JudgeSettings: {
      description: 'What the judge of the config reads for all metrics.',
      anyOf: [...settings('Settings'), refer('OtherSettings')],
    },
    CanaryMetricConfig: withProperty(CanaryMetricConfig, 'analysisConfigurations', (map) => ({
      ...map,
      properties: { canary: refer('MetricSettings') },
    })),
    CanaryJudgeConfig: withProperty(CanaryJudgeConfig, 'judgeConfigurations', ({ description }) => ({
      description,
      ...refer('JudgeSettings'),
    })),
  };
}

const SERVICE_TYPE: JsonSchema = { type: 'string', description: 'the same as `type`, in answers' };

function refer(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function nameOf({ $ref }: JsonSchema): string {
  return String($ref).split('/').at(-1) ?? '';
}

function propertiesOf(schema: JsonSchema | undefined): Record<string, JsonSchema> {
  return (schema?.properties ?? {}) as Record<string, JsonSchema>;
}

function typeOf(query: JsonSchema, components: Components): string {
  return String(propertiesOf(components[nameOf(query)]).type?.const);
}

/** The engine reads and adds these to every query, so no provider's schema has them. */
function withCommonFields(queries: readonly JsonSchema[], components: Components): Components {
  const { accountName = {}, denominator = {}, traffic = {} } = propertiesOf(components.CanaryMetricQuery);
  const common = { accountName, serviceType: SERVICE_TYPE, denominator, traffic };
  return Object.fromEntries(
    queries.map(nameOf).map((name) => {
      const schema = components[name] ?? {};
      return [name, { ...schema, properties: { ...propertiesOf(schema), ...common } }];
    }),
  );
}

function otherThan(types: readonly string[], query: JsonSchema): JsonSchema {
  const open = withProperty(query, 'serviceType', () => SERVICE_TYPE);
  return withProperty(open, 'type', ({ description: _, ...type }) => ({ ...type, not: { enum: types } }));
}

function withProperty(schema: JsonSchema, name: string, change: (property: JsonSchema) => JsonSchema): JsonSchema {
  const properties = propertiesOf(schema);
  return { ...schema, properties: { ...properties, [name]: change(properties[name] ?? {}) } };
}
