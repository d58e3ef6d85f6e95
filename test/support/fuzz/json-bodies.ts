import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** A request body and the headers that say what it is. */
export interface FuzzBody {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
/** The service's limit. */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

/** A value as an honest client sends it. */
export function plainBody(value: unknown): FuzzBody {
  return { bytes: Buffer.from(JSON.stringify(value) ?? ''), headers: JSON_TYPE };
}

/** Text that is no longer JSON, or JSON in another encoding or under another content type. */
export function brokenBody(values: fc.Arbitrary<unknown>): fc.Arbitrary<FuzzBody> {
  const texts = values.map((value) => JSON.stringify(value) ?? '');
  return fc.oneof(
    fc.tuple(texts, fc.constantFrom(...ENCODINGS)).map(([text, encode]) => encode(text)),
    fc.tuple(texts, fc.constantFrom(...SPOILERS)).map(([text, spoil]) => jsonBody(Buffer.from(spoil(text)))),
    fc.tuple(texts, fc.nat()).map(([text, at]) => jsonBody(Buffer.from(text).subarray(0, at % (text.length + 1)))),
    fc.tuple(texts, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 })).map(splice),
    fc.tuple(texts, fc.constantFrom(...CONTENT_TYPES)).map(([text, type]) => ({
      bytes: Buffer.from(text),
      headers: type === undefined ? {} : { 'content-type': type },
    })),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => jsonBody(Buffer.from(bytes))),
    fc.json().map((text) => jsonBody(Buffer.from(text))),
  );
}

function jsonBody(bytes: Buffer): FuzzBody {
  return { bytes, headers: JSON_TYPE };
}

function splice([text, at, bytes]: [string, number, Uint8Array]): FuzzBody {
  const whole = Buffer.from(text);
  const cut = at % (whole.length + 1);
  return jsonBody(Buffer.concat([whole.subarray(0, cut), bytes, whole.subarray(cut)]));
}

const ENCODINGS: readonly ((text: string) => FuzzBody)[] = [
  (text) => jsonBody(Buffer.from(text, 'utf16le')),
  (text) => jsonBody(Buffer.from(`\ufeff${text}`, 'utf16le').swap16()),
  (text) => jsonBody(Buffer.from(`\ufeff${text}`)),
  (text) => jsonBody(Buffer.from(text.replace('"', '"\u00e9'), 'latin1')),
  (text) => jsonBody(gzipSync(text)),
  (text) => ({ bytes: gzipSync(text), headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }),
  (text) => ({ bytes: Buffer.from(text), headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }),
  (text) => ({ bytes: Buffer.from(text, 'utf16le'), headers: { 'content-type': 'application/json; charset=utf-16' } }),
  // A lone surrogate in UTF-8, and an overlong slash.
  (text) => jsonBody(Buffer.from(text.replace('"', '"\u00ed\u00a0\u0080'), 'latin1')),
  (text) => jsonBody(Buffer.from(text.replace('"', '"\u00c0\u00af'), 'latin1')),
];

const SPOILERS: readonly ((text: string) => string)[] = [
  (text) => text.replace('{', '{"name":1,"name":"twice","__proto__":{"polluted":true},'),
  (text) => text.replace(/\d+(\.\d+)?/, '1e400'),
  (text) => text.replace(/\d+(\.\d+)?/, '-0'),
  (text) => text.replace(/\d+(\.\d+)?/, 'NaN'),
  (text) => text.replace(/\d+(\.\d+)?/, '+Infinity'),
  (text) => text.replace(/\d+/, '0777'),
  (text) => text.replaceAll('"', "'"),
  (text) => text.replace(/"(\w)/, '"\\u0000$1'),
  (text) => text.replace(/"(\w)/, '"\\ud800$1'),
  (text) => text.replace(/"(\w)/, '"\n$1'),
  (text) => text.replace(/}$/, ',}'),
  (text) => text.replace(/]/, ',]'),
  (text) => `${text}${text}`,
  (text) => `/* comment */${text}`,
  (text) => `${'['.repeat(100_000)}${text}`,
  () => `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  (text) => `"${text.replaceAll('"', '\\"')}"`,
];

const CONTENT_TYPES = [
  undefined,
  'application/json; charset=utf-8',
  'application/json; charset=latin1',
  'application/json;',
  'application/json; x="',
  'application/json, text/plain',
  'application/vnd.haldane+json',
  'APPLICATION/JSON',
  'application/jsonp',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/json',
  'json',
  '/',
  ' ',
  `application/json; x=${'y'.repeat(8000)}`,
];

/** Bodies of about the service's limit, grown from an example. */
export function giantBodies(example: unknown): FuzzBody[] {
  return GIANTS.map((grow) => jsonBody(Buffer.from(grow(example))));
}

/** As large, and invalid for every operation. */
export function giantNonsense(): FuzzBody[] {
  const texts = [
    '['.repeat(BODY_LIMIT_BYTES - 1),
    `"${'\\ud800'.repeat(1_000_000)}"`,
    '9'.repeat(BODY_LIMIT_BYTES - 1),
    ' '.repeat(BODY_LIMIT_BYTES + 1),
  ];
  return texts.map((text) => jsonBody(Buffer.from(text)));
}

const numbers = (count: number) => `[${'1,'.repeat(count)}1]`;
const ownText = (example: unknown) => JSON.stringify(example) ?? '{}';

const GIANTS: readonly ((example: unknown) => string)[] = [
  (example) => JSON.stringify(grownStrings(example, 'x'.repeat(BODY_LIMIT_BYTES - 200_000))),
  (example) => JSON.stringify(grownStrings(example, '\u0000'.repeat(BODY_LIMIT_BYTES / 7))),
  (example) => ownText(example).replace(/\[[^[\]{}]*\]/, numbers(BODY_LIMIT_BYTES / 2 - 500_000)),
  (example) => ownText(example).replaceAll(/\[[-\d.,"NaN]+\]/g, numbers(100_000)),
  (example) => repeatedElements(ownText(example), 100_000),
  (example) => ownText(example).replace('{', `{${manyKeys(200_000)}`),
  (example) => ownText(example).replace(/:\s*\{/, `:{${manyKeys(100_000)}`),
  (example) => `${ownText(example)}${' '.repeat(BODY_LIMIT_BYTES - 1_000_000)}`,
  () => `[${'{},'.repeat(1_000_000)}{}]`,
  (example) => emptyElements(ownText(example), 1_000_000),
];

/** The first text of the example grows. */
function grownStrings(example: unknown, text: string): unknown {
  let grown = false;
  return JSON.parse(JSON.stringify(example ?? {}), (_, value) => {
    if (grown || typeof value !== 'string') return value;
    grown = true;
    return text;
  });
}

/** Repeats the elements of the first list of objects as often as fits. */
function repeatedElements(text: string, times: number): string {
  const [element = '{}'] = /\{[^{}]*\}/.exec(/\[\s*\{.*/s.exec(text)?.[0] ?? '') ?? [];
  const count = Math.min(times, Math.floor((BODY_LIMIT_BYTES - text.length - 10) / (element.length + 1)));
  return text.replace(/\[\s*\{/, `[${`${element},`.repeat(count)}{`);
}

/** Replaces the first list of objects by empty objects. */
function emptyElements(text: string, count: number): string {
  return text.replace(/\[\s*\{/, `[${'{},'.repeat(count)}{`);
}

function manyKeys(count: number): string {
  return Array.from({ length: count }, (_, index) => `"k${index}":"v",`).join('');
}
