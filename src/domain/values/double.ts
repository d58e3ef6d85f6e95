import { z } from 'zod';

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
    description: 'A number, or "NaN", "Infinity", "-Infinity" as a string. Numeric strings are accepted.',
  });

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
          message: `${JSON.stringify(values[index])?.slice(0, 40)} is not a number; write a JSON number or "NaN" for a gap`,
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
    description: 'One value per step. A gap is the string "NaN"; `null` is read as 0.',
    items: { type: ['number', 'string', 'null'] },
    examples: [[1, 'NaN', 3.5]],
  });

/** `null` counts as 0.0, which is how Kayenta reads it. */
function readSample(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value === null) return 0;
  return typeof value === 'string' ? readDouble(value) : undefined;
}

function readDouble(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const text = value.trim();
  if (Object.hasOwn(NON_FINITE, text)) return NON_FINITE[text as keyof typeof NON_FINITE];
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}
