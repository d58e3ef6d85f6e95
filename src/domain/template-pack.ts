import { z } from 'zod';
import { CanaryMetricConfig } from './canary-config.ts';

/** The kind of a metric, with the change of the mean that is still allowed. */
export const TEMPLATE_GROUPS = {
  errors: { allowedIncrease: 1.05, allowedDecrease: 0.95 },
  latency: { allowedIncrease: 1.1, allowedDecrease: 0.9 },
  saturation: { allowedIncrease: 1.15, allowedDecrease: 0.87 },
  // Only checks whether both sides get a comparable share of the load.
  traffic: { allowedIncrease: 1.25, allowedDecrease: 0.8 },
  quality: { allowedIncrease: 1.05, allowedDecrease: 0.95 },
} as const;
export type TemplateGroup = keyof typeof TEMPLATE_GROUPS;

const Group = z.enum(Object.keys(TEMPLATE_GROUPS) as [TemplateGroup, ...TemplateGroup[]]);
const Direction = z.enum(['increase', 'decrease', 'either']);
const Name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'write lower-case letters and digits, separated by single dashes');
/** Of means: 1.1 allows 10 % more. */
const Ratio = z.number().positive();

const TemplateVariable = z
  .strictObject({
    name: z.string().regex(/^\w+$/),
    about: z.string().min(1),
    default: z.string().min(1).optional().describe('default; absent: taken from the scope'),
  })
  .meta({ id: 'TemplateVariable' });

const QueryFields = z.record(z.string(), z.json());
const Companion = z.union([z.string().min(1), QueryFields]);

const TemplateMetric = z.strictObject({
  name: Name.describe('unique among all packs, so that a config can use several'),
  about: z.string().min(1).optional().describe('what the name does not say'),
  group: Group,
  direction: Direction.describe('the bad direction'),
  unit: z.string().min(1),
  query: QueryFields.describe("fields of the provider's query, without its type; `${name}` is a variable"),
  denominator: Companion.optional().describe(
    'what the values are events or a share of; the name of a metric of the pack that counts it, or fields of a query',
  ),
  valuesAre: z.enum(['share', 'percent']).optional().describe('of what the denominator counts; absent: events'),
  traffic: Companion.optional().describe('of a percentile: the requests behind it, as in denominator'),
  requestsPer: z
    .enum(['second', 'minute'])
    .optional()
    .describe('what the requests count where their query does not say so; absent: as it says, else all of a point'),
  critical: z.literal(true).optional().describe('fails the canary on its own; with criticalIncrease or -Decrease'),
  mustHaveData: z.literal(true).optional(),
  nanStrategy: z.enum(['remove', 'replace']).default('remove'),
  effectSize: z
    .strictObject({
      allowedIncrease: Ratio.optional(),
      allowedDecrease: Ratio.optional(),
      criticalIncrease: Ratio.optional(),
      criticalDecrease: Ratio.optional(),
    })
    .default({})
    .describe("overrides the group's limits"),
});
export type TemplateMetric = z.infer<typeof TemplateMetric>;

/** Ready-made metrics of one product: a file of `providers/templates/`. */
export const TemplatePack = z
  .strictObject({
    id: Name,
    name: z.string().min(1),
    about: z.string().min(1).describe('what it measures, and how the product must be configured'),
    provider: z.string().min(1).describe('the type of its queries'),
    variables: z.array(TemplateVariable).min(1),
    groupWeights: z
      .partialRecord(Group, z.number().int().positive())
      .describe('weights of its groups, adding up to 100'),
    metrics: z.array(TemplateMetric).min(1),
  })
  .refine(({ metrics }) => new Set(metrics.map(({ name }) => name)).size === metrics.length, {
    path: ['metrics'],
    error: 'must not contain two metrics of the same name',
  })
  .refine(
    ({ metrics }) => metrics.every((metric) => companionsNamed(metric).every((name) => isQueried(metrics, name))),
    {
      path: ['metrics'],
      error: 'denominator and traffic must name a metric of the pack, or be a query',
    },
  )
  .refine(({ metrics }) => metrics.every(({ valuesAre, denominator }) => valuesAre === undefined || denominator), {
    path: ['metrics'],
    error: 'must not say valuesAre without a denominator',
  })
  .refine(({ groupWeights }) => Object.values(groupWeights).reduce((sum, weight) => sum + weight, 0) === 100, {
    path: ['groupWeights'],
    error: 'must add up to 100',
  })
  .refine(({ groupWeights, metrics }) => sameNames(Object.keys(groupWeights), groupsOf(metrics)), {
    path: ['groupWeights'],
    error: 'must contain exactly the groups of the metrics',
  });
export type TemplatePack = z.infer<typeof TemplatePack>;

/** One entry in the list of packs. */
export const TemplatePackSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    about: z.string(),
    provider: z.string(),
    variables: z.array(TemplateVariable),
    metrics: z.array(z.object({ name: z.string(), group: z.string(), direction: Direction, unit: z.string() })),
  })
  .meta({ id: 'TemplatePackSummary' });
export type TemplatePackSummary = z.infer<typeof TemplatePackSummary>;

/** A pack in the form of a config. */
export const ExpandedTemplatePack = TemplatePackSummary.extend({
  metrics: z.array(CanaryMetricConfig),
  classifier: z.object({ groupWeights: z.record(z.string(), z.number()) }),
}).meta({ id: 'TemplatePack' });
export type ExpandedTemplatePack = z.infer<typeof ExpandedTemplatePack>;

function groupsOf(metrics: readonly { readonly group: string }[]): Set<string> {
  return new Set(metrics.map(({ group }) => group));
}

function sameNames(names: readonly string[], expected: ReadonlySet<string>): boolean {
  return names.length === expected.size && names.every((name) => expected.has(name));
}

function companionsNamed({ denominator, traffic }: TemplateMetric): string[] {
  return [denominator, traffic].filter((one) => typeof one === 'string');
}

function isQueried(metrics: readonly TemplateMetric[], named: string): boolean {
  return metrics.some(({ name }) => name === named);
}
