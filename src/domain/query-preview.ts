import { z } from 'zod';

/** What would be sent for one metric. */
export const QueryPreview = z
  .object({
    metric: z.string().describe("the metric's name in the config"),
    metricsAccountName: z.string().optional().describe('the metrics store that would be queried'),
    control: z.string().optional().describe('the query text'),
    experiment: z.string().optional().describe('the query text'),
    problem: z.string().optional().describe('why the query cannot be built'),
  })
  .meta({ id: 'QueryPreview' });
export type QueryPreview = z.infer<typeof QueryPreview>;
