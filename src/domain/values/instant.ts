import { z } from 'zod';

/** Four-digit years only: others could be written, but not parsed again. */
const FIRST_MILLIS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MILLIS = Date.parse('9999-12-31T23:59:59.999Z');
const ISO_8601 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)$/i;

/**
 * A moment, stored as Java's `Instant` prints it: UTC, no fraction when it is zero, else 3, 6 or 9 digits. Accepts `Z`
 * or a numeric offset and any fraction; a number is seconds since 1970.
 */
export const Instant = z
  .union([z.string(), z.number()])
  .transform((value, context) => readInstant(value) ?? refuse(value, context))
  .meta({
    id: 'Instant',
    description: 'ISO-8601 with `Z` or an offset; a number is read as seconds since 1970.',
    examples: ['2026-01-01T00:00:00Z'],
  });

/** An optional {@link Instant}; the empty string counts as absent. */
export const OptionalInstant = z
  .union([z.string(), z.number()])
  .transform((value, context) => (value === '' ? undefined : (readInstant(value) ?? refuse(value, context))))
  .meta({
    id: 'OptionalInstant',
    description: 'Like `Instant`; the empty string counts as absent.',
    examples: ['2026-01-01T00:00:00Z'],
  })
  .optional();

function readInstant(value: string | number): string | undefined {
  return typeof value === 'number' ? fromEpochSeconds(value) : fromText(value);
}

function refuse(value: string | number, context: z.RefinementCtx): never {
  const message = `'${value}' is not an instant; write ISO-8601 with a zone, such as 2026-01-01T00:00:00Z`;
  context.issues.push({ code: 'custom', message, input: value });
  return z.NEVER;
}

/** A moment whose year has four digits. */
export const EpochMillis = z.number().int().min(FIRST_MILLIS).max(LAST_MILLIS).describe('milliseconds since 1970');

/** Milliseconds since 1970, truncated. */
export function instantMillis(instant: string): number {
  return Date.parse(instant);
}

/** Whether a moment, in milliseconds since 1970, has a text that can be parsed again. */
export function hasInstant(epochMillis: number): boolean {
  return epochMillis >= FIRST_MILLIS && epochMillis <= LAST_MILLIS;
}

/** Formats a moment given in milliseconds since 1970. */
export function toInstant(epochMillis: number): string {
  return new Date(epochMillis).toISOString().replace('.000Z', 'Z');
}

function fromEpochSeconds(seconds: number): string | undefined {
  const millis = Math.trunc(seconds * 1000);
  return hasInstant(millis) ? toInstant(millis) : undefined;
}

function fromText(text: string): string | undefined {
  const [, date, minutes, seconds = '00', fraction = '', zone = 'Z'] = ISO_8601.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const millis = Date.parse(`${date}T${minutes}:${seconds}${offset}`);
  if (!hasInstant(millis) || !isCalendarDay(date)) return undefined;
  const utc = new Date(millis).toISOString().slice(0, 19);
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? `${utc}Z` : `${utc}.${digits.padEnd(Math.ceil(digits.length / 3) * 3, '0')}Z`;
}

/** `Date` rolls February 30 over to March; a client that sends it is wrong. */
function isCalendarDay(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}
