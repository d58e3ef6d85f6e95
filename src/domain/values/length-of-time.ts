import { z } from 'zod';
import { shortDurationMillis } from './short-duration.ts';

interface LengthOfTime {
  readonly unit: 'seconds' | 'minutes';
  readonly min: number;
  readonly max: number;
  /** what 0 and the empty text mean; without it 0 is a length and the empty text is refused */
  readonly absent?: number;
}

const UNIT_MILLIS = { seconds: 1000, minutes: 60_000 };
const EXAMPLES = { seconds: '60, or a duration such as 60s or 1m', minutes: '30, or a duration such as 30m or 1h' };

/**
 * A whole number of seconds or minutes. Fractions are cut off, but never to 0, and numeric text is read, as Kayenta does;
 * so are durations (`60s`, `1m30s`), since many clients have nothing else. Those must be whole: who writes `1500ms` means
 * it.
 */
export function lengthOfTime({ unit, min, max, absent }: LengthOfTime) {
  const remedy = `write a whole number of ${unit}, such as ${EXAMPLES[unit]}`;
  const range = `must be between ${min} and ${max} ${unit}; ${remedy}`;
  return z.preprocess(
    (value) => {
      const read = typeof value === 'string' ? readText(value, UNIT_MILLIS[unit]) : value;
      return absent !== undefined && (read === 0 || read === '') ? absent : read;
    },
    z
      .number({ error: ({ code }) => (code === 'invalid_type' ? remedy : undefined) })
      .min(min, range)
      .max(max, range)
      .refine(
        (amount) => amount === 0 || Math.abs(amount) >= 1,
        `is less than one of the ${unit} it is cut to, so it would be 0; ${remedy}`,
      )
      .transform((amount) => Math.trunc(amount)),
  );
}

/** The text itself when it is not a length of time. */
function readText(text: string, unitMillis: number): number | string {
  const trimmed = text.trim();
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  const millis = shortDurationMillis(trimmed);
  return millis === undefined || millis % unitMillis !== 0 ? trimmed : millis / unitMillis;
}
