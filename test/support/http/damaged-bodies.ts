import fc from 'fast-check';
import { anyText } from '../any-text.ts';
import { HOSTILE_TEXTS } from '../fuzz/hostile-values.ts';

/** Ways to damage the body of an answer: changed bytes, replaced JSON values, or other content. */
export function damagedBodies(): fc.Arbitrary<(body: string) => string> {
  return fc.oneof(noise, { arbitrary: jsonChange, weight: 3 }, another);
}

const words = fc.oneof(anyText(), fc.constantFrom(...HOSTILE_TEXTS));

const noise = fc.tuple(fc.nat(), fc.nat({ max: 20 }), words).map(([from, length, text]) => (body: string) => {
  const cut = from % (body.length + 1);
  return body.slice(0, cut) + text + body.slice(cut + length);
});

const value = fc.oneof(
  fc.constantFrom(null, true, [], {}, '', 'NaN', '+Inf', '-Infinity', '1e999', -1, 1e300),
  fc.json().map((text) => JSON.parse(text) as unknown),
);

/** Works on the JSON parts of the body: all of it, or lines after `data: `. */
const jsonChange = fc.tuple(fc.nat(), value).map(([place, put]) => (body: string) => {
  const whole = replacedIn(body, place, put);
  if (whole !== undefined) return whole;
  const lines = body.split('\n');
  const line = place % lines.length;
  const [, before = '', json = ''] = /^(data: )?(.*)$/s.exec(lines[line] ?? '') ?? [];
  return lines.with(line, before + (replacedIn(json, place, put) ?? String(put))).join('\n');
});

const another = fc.oneof(
  words.map((text) => () => text),
  fc.json().map((text) => () => text),
  words.map((text) => () => `<!doctype html><title>${text}</title>`),
);

function replacedIn(text: string, place: number, put: unknown): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const places = countPlaces(json);
  let left = place % places;
  const replaced = (node: unknown): unknown => {
    if (left-- === 0) return put;
    if (Array.isArray(node)) return node.map(replaced);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, field]) => [key, replaced(field)]));
  };
  return JSON.stringify(replaced(json));
}

function countPlaces(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 1;
  return Object.values(node).reduce((sum: number, field) => sum + countPlaces(field), 1);
}
