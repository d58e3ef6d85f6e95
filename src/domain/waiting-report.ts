import { z } from 'zod';
import type { MetricFetch } from './metric-fetch.ts';
import { EpochMillis } from './values/instant.ts';

/** Queries of a run in progress that failed, or whose account is closed, and wait for the same reason. */
export const WaitingReport = z
  .object({
    queries: z.number().int(),
    attempts: z.number().int().describe('requests sent so far, of the query that was sent most often'),
    reason: z.string().describe('the last failure, or why the account is closed'),
    nextAttemptMillis: EpochMillis.optional().describe('when the next attempt is due; absent while one is in progress'),
  })
  .meta({ id: 'WaitingReport' });
export type WaitingReport = z.infer<typeof WaitingReport>;

/** One entry a reason, the most frequent first; empty when every query is answered or simply under way. */
export function reportWaiting(fetches: readonly MetricFetch[]): WaitingReport[] {
  const waiting = fetches.flatMap((fetch) => {
    const reason = fetch.waitingFor ?? fetch.lastError;
    return fetch.millis === undefined && reason !== undefined ? [{ ...fetch, reason }] : [];
  });
  return [...Map.groupBy(waiting, ({ reason }) => withoutMetric(reason)).values()]
    .map((alike) => {
      const due = alike.flatMap(({ nextAttemptMillis }) => nextAttemptMillis ?? []);
      return {
        queries: alike.length,
        attempts: Math.max(...alike.map(({ attempts }) => attempts)),
        reason: alike[0]?.reason ?? '',
        ...(due.length === 0 ? {} : { nextAttemptMillis: Math.min(...due) }),
      };
    })
    .toSorted((one, other) => other.queries - one.queries);
}

/** The same trouble of one account is told of each metric. */
export function withoutMetric(reason: string): string {
  return reason.replace(/, metric '[^']*'/, '');
}
