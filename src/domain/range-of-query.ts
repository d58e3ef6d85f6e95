/** The longest times that a query's text says a point is made from, in seconds; absent where it names none. */
export interface Ranges {
  /** of windows that move on by a step: neighbouring points share their data */
  readonly sliding?: number;
  /** of buckets side by side: where these are longer than a step, points are further apart, or repeated */
  readonly bucket?: number;
}

/** The longer of both: {@link rangesOfQuery}. */
export function rangeOfQuery(query: string, stepSeconds: number): number | undefined {
  const { sliding, bucket } = rangesOfQuery(query, stepSeconds);
  return sliding === undefined && bucket === undefined ? undefined : Math.max(sliding ?? 0, bucket ?? 0);
}

/**
 * Read are ranges and subqueries of PromQL and LogQL; moving and bucket functions of Graphite, InfluxQL, Flux, Datadog,
 * Wavefront, SignalFlow, MQL, Atlas, Dynatrace and SQL; TIMESERIES of NRQL; span and window of Splunk; intervals,
 * periods and moving windows in requests of Elasticsearch, CloudWatch, Azure Monitor and Cloud Monitoring.
 *
 * @param stepSeconds what a window of so many points is counted in
 * @example rangesOfQuery('rate(http_requests_total[15m])', 60) // { sliding: 900 }
 */
export function rangesOfQuery(query: string, stepSeconds: number): Ranges {
  const text = query.slice(0, LONGEST_TEXT);
  const found = [...bracketed(text), ...phrases(text), ...calls(text).flatMap(rangesOfCall)];
  const longest = (kind: Kind) => {
    const seconds = found.flatMap((range) => (range.kind === kind ? (secondsOf(range.length, stepSeconds) ?? []) : []));
    return seconds.length === 0 ? {} : { [kind]: Math.max(...seconds) };
  };
  return { ...longest('sliding'), ...longest('bucket') };
}

type Kind = 'sliding' | 'bucket';

interface Range {
  readonly kind: Kind;
  readonly length: Length;
}

/** What says more is data rather than a question; looking through it would take its time. */
const LONGEST_TEXT = 8000;

/** `15m` and `15 minutes`; points: `{ points: 15 }`. */
type Length = string | { readonly points: number };

/** `x[15m]`, `x[1h:5m]`; what is quoted is a label's value. */
function bracketed(text: string): Range[] {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""');
  return [...bare.matchAll(/\[\s*((?:\d+[a-z]+)+)\s*(?::[^\]]*)?\]/gi)].map(([, length = '']) => sliding(length));
}

function sliding(length: Length): Range {
  return { kind: 'sliding', length };
}

function bucket(length: Length): Range {
  return { kind: 'bucket', length };
}

const TIME = String.raw`((?:\d+(?:\.\d+)?\s*[a-zµ]+)+)`;
/** Lengths of time in fixed words, before and after which anything may be. */
const SLIDING: readonly RegExp[] = [
  // SignalFlow
  new RegExp(String.raw`\bover\s*=\s*['"]${TIME}['"]`, 'gi'),
  // Flux
  new RegExp(String.raw`\|>\s*(?:window|timedMovingAverage)\([^)]*?\bperiod\s*:\s*${TIME}`, 'gi'),
  // NRQL
  new RegExp(String.raw`\btimeseries\s+${TIME}\s+slide\s+by\b`, 'gi'),
  // Splunk
  new RegExp(String.raw`\btime_window\s*=\s*${TIME}`, 'gi'),
  // MQL
  new RegExp(String.raw`\balign\s+\w+\s*\(\s*${TIME}\s*\)`, 'gi'),
  new RegExp(String.raw`\bsliding\s*\(\s*${TIME}\s*\)`, 'gi'),
  // SQL
  new RegExp(String.raw`\binterval\s+'?${TIME}'?\s+preceding\b`, 'gi'),
];
const BUCKETS: readonly RegExp[] = [
  // InfluxQL
  new RegExp(String.raw`\bgroup\s+by\b[^;]*?\btime\(\s*${TIME}`, 'gi'),
  // Flux
  new RegExp(String.raw`\|>\s*(?:aggregateWindow|window|timedMovingAverage)\([^)]*?\bevery\s*:\s*${TIME}`, 'gi'),
  // NRQL
  new RegExp(String.raw`\btimeseries\s+${TIME}(?!\s*[a-z]*\s+slide\b)`, 'gi'),
  // Splunk
  new RegExp(String.raw`\bspan\s*=\s*${TIME}`, 'gi'),
  // Elasticsearch, Dynatrace
  new RegExp(String.raw`"(?:fixed_|calendar_)?interval"\s*:\s*"${TIME}"`, 'gi'),
  new RegExp(String.raw`\b(?:makeTimeseries|timeseries)\b[^|]*\binterval\s*:\s*${TIME}`, 'gi'),
  // Cloud Monitoring
  new RegExp(String.raw`\balignment_?period"?\s*[:=]\s*"?${TIME}`, 'gi'),
];
/** Windows of so many points. */
const POINTS: readonly RegExp[] = [
  /\bstreamstats\b[^|]*?\bwindow\s*=\s*(\d+)/gi,
  /\btrendline\b[^|]*?\b[swe]ma(\d+)\b/gi,
  /"moving_\w+"\s*:\s*\{[^{}]*"window"\s*:\s*(\d+)/gi,
  /,(\d+)(?:,\d+)?,:rolling-\w+/gi,
  /\b(?:ewma|median)_(\d+)\s*\(/gi,
  /\bmovingAverage\(\s*n\s*:\s*(\d+)/gi,
];

function phrases(text: string): Range[] {
  const first = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, length = '']) => length);
  return [
    ...SLIDING.flatMap(first).map(sliding),
    ...BUCKETS.flatMap(first).map(bucket),
    ...POINTS.flatMap(first).map((count) => sliding({ points: Number(count) })),
    // The row itself is one of them.
    ...first(/\brows\s+(?:between\s+)?(\d+)\s+preceding\b/gi).map((count) => sliding({ points: Number(count) + 1 })),
    ...first(/"period"\s*:\s*(\d+)/gi).map((count) => bucket(`${count}s`)),
    ...first(/\binterval=(PT[0-9HMS]+)/gi).map(bucket),
  ];
}

