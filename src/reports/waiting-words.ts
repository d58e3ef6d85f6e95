import type { WaitingReport } from '../domain/waiting-report.ts';
import { count, formatTime } from './format.ts';

/** "2 queries wait after 3 attempts: …; next attempt at 2026-01-01 12:00:05 UTC" */
export function waitingInWords({ queries, attempts, reason, nextAttemptMillis }: WaitingReport): string {
  const who = `${count(queries, 'query', 'queries')} ${queries === 1 ? 'waits' : 'wait'}`;
  const next =
    nextAttemptMillis === undefined ? 'it is being sent again now' : `next attempt at ${formatTime(nextAttemptMillis)}`;
  return `${who} after ${count(attempts, 'attempt')}: ${reason}; ${next}`;
}
