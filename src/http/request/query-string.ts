import { z } from 'zod';

/**
 * Parses a query string as Kayenta does: an empty parameter counts as absent, a repeated one is a list, and lists may
 * be comma-separated.
 */
export function parseQueryString(text: string): Record<string, string> {
  const parameters = new URLSearchParams(text);
  const names = [...new Set(parameters.keys())];
  const entries = names.map((name): [string, string] => [
    name,
    parameters
      .getAll(name)
      .filter((value) => value !== '')
      .join(','),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** A parameter that may be repeated or comma-separated. */
export const ListParameter = z
  .string()
  .transform((text) => text.split(',').filter((part) => part !== ''))
  .optional();

/** A whole number. */
export function integerParameter(options: { default: number; min?: number; max: number }) {
  return z
    .string()
    .regex(/^-?\d{1,9}$/, 'write a whole number')
    .transform(Number)
    .pipe(z.number().max(options.max))
    .transform((value) => Math.max(value, options.min ?? value))
    .default(options.default);
}
