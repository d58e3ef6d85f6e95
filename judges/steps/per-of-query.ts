/** What the values of a series of requests count: those of the whole point, or of a second or a minute of it. */
export type Per = 'point' | 'second' | 'minute';

/**
 * What the text of a query says its values count. Understood are `rate()` of PromQL, LogQL, MQL and metric math,
 * `as_rate()`, `per_second()` and Graphite's `perSecond` and `scaleToSeconds`; of NRQL `rate(…, 1 minute)`; and a factor
 * of 60 behind any of them. Everything else counts points.
 *
 * @example perOfQuery('sum(rate(http_requests_total[1m]))') // 'second'
 */
export function perOfQuery(text: string): Per {
  if (/\brate\s*\([^()]*(?:\([^()]*\))?[^()]*,\s*1\s*minute\s*\)/i.test(text)) return 'minute';
  if (!PER_SECOND.some((pattern) => pattern.test(text))) return 'point';
  return /\)\s*\*\s*60\b(?!\s*\*)|(?:^|[^\d.*]\s*)\b60\s*\*/.test(text) ? 'minute' : 'second';
}

const PER_SECOND = [
  /\bi?rate\s*\(/i,
  /\.as_rate\(\)/i,
  /\bper_?second\s*\(/i,
  /\bscaleToSeconds\s*\(.*,\s*1\s*\)/i,
  /\bnon_negative_derivative\s*\(.*,\s*1s\s*\)/i,
];

/** How many requests of a point are in one of its values. */
export function requestsInOne(per: Per, stepSeconds: number): number {
  if (per === 'point') return 1;
  return per === 'second' ? stepSeconds : stepSeconds / 60;
}
