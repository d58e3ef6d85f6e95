import { z } from 'zod';

/** What would be sent for one metric. */
export const QueryPreview = z
  .object({
    metric: z.string().describe('its name in the config'),
    metricsAccountName: z.string().optional().describe('which metrics store would be asked'),
    control: z.string().optional().describe('the exact text'),
    experiment: z.string().optional().describe('the exact text'),
    problem: z.string().optional().describe('why there is no text'),
  })
  .meta({ id: 'QueryPreview' });
export type QueryPreview = z.infer<typeof QueryPreview>;
