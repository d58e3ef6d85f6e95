const UNIT_MILLIS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const DURATION = /^(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/;
const NUMBER = /^[+-]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?$/i;

/** Milliseconds of a duration such as `1h30m`, or of a number of seconds; undefined when it is neither. */
export function readDuration(text: string): number | undefined {
  if (text !== '' && DURATION.test(text)) {
    const parts = text.matchAll(/(\d+)(ms|[smhdwy])/g);
    return [...parts].reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNIT_MILLIS[unit] ?? 0), 0);
  }
  const seconds = readNumber(text);
  return seconds === undefined || !Number.isFinite(seconds) ? undefined : Math.round(seconds * 1000);
}

/** A number as PromQL and Go write it: `1e3`, `1_000`, `0x1f`, `Inf`, `NaN`; a duration is a number of seconds. */
export function readNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text.replaceAll('_', ''));
  const sign = text.startsWith('-') ? -1 : 1;
  const word = text.replace(/^[+-]/, '').toLowerCase();
  if (word === 'inf') return sign * Number.POSITIVE_INFINITY;
  if (word === 'nan') return Number.NaN;
  if (/^0x[\da-f]+$/.test(word)) return sign * Number(word);
  if (word !== '' && DURATION.test(word)) return (sign * (readDuration(word) ?? 0)) / 1000;
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/gs;

/**
 * The text of a string in quotes, with the escapes of Go, as in
 * https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals; undefined when it has another escape.
 */
export function readString(quoted: string): string | undefined {
  const inside = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inside;
  let known = true;
  const text = inside.replaceAll(ESCAPE, (_all, hex, four, eight, octal, letter) => {
    const code = hex ?? four ?? eight;
    const point = code === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(code, 16);
    if (point <= 0x10ffff) return String.fromCodePoint(point);
    const character = ESCAPES[letter ?? ''];
    if (character === undefined) known = false;
    return character ?? '';
  });
  return known ? text : undefined;
}
