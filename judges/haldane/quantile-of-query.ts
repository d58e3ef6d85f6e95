/**
 * The percentile that a query's text asks for, as a share; undefined when it names none.
 *
 * Understood are PromQL's `histogram_quantile(0.99, …)`, `quantile(0.99, …)` and labels `quantile="0.99"`;
 * `percentile(x, 99)` and `p99:` of other stores; and `p99` as a word.
 *
 * @example quantileOfQuery('histogram_quantile(0.95, sum by (le) (rate(x_bucket[1m])))') // 0.95
 */
export function quantileOfQuery(text: string): number | undefined {
  for (const pattern of SHARES) {
    const share = Number(pattern.exec(text)?.[1]);
    if (share > 0 && share < 1) return share;
  }
  for (const pattern of PERCENTS) {
    const percent = pattern.exec(text)?.[1];
    const share = percent === undefined ? Number.NaN : ofPercent(percent);
    if (share > 0 && share < 1) return share;
  }
  return undefined;
}

const SHARES = [
  /\b(?:histogram_)?quantile(?:_over_time)?\s*\(\s*(0?\.\d+)/i,
  /\bquantile\s*=~?\s*"(0?\.\d+)"/i,
  /\bapprox_?quantiles?\s*\([^,()]*,\s*(0?\.\d+)/i,
];
const PERCENTS = [
  /\bpercentiles?\s*\([^()]*?,\s*(\d{2,3}(?:\.\d+)?)\s*\)/i,
  /\bpct\s*=\s*(\d{2}(?:\.\d+)?)\b/i,
  /(?:^|[^a-z0-9])p(\d{2,4})(?![a-z0-9])/i,
];

/** `999` is 99.9 %, as in p999. */
function ofPercent(text: string): number {
  if (text.includes('.') || text.length <= 2) return Number(text) / 100;
  return Number(`0.${text}`);
}
