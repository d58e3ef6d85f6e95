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
    warnings: z
      .array(z.string())
      .optional()
      .describe('what the store says besides the data, such as that its answer is partial'),
    lastError: z.string().optional().describe('code and message of the last failure, even if a retry succeeded'),
  })
  .meta({ id: 'MetricFetch' });
export type MetricFetch = z.infer<typeof MetricFetch>;

/** How a warning begins that a store's answer lacks a part, which the account allows. */
export const PARTIAL_ANSWER = 'the answer is partial: ';

const SIDE_NAMES = { control: 'Baseline', experiment: 'Canary' } as const;

/** `Canary: the store warns: <words>` */
export function storeWarning(side: MetricFetch['side'], words: string): string {
  return `${SIDE_NAMES[side]}: the store warns: ${words}`;
}

/** The partial answers that a verdict stands on, one sentence each. */
export function partialAnswers(fetches: readonly MetricFetch[]): string[] {
  const told = fetches.flatMap(({ metric, side, warnings = [] }) =>
    warnings
      .filter((words) => words.startsWith(PARTIAL_ANSWER))
      .map((words) => `${metric}: ${storeWarning(side, words)}`),
  );
  return [...new Set(told)];
}
