import { z } from 'zod';
import { Doubles } from './values/double.ts';

/** One series of one side. A gap is NaN, never missing. */
export const MetricSet = z
  .object({
    name: z.string().describe("the metric's name in the config"),
    tags: z.record(z.string(), z.string()).default({}),
    startTimeMillis: z.number().optional(),
    startTimeIso: z.string().optional(),
    endTimeMillis: z.number().optional(),
    endTimeIso: z.string().optional(),
    stepMillis: z.number().optional().describe('milliseconds between values'),
    values: Doubles,
    attributes: z.record(z.string(), z.string()).default({}).describe('`query` is the text that was sent'),
  })
  .meta({ id: 'MetricSet' });
export type MetricSet = z.infer<typeof MetricSet>;
