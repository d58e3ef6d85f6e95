import { z } from 'zod';

// Fields of settings that are read as Kayenta's judge reads them: it overlooks some of what is wrong and fails on the
// rest. What must be strict is an ordinary zod field.

/** How a form shows a field. */
interface About {
  readonly title: string;
  readonly description: string;
  /** shown only on demand */
  readonly rare?: true;
}

/**
 * One of a few words, given with what each means, of which the first is the default. `null` is refused; anything else
 * that is none of them counts as the default.
 */
export function word<const Word extends string>(meanings: Readonly<Record<Word, string>>, about: About) {
  const words = Object.keys(meanings) as [Word, ...Word[]];
  const isKnown = (value: unknown) => value === null || words.some((known) => known === value);
  return z
    .preprocess((value) => (isKnown(value) ? value : words[0]), z.enum(words))
    .prefault(words[0])
    .meta({ ...metaOf(about), 'x-meanings': meanings });
}

/** True or false; `null` counts as false. */
export function flag(about: About) {
  return z
    .preprocess((value) => value ?? false, z.boolean())
    .prefault(false)
    .meta(metaOf(about));
}

/** A number; `null` counts as 0. Whole numbers must fit 32 bits: a larger one is no limit anybody means. */
export function limit(about: About) {
  const fits = z.number().refine((value) => !isLongInteger(value), 'write a whole number of at most 2147483647');
  return z
    .preprocess((value) => (value === null ? 0 : value), fits)
    .optional()
    .meta(metaOf(about));
}

function metaOf({ rare, ...texts }: About) {
  return { ...texts, ...(rare === undefined ? {} : { 'x-rare': rare }) };
}

/** Whether Kayenta's reader would take the number for a 64-bit integer. From 1e21 on JSON has it with an exponent. */
function isLongInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e21 && value !== (value | 0);
}

/**
 * An object of fields. What is no object counts as an empty one; a list is searched element by element, so that each of
 * its fields is a list of values.
 */
export function fields<Shape extends z.ZodType>(shape: Shape) {
  return z.preprocess(asFields, shape);
}

function asFields(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return {};
  if (!Array.isArray(value)) return value;
  const entries = value.flatMap((element) => Object.entries(asFields(element) as object));
  const byName = Map.groupBy(entries, ([name]) => name);
  return Object.fromEntries([...byName].map(([name, found]) => [name, found.map(([, one]) => one)]));
}
