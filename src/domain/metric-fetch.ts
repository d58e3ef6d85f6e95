import { z } from 'zod';
import { SIDES } from './canary-scope.ts';

/** How the question for one metric of one side went. */
export const MetricFetch = z
  .object({
    stage: z.string().describe('the stage it belongs to, such as fetchControl0'),
    metric: z.string(),
    side: z.enum(SIDES),
    attempts: z
      .number()
      .int()
      .describe('how often the metrics store was asked; 0 when it did not have to be, or not yet'),
    waitedMillis: z.number().int().describe('spent waiting for a turn, or to try again'),
    millis: z
      .number()
      .int()
      .optional()
      .describe('from beginning to end; absent while there is neither answer nor failure'),
    cached: z.literal(true).optional().describe('answered from memory: the same was asked within the last minute'),
    shared: z.literal(true).optional().describe('answered together with the same question of another run or side'),
    lastError: z.string().optional().describe('code and message of the last failure, even when a later try succeeded'),
  })
  .meta({ id: 'MetricFetch' });
export type MetricFetch = z.infer<typeof MetricFetch>;
