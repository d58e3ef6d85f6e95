/** Node fires a timer of more than 24.8 days immediately; wait an hour at most, then check again. */
export const LONGEST_TIMER_MILLIS = 3_600_000;
