import { z } from 'zod';
import { Double } from './values/double.ts';

/** Whether the traffic was split between the arms as it was meant to be. */
export const SampleRatio = z
  .object({
    metric: z.string().describe('whose requests they are'),
    expectedShare: Double.describe("the canary's share of the requests as it was meant to be; 0.5 is half"),
    seenShare: Double.describe('as it was'),
    requests: z.object({ control: Double, experiment: Double }).describe('the sums of their series'),
    points: z.number().int(),
    pValue: Double.describe('of the expected share, two-sided, allowing for how the share varies from point to point'),
    overdispersion: Double.describe(
      'how many times the variance is that of requests which are drawn one by one; at least 1',
    ),
    mismatch: z.boolean().describe('p below 0.001, and the share at least 2 % of itself from the expected one'),
  })
  .meta({ id: 'SampleRatio' });
export type SampleRatio = z.infer<typeof SampleRatio>;
