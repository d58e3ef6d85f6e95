import { toWireJson } from './wire-json.ts';

const EXCERPT_LENGTH = 60;

/** A value as JSON, for a message; cut after 60 characters. */
export function excerpt(value: unknown): string {
  const text = toWireJson(beginningOf(value));
  return text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH)}…` : text;
}

/** Only as much of a value as an excerpt shows: the value may be megabytes. */
function beginningOf(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.slice(0, EXCERPT_LENGTH);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 1) return '…';
  if (Array.isArray(value)) return value.slice(0, EXCERPT_LENGTH).map((element) => beginningOf(element, depth + 1));
  const fields = Object.entries(value).slice(0, EXCERPT_LENGTH);
  return Object.fromEntries(fields.map(([key, field]) => [key, beginningOf(field, depth + 1)]));
}
