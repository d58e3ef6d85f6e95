import { z } from 'zod';
import { shortDurationMillis } from './short-duration.ts';

/** Four-digit years only: others could be written, but not parsed again. */
const FIRST_MILLIS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MILLIS = Date.parse('9999-12-31T23:59:59.999Z');
const ISO_8601 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)$/i;

/** Below this a number is no time of a canary in milliseconds (it is before March 1973), but one in seconds. */
const FIRST_PLAUSIBLE_MILLIS = 1e11;
/** Numbers below this are as little a time in seconds: tests count from 0. */
const FIRST_PLAUSIBLE_SECONDS = 1e8;

const ISO_OR_RELATIVE = 'write ISO-8601 with a zone, such as 2026-01-01T00:00:00Z, or a relative one, such as now-30m';
/** For what is no text and no number, such as Java's `[2026, 1, 1]`. */
const NO_INSTANT = { error: `is not an instant; ${ISO_OR_RELATIVE}` };

/**
 * A moment, kept as Java's `Instant` prints it: UTC, the fraction left out when zero, else 3, 6 or 9 digits.
 * Read with `Z` or a numeric offset and any fraction length; a number, or a text of digits, is milliseconds since
 * 1970, as Kayenta reads it; `now` and `now-30m` are relative to the moment at which they are read.
 */
export const Instant = z
  .union([z.string(), z.number()], NO_INSTANT)
  .transform((value, context) => readInstant(value) ?? refuse(value, context))
  .meta({
    id: 'Instant',
    description: 'ISO-8601 with `Z` or an offset, milliseconds since 1970, or relative: `now`, `now-30m`.',
    examples: ['2026-01-01T00:00:00Z'],
  });

/** An optional {@link Instant}; the empty string counts as absent. */
export const OptionalInstant = z
  .union([z.string(), z.number()], NO_INSTANT)
  .transform((value, context) => (value === '' ? undefined : (readInstant(value) ?? refuse(value, context))))
  .meta({
    id: 'OptionalInstant',
    description: 'Like `Instant`; the empty string counts as absent.',
    examples: ['2026-01-01T00:00:00Z'],
  })
  .optional();

function readInstant(value: string | number): string | undefined {
  if (typeof value === 'number') return fromEpochMillis(value);
  const text = value.trim();
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return fromEpochMillis(Number(text));
  return fromRelative(text) ?? isoInstant(text);
}

function refuse(value: string | number, context: z.RefinementCtx): never {
  context.issues.push({ code: 'custom', message: `'${value}' ${remedyFor(Number(value))}`, input: value });
  return z.NEVER;
}

function remedyFor(number: number): string {
  if (looksLikeSeconds(number)) {
    return `looks like seconds since 1970; write milliseconds (${Math.trunc(number * 1000)}) or ${toInstant(number * 1000)}`;
  }
  if (number > LAST_MILLIS) return 'is beyond the year 9999; write milliseconds since 1970, not micro- or nanoseconds';
  return `is not an instant; ${ISO_OR_RELATIVE}`;
}

function looksLikeSeconds(number: number): boolean {
  return Math.abs(number) >= FIRST_PLAUSIBLE_SECONDS && Math.abs(number) < FIRST_PLAUSIBLE_MILLIS;
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

function fromEpochMillis(number: number): string | undefined {
  const millis = Math.trunc(number);
  return hasInstant(millis) && !looksLikeSeconds(millis) ? toInstant(millis) : undefined;
}

/** `now`, `now-30m`, `now+1h30m`. */
function fromRelative(text: string): string | undefined {
  const [, sign, length = ''] = /^now(?:\s*([+-])\s*(\w+))?$/i.exec(text) ?? ['', 'none'];
  if (sign === 'none') return undefined;
  const distance = sign === undefined ? 0 : shortDurationMillis(length);
  if (distance === undefined) return undefined;
  const millis = thisMoment() + (sign === '-' ? -distance : distance);
  return hasInstant(millis) ? toInstant(millis) : undefined;
}

let moment: number | undefined;

/** The same whole second for all that is read in one go, so that `now` is the same end on both sides of a scope. */
function thisMoment(): number {
  if (moment === undefined) {
    moment = Math.floor(Date.now() / 1000) * 1000;
    queueMicrotask(() => {
      moment = undefined;
    });
  }
  return moment;
}

/** A moment in ISO-8601 with a zone, as {@link Instant} keeps it; undefined for any other text. */
export function isoInstant(text: string): string | undefined {
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
