/** Node fires a timer of more than 24.8 days at once; wait for an hour at most, then look again. */
export const LONGEST_TIMER_MILLIS = 3_600_000;
