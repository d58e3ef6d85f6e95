import type { Account } from '../../domain/account.ts';
import { CanaryError } from '../../errors.ts';

/** The longest pause one answer can impose. Then one request finds out whether the store is back. */
export const LONGEST_PAUSE_MILLIS = 5 * 60_000;

/** An account that sends nothing for a while, because its store asked for it. */
export interface Closure {
  /** by the monotonic clock */
  readonly untilMillis: number;
  /** the same in milliseconds since 1970, to be shown */
  readonly opensAtMillis: number;
  /** the store's answer, without secrets */
  readonly reason: string;
}

/** "closed until 12:05:00Z: account 'prom', metric 'latency': the store answered 503: busy (it asked for 24 h)" */
export function closureInWords({ opensAtMillis, reason }: Closure): string {
  return `closed until ${clockTime(opensAtMillis)}: ${reason}`;
}

/** The error for whoever cannot wait until an account opens again. */
export function closedError({ name }: Account, closure: Closure): CanaryError {
  return new CanaryError(
    'METRICS_STORE_THROTTLED',
    `account '${name}' is ${closureInWords({ ...closure, reason: withoutPlace(closure.reason, name) })}; there is no time ` +
      "left to wait for that. Try again then; if the store throttles often, lower the account's requestsPerSecond.",
  );
}

/** The account is named already, and the metric is that of whoever closed it. */
function withoutPlace(reason: string, account: string): string {
  const place = `account '${account}'`;
  return reason.startsWith(place) ? reason.slice(place.length).replace(/^(, metric '[^']*')?: /, '') : reason;
}

/** The reason of a closure; says what the store asked for when that is longer than what is granted. */
export function closureReason(message: string, askedMillis: number | undefined, grantedMillis: number): string {
  if (askedMillis === undefined || askedMillis <= grantedMillis) return message;
  return `${message} (it asked for a pause of ${Math.round(askedMillis / 1000)} s; one probe follows after ${Math.round(grantedMillis / 1000)} s)`;
}

/** "12:05:00Z" */
function clockTime(millis: number): string {
  return `${new Date(millis).toISOString().slice(11, 19)}Z`;
}
