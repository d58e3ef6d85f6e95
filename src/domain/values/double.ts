import { z } from 'zod';
import { excerpt } from './excerpt.ts';

/** As JSON Schema. The empty text is no number. */
const NUMBER = { type: 'number' as const };
const NUMBER_TEXT = '[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?';
const AS_WRITTEN = {
  type: undefined,
  anyOf: [NUMBER, { type: 'string' as const, pattern: `^(${NUMBER_TEXT}|NaN|-?Infinity)$` }],
};
const AS_WRITTEN_FINITE = {
  type: undefined,
  anyOf: [NUMBER, { type: 'string' as const, pattern: `^${NUMBER_TEXT}$` }],
};

const NON_FINITE = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY };

/**
 * A double on the wire: a JSON number, or one of the strings `"NaN"`, `"Infinity"`, `"-Infinity"`, which JSON lacks.
 * Numeric strings (`"2.5"`) are accepted, as in Kayenta.
 */
export const Double = z
  .union([z.number(), z.string()])
  .transform((value, context) => {
    const number = readDouble(value);
    if (number !== undefined) return number;
    context.issues.push({
      code: 'custom',
      message: `'${value}' is not a number; write a JSON number, "NaN", "Infinity" or "-Infinity"`,
      input: value,
    });
    return z.NEVER;
  })
  .meta({
    id: 'Double',
    ...AS_WRITTEN,
    description: 'A number, or "NaN", "Infinity", "-Infinity" as a string. Numeric strings are accepted.',
  });

/** Larger weights and thresholds mean nothing, and sums of them would not stay numbers. */
const LARGEST_WEIGHT = 1e9;

/** A weight or a threshold. Numeric strings (`"2.5"`) are accepted, as in Kayenta; NaN and infinities are not. */
export const FiniteDouble = finite(LARGEST_WEIGHT, 'is not a number from -1e9 to 1e9; write one, such as 75').meta({
  id: 'FiniteDouble',
  ...AS_WRITTEN_FINITE,
  description: 'A number from -1e9 to 1e9. Numeric strings are accepted; NaN and infinities are not.',
});

/** A score. One that is no number would be neither above nor below a threshold. */
export const ScoreDouble = finite(Number.MAX_VALUE, 'is no score; write a number').meta({
  id: 'ScoreDouble',
  ...AS_WRITTEN_FINITE,
  description: 'A number. Numeric strings are accepted; NaN and infinities are not.',
});

function finite(largest: number, remedy: string) {
  const missing = `is missing;${remedy.slice(remedy.indexOf(';') + 1)}`;
  const anything = z.union([z.number(), z.string()], {
    error: ({ input }) => (input === undefined ? missing : `${quoted(input)} ${remedy}`),
  });
  return anything.transform((value, context) => {
    const number = readDouble(value);
    if (number !== undefined && Math.abs(number) <= largest) return number;
    context.issues.push({ code: 'custom', message: `${quoted(value)} ${remedy}`, input: value });
    return z.NEVER;
  });
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : excerpt(value);
}

/**
 * The values of a series, one per step; a gap is `"NaN"`.
 *
 * Validated in one pass over the array instead of one schema per element: series have thousands.
 */
export const Doubles = z
  .array(z.unknown())
  .transform((values, context): number[] => {
    const numbers = new Array<number>(values.length);
    for (let index = 0; index < values.length; index++) {
      const number = readSample(values[index]);
      if (number === undefined) {
        context.issues.push({
          code: 'custom',
          path: [index],
          message: `${JSON.stringify(values[index])?.slice(0, 40)} is not a number; write a JSON number, "Infinity", or "NaN" for a gap`,
          input: values[index],
        });
        return z.NEVER;
      }
      numbers[index] = number;
    }
    return numbers;
  })
  .meta({
    id: 'Doubles',
    description: 'One value per step. A gap is the string "NaN", or `null`.',
    items: { type: ['number', 'string', 'null'] },
    examples: [[1, 'NaN', 3.5]],
  });

/** `null` is a gap: nobody measured 0. Only for Kayenta's judge it is 0, see `nullsAsZeros`. */
function readSample(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value === null) return Number.NaN;
  return typeof value === 'string' ? readDouble(value) : undefined;
}

function readDouble(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const text = value.trim();
  if (Object.hasOwn(NON_FINITE, text)) return NON_FINITE[text as keyof typeof NON_FINITE];
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}
