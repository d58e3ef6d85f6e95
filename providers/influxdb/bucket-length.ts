/** Units in milliseconds; nanoseconds count as 0. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 0,
  us: 0,
  u: 0,
  µs: 0,
  µ: 0,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * The bucket length of a query, in milliseconds: `GROUP BY time(1m)` in InfluxQL, `every: 1h30m` in Flux. Undefined
 * without buckets, and for months.
 */
export function bucketMillis(query: string): number | undefined {
  const [, length = ''] = /\b(?:GROUP BY\b[^()]*\btime\s*\(|every\s*:)\s*((?:\d+[a-zµ]+)+)/i.exec(query) ?? [];
  const parts = [...length.matchAll(/(\d+)([a-zµ]+)/gi)].map(
    ([, count, unit = '']) => Number(count) * (UNITS[unit] ?? Number.NaN),
  );
  const millis = parts.reduce((sum, part) => sum + part, 0);
  return millis > 0 ? millis : undefined;
}