interface Call {
  readonly name: string;
  readonly values: readonly string[];
}

interface Reader {
  readonly name: RegExp;
  readonly kind: Kind;
  readonly lengths: (values: readonly string[]) => Length[];
}

const FUNCTIONS: readonly Reader[] = [
  // Datadog counts in seconds; Dynatrace names a time
  { name: /^rollup$/i, kind: 'bucket', lengths: seconds },
  { name: /^moving_rollup$/i, kind: 'sliding', lengths: seconds },
  // Graphite: a length of time, or so many points; so InfluxQL
  {
    name: /^(?:moving(?!_rollup)\w*|exponentialMovingAverage)$/i,
    kind: 'sliding',
    lengths: ([, length]) => given(length),
  },
  { name: /^(?:summarize|smartSummarize|hitcount)$/i, kind: 'bucket', lengths: ([, length]) => time(length) },
  // Wavefront
  { name: /^m(?:avg|median|sum|min|max|count|var|percentile)$/i, kind: 'sliding', lengths: ([length]) => time(length) },
  { name: /^align$/i, kind: 'bucket', lengths: ([length]) => time(length) },
  // SQL
  { name: /^(?:time_bucket(?:_gapfill)?|date_bin)$/i, kind: 'bucket', lengths: ([length]) => time(length) },
  { name: /^toStartOfInterval$/i, kind: 'bucket', lengths: ([, length]) => time(length) },
];

function rangesOfCall(call: Call): Range[] {
  return FUNCTIONS.filter(({ name }) => name.test(call.name)).flatMap(({ kind, lengths }) =>
    lengths(call.values).map((length) => ({ kind, length })),
  );
}

function time(text: string | undefined): Length[] {
  const length = unquoted(text?.replace(/^\s*interval\s+/i, ''));
  return /^(?:\d+(?:\.\d+)?\s*[a-z]+)+$/i.test(length) ? [length] : [];
}

function given(text: string | undefined): Length[] {
  const length = unquoted(text);
  return /^\d+$/.test(length) ? [{ points: Number(length) }] : time(length);
}

/** `rollup(avg, 900)`, `rollup(900)`; Dynatrace writes `rollup(avg,15m)`. */
function seconds(values: readonly string[]): Length[] {
  return values.slice(0, 2).flatMap((value) => (/^\d+$/.test(value.trim()) ? [`${value.trim()}s`] : time(value)));
}

function unquoted(text = ''): string {
  return text
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
    .trim();
}

/** More nesting than any query has; what is deeper is not looked into. */
const DEEPEST = 100;

/** Every call in a text with its arguments, nested ones too; what is quoted is one value. */
function calls(text: string): Call[] {
  const found: Call[] = [];
  const open: { name: string; from: number; values: string[] }[] = [];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:[A-Za-z_]\w*)?\(|[),]/g)) {
    const call = open.at(-1);
    const end = index + token.length;
    if (token.endsWith('(') && open.length < DEEPEST) open.push({ name: token.slice(0, -1), from: end, values: [] });
    if (call === undefined || (token !== ')' && token !== ',')) continue;
    call.values.push(text.slice(call.from, index));
    call.from = end;
    if (token === ')') found.push(open.pop() as Call);
  }
  return found;
}

const SECONDS: readonly (readonly [RegExp, number])[] = [
  [/^ms$/, 0.001],
  [/^s(ec(onds?|s)?)?$/, 1],
  [/^m(in(utes?|s)?)?$/, 60],
  [/^h(ours?|rs?)?$/, 3600],
  [/^d(ays?)?$/, 86_400],
  [/^w(eeks?)?$/, 604_800],
  [/^y(ears?)?$/, 31_536_000],
];

/** `1h30m` and `PT1H30M` are 5400; undefined for a unit nobody knows. */
function secondsOf(length: Length, stepSeconds: number): number | undefined {
  if (typeof length !== 'string') return length.points * stepSeconds;
  let total = 0;
  for (const [, count = '', word = ''] of length
    .toLowerCase()
    .replace(/^pt/, '')
    .matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]+)/g)) {
    // VictoriaMetrics counts in steps, too.
    const unit = word === 'i' ? stepSeconds : SECONDS.find(([name]) => name.test(word))?.[1];
    if (unit === undefined) return undefined;
    total += Number(count) * unit;
  }
  return total;
}
