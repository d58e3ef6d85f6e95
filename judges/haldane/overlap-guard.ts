/**
 * The longest time that a query's text says each of its points is made from, in seconds; undefined when it names none.
 * Points nearer to each other than that share their data, and so look alike.
 *
 * Understood are PromQL's ranges and subqueries, `rate(x[15m])` and `x[1h:5m]`; Graphite's moving functions with a time,
 * `movingAverage(x, '15min')`; SignalFlow's `mean(over='15m')`.
 *
 * @example rangeOfQuery('rate(http_requests_total[15m])') // 900
 */
export function rangeOfQuery(text: string): number | undefined {
  const ranges = [...text.matchAll(RANGES)].flatMap(
    ([, promql, graphite, signalflow]) => secondsOf(promql ?? graphite ?? signalflow ?? '') ?? [],
  );
  return ranges.length === 0 ? undefined : Math.max(...ranges);
}

const RANGES =
  /\[\s*((?:\d+[a-z]+)+)\s*(?::[^\]]*)?\]|\bmoving\w+\([^'"]*['"]\s*(\d+\s*[a-z]+)\s*['"]|\bover\s*=\s*['"](\d+[a-z]+)['"]/gi;

/** From how many steps each point is made, at least 1: what `TestSettings.overlap` takes. */
export function overlapOf(rangeSeconds: number | undefined, stepSeconds: number): number {
  return Math.max(1, (rangeSeconds ?? 0) / stepSeconds);
}

const SECONDS: readonly (readonly [RegExp, number])[] = [
  [/^ms$/, 0.001],
  [/^s(ec(onds?)?)?$/, 1],
  [/^m(in(utes?)?)?$/, 60],
  [/^h(ours?)?$/, 3600],
  [/^d(ays?)?$/, 86_400],
  [/^w(eeks?)?$/, 604_800],
  [/^y(ears?)?$/, 31_536_000],
];

/** `1h30m` is 5400; undefined for a unit nobody knows. */
function secondsOf(duration: string): number | undefined {
  let total = 0;
  for (const [, count = '', word = ''] of duration.toLowerCase().matchAll(/(\d+)\s*([a-z]+)/g)) {
    const unit = SECONDS.find(([name]) => name.test(word));
    if (!unit) return undefined;
    total += Number(count) * unit[1];
  }
  return total;
}
