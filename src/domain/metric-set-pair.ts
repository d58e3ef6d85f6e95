import { z } from 'zod';
import { Doubles } from './values/double.ts';

const MetricSetScope = z
  .object({
    startTimeIso: z.string().optional(),
    startTimeMillis: z.number().optional(),
    stepMillis: z.number().optional(),
  })
  .meta({ id: 'MetricSetScope' });

/** The same series in control and experiment: all that a judge may see. */
export const MetricSetPair = z
  .object({
    name: z.string(),
    id: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
    values: z
      .object({ control: Doubles.optional(), experiment: Doubles.optional() })
      .describe('both sides are required'),
    scopes: z.object({ control: MetricSetScope.optional(), experiment: MetricSetScope.optional() }).optional(),
    attributes: z
      .object({
        control: z.record(z.string(), z.string()).optional(),
        experiment: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
  })
  .meta({ id: 'MetricSetPair' });
export type MetricSetPair = z.infer<typeof MetricSetPair>;

/** The attribute of a side that has no series to pair with the other's, although both have series: why. */
export const UNPAIRED = 'unpaired';

/** The attribute of both sides of a metric whose sides were asked the same question: so in words. */
export const SAME_QUESTION = 'sameQuery';

/** Why the series of a pair stands alone; undefined when it does not, or the other side has no series at all. */
export function unpairedReason({ attributes }: MetricSetPair): string | undefined {
  return attributes?.control?.[UNPAIRED] ?? attributes?.experiment?.[UNPAIRED];
}
