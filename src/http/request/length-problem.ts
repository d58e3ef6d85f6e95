import type { z } from 'zod';

type Path = (string | number)[];

/**
 * What is wrong where zod throws instead of saying it: it compares the `length` of whatever has one, also of an object
 * with a field of that name, and such a field may be no number, nor become one.
 *
 * @returns undefined when there is no such field, so that the error was another one
 */
export function lengthProblem(data: unknown): z.core.$ZodIssue | undefined {
  const path = pathOfLength(data, []);
  if (path === undefined) return undefined;
  const message = 'an object with a field "length" is in the place of a text or a list; leave that field out';
  return { code: 'custom', path, message, input: data };
}

function pathOfLength(value: unknown, path: Path): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value) && Object.hasOwn(value, 'length') && typeof Reflect.get(value, 'length') === 'object')
    return path;
  for (const [key, child] of Object.entries(value)) {
    const found = pathOfLength(child, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
