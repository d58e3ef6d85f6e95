import { z } from 'zod';

/** One entry of `MetricDataQueries` in CloudWatch's form: a metric, or an expression over others. */
export const DataQuery = z
  .strictObject({
    Id: z.string().regex(/^[a-z]\w{0,254}$/, 'must begin with a small letter and hold letters, digits and _ only'),
    MetricStat: z
      .strictObject({
        Metric: z.strictObject({
          Namespace: z.string().min(1),
          MetricName: z.string().min(1),
          Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).optional(),
        }),
        Period: z.number().int().positive().optional(),
        Stat: z.string().min(1),
        Unit: z.string().optional(),
      })
      .optional(),
    Expression: z.string().min(1).optional(),
    Label: z.string().optional(),
    ReturnData: z.boolean().optional(),
    Period: z.number().int().positive().optional(),
    AccountId: z.string().optional(),
  })
  .refine(({ MetricStat, Expression }) => (MetricStat === undefined) !== (Expression === undefined), {
    error: 'must have one of MetricStat and Expression',
  });
export type DataQuery = z.infer<typeof DataQuery>;

/** Argo Rollouts writes `metricStat`, Flagger and CloudWatch `MetricStat`: converts to the latter. */
export function inCapitals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCapitals);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name.slice(0, 1).toUpperCase() + name.slice(1), inCapitals(field)]),
  );
}

/** Entries whose series are returned. */
export function returned(queries: readonly DataQuery[]): DataQuery[] {
  return queries.filter(({ ReturnData }) => ReturnData !== false);
}

/** The longest period of the entries, in seconds; undefined when none says. */
export function longestPeriod(queries: readonly DataQuery[]): number | undefined {
  const periods = queries
    .map(({ MetricStat, Period }) => MetricStat?.Period ?? Period)
    .filter((seconds) => seconds !== undefined);
  return periods.length === 0 ? undefined : Math.max(...periods);
}

/** The entries with their periods replaced, if they have any. */
export function withPeriods(queries: readonly DataQuery[], change: (seconds: number) => number): DataQuery[] {
  return queries.map((query) => {
    const { MetricStat, Period } = query;
    return {
      ...query,
      ...(MetricStat?.Period === undefined ? {} : { MetricStat: { ...MetricStat, Period: change(MetricStat.Period) } }),
      ...(Period === undefined ? {} : { Period: change(Period) }),
    };
  });
}
