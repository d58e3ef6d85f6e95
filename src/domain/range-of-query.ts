/**
 * The longest time that a query's text says each of its points is made from, in seconds; undefined when it names none.
 * Points nearer to each other than that share their data, and so look alike.
 *
 * Read are ranges and subqueries of PromQL and LogQL; moving and bucket functions of Graphite, InfluxQL, Flux, Datadog,
 * Wavefront, SignalFlow, MQL, Atlas, Dynatrace and SQL; TIMESERIES of NRQL; span and window of Splunk; intervals,
 * periods and moving windows in requests of Elasticsearch, CloudWatch, Azure Monitor and Cloud Monitoring.
 *
 * @param stepSeconds what a window of so many points is counted in
 * @example rangeOfQuery('rate(http_requests_total[15m])', 60) // 900
 */
export function rangeOfQuery(query: string, stepSeconds: number): number | undefined {
  const text = query.slice(0, LONGEST_TEXT);
  const found = [
    ...bracketed(text),
    ...phrases(text),
    ...calls(text).flatMap((call) => FUNCTIONS.flatMap(({ name, range }) => (name.test(call.name) ? range(call) : []))),
  ].flatMap((length) => secondsOf(length, stepSeconds) ?? []);
  return found.length === 0 ? undefined : Math.max(...found);
}

/** What says more is data rather than a question; looking through it would take its time. */
const LONGEST_TEXT = 8000;

/** `15m` and `15 minutes`; points: `{ points: 15 }`. */
type Length = string | { readonly points: number };

/** `x[15m]`, `x[1h:5m]`; what is quoted is a label's value. */
function bracketed(text: string): Length[] {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""');
  return [...bare.matchAll(/\[\s*((?:\d+[a-z]+)+)\s*(?::[^\]]*)?\]/gi)].map(([, length = '']) => length);
}

const TIME = String.raw`((?:\d+(?:\.\d+)?\s*[a-zµ]+)+)`;
/** Lengths of time in fixed words, before and after which anything may be. */
const TIMES: readonly RegExp[] = [
  // SignalFlow
  new RegExp(String.raw`\bover\s*=\s*['"]${TIME}['"]`, 'gi'),
  // InfluxQL
  new RegExp(String.raw`\bgroup\s+by\b[^;]*?\btime\(\s*${TIME}`, 'gi'),
  // Flux
  new RegExp(String.raw`\|>\s*(?:aggregateWindow|window|timedMovingAverage)\([^)]*?\bevery\s*:\s*${TIME}`, 'gi'),
  new RegExp(String.raw`\|>\s*(?:window|timedMovingAverage)\([^)]*?\bperiod\s*:\s*${TIME}`, 'gi'),
  // NRQL
  new RegExp(String.raw`\btimeseries\s+${TIME}`, 'gi'),
  // Splunk
  new RegExp(String.raw`\b(?:span|time_window)\s*=\s*${TIME}`, 'gi'),
  // Elasticsearch, Dynatrace
  new RegExp(String.raw`"(?:fixed_|calendar_)?interval"\s*:\s*"${TIME}"`, 'gi'),
  new RegExp(String.raw`\bmakeTimeseries\b[^|]*\binterval\s*:\s*${TIME}`, 'gi'),
  new RegExp(String.raw`\btimeseries\b[^|]*\binterval\s*:\s*${TIME}`, 'gi'),
  // MQL and Cloud Monitoring
  new RegExp(String.raw`\balign\s+\w+\s*\(\s*${TIME}\s*\)`, 'gi'),
  new RegExp(String.raw`\bsliding\s*\(\s*${TIME}\s*\)`, 'gi'),
  new RegExp(String.raw`\balignment_?period"?\s*[:=]\s*"?${TIME}`, 'gi'),
  // SQL
  new RegExp(String.raw`\binterval\s+'?${TIME}'?\s+preceding\b`, 'gi'),
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

function phrases(text: string): Length[] {
  const first = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, length = '']) => length);
  return [
    ...TIMES.flatMap(first),
    ...POINTS.flatMap(first).map((count) => ({ points: Number(count) })),
    // The row itself is one of them.
    ...first(/\brows\s+(?:between\s+)?(\d+)\s+preceding\b/gi).map((count) => ({ points: Number(count) + 1 })),
    ...first(/"period"\s*:\s*(\d+)/gi).map((count) => `${count}s`),
    ...first(/\binterval=(PT[0-9HMS]+)/gi),
  ];
}

interface Call {
  readonly name: string;
  readonly values: readonly string[];
}

interface Reader {
  readonly name: RegExp;
  readonly range: (call: Call) => Length[];
}

const FUNCTIONS: readonly Reader[] = [
  // Datadog counts in seconds
  { name: /^(?:rollup|moving_rollup)$/i, range: ({ values }) => seconds(values) },
  // Graphite: a length of time, or so many points; so InfluxQL
  { name: /^(?:moving(?!_rollup)\w*|exponentialMovingAverage)$/i, range: ({ values: [, length] }) => given(length) },
  { name: /^(?:summarize|smartSummarize|hitcount)$/i, range: ({ values: [, length] }) => time(length) },
  // Wavefront
  {
    name: /^(?:m(?:avg|median|sum|min|max|count|var|percentile)|align)$/i,
    range: ({ values: [length] }) => time(length),
  },
  // SQL
  { name: /^(?:time_bucket(?:_gapfill)?|date_bin)$/i, range: ({ values: [length] }) => time(length) },
  { name: /^toStartOfInterval$/i, range: ({ values: [, length] }) => time(length?.replace(/^\s*interval\s+/i, '')) },
];

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
