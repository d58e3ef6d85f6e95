const MILLIS = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
/** Units from long to short, each at most once, as Prometheus writes durations. */
const DURATION = /^(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/;

/** A duration as Prometheus writes it: `60s`, `1m30s`, `1h`. @returns milliseconds; undefined for any other text */
export function shortDurationMillis(text: string): number | undefined {
  if (text === '' || !DURATION.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(ms|[ywdhms])/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * MILLIS[unit as keyof typeof MILLIS], 0);
}
