import { z } from 'zod';
import { SIDES } from './canary-scope.ts';
import { EpochMillis } from './values/instant.ts';

/** How the query for one metric of one side went. */
export const MetricFetch = z
  .object({
    stage: z.string().describe("the query's stage, such as fetchControl0"),
    metric: z.string(),
    side: z.enum(SIDES),
    attempts: z.number().int().describe('requests to the metrics store; 0 when none was needed, or none was sent yet'),
    waitedMillis: z
      .number()
      .int()
      .describe('time spent waiting for a slot or a retry; a wait counts when it has ended'),
    nextAttemptMillis: EpochMillis.optional().describe('when the next attempt is due, while the query waits for it'),
    waitingFor: z.string().optional().describe('why the query waits, when its whole account does'),
    millis: z.number().int().optional().describe('duration; absent while the query is active'),
    cached: z.literal(true).optional().describe('answered from the cache of the last minute'),
    shared: z.literal(true).optional().describe('shared one request with an identical query of another run or side'),
    lastError: z.string().optional().describe('code and message of the last failure, even if a retry succeeded'),
  })
  .meta({ id: 'MetricFetch' });
export type MetricFetch = z.infer<typeof MetricFetch>;
