import { z } from 'zod';
import { fieldPath } from '../../domain/values/field-path.ts';
import { CommandError, EXIT } from '../command-error.ts';

const CriteriaSets = z.array(z.object({ criteria: z.array(z.string()).min(1) })).nullish();
const Percent = z
  .union([z.number(), z.string().regex(/^\s*\d+(\.\d+)?\s*%?\s*$/, 'write a percentage such as "90%"')])
  .transform((given) => (typeof given === 'number' ? given : Number.parseFloat(given)))
  .refine((value) => value >= 0 && value <= 100, 'write a percentage from 0 to 100');

/** An slo.yaml of Keptn 0.x and 1.x: what is read of it. Source: Keptn's reference of the file. */
export const SloFile = z.object({
  spec_version: z.string().optional(),
  filter: z.record(z.string(), z.unknown()).nullish(),
  comparison: z
    .object({
      compare_with: z.enum(['single_result', 'several_results']).default('single_result'),
      include_result_with_score: z.enum(['all', 'pass', 'pass_or_warn']).default('all'),
      number_of_comparison_results: z.number().int().min(0).max(20).default(1),
      aggregate_function: z.enum(['avg', 'p50', 'p90', 'p95']).default('avg'),
    })
    .nullish(),
  objectives: z
    .array(
      z.object({
        sli: z.string().min(1),
        displayName: z.string().optional(),
        pass: CriteriaSets,
        warning: CriteriaSets,
        weight: z.number().min(0).default(1),
        key_sli: z.boolean().default(false),
      }),
    )
    .min(1, 'write at least one objective'),
  total_score: z.object({ pass: Percent, warning: Percent.optional() }),
});
export type SloFile = z.output<typeof SloFile>;

/** An sli.yaml of Keptn: the query of each indicator. */
export const SliFile = z.object({ indicators: z.record(z.string(), z.string()) });

/** @throws CommandError usage that names file, field, value and remedy */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data as T;
  const [issue] = error.issues;
  throw new CommandError(EXIT.usage, `${file}: ${fieldPath(issue?.path ?? [])}: ${issue?.message}`);
}
