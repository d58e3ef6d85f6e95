const HOUR_MILLIS = 3_600_000;
const DAY_MILLIS = 24 * HOUR_MILLIS;
const MINUTE_SECONDS = 60;

/** Periods below a minute, in seconds. */
const SHORT_PERIODS = [1, 5, 10, 20, 30];

/** The older a window, the longer its periods: for shorter ones CloudWatch silently returns no data. */
const LEAST_PERIODS = [
  { olderThanMillis: 63 * DAY_MILLIS, seconds: 3600 },
  { olderThanMillis: 15 * DAY_MILLIS, seconds: 300 },
  { olderThanMillis: 3 * HOUR_MILLIS, seconds: MINUTE_SECONDS },
];

/** Whether CloudWatch has such a period, in seconds. */
export function isPeriod(seconds: number): boolean {
  return SHORT_PERIODS.includes(seconds) || (seconds > 0 && seconds % MINUTE_SECONDS === 0);
}

/** The shortest valid period that is at least this long, in seconds; `least` is the window's {@link leastPeriod}. */
export function periodFrom(seconds: number, least = 1): number {
  const short = least === 1 ? SHORT_PERIODS.find((period) => period >= seconds) : undefined;
  const unit = Math.max(least, MINUTE_SECONDS);
  return short ?? Math.max(1, Math.ceil(seconds / unit)) * unit;
}

/** The unit of the periods of a window with this start, in seconds; 1 for any period. */
export function leastPeriod(startMillis: number, nowMillis: number): number {
  const age = nowMillis - startMillis;
  return LEAST_PERIODS.find(({ olderThanMillis }) => age >= olderThanMillis)?.seconds ?? 1;
}
