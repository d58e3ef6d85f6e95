import { z } from 'zod';
import type { SettingSection } from '../../src/domain/setting-sections.ts';

// Fields of settings parsed as Kayenta's judge does, which ignores some errors and fails on others. For strict parsing
// use an ordinary zod field.

/** How a form shows a field. */
interface About {
  readonly title: string;
  readonly description: string;
  readonly section: SettingSection;
  /** not mentioned where it has its default */
  readonly rare?: true;
}

/** A word, and how it is read. */
interface AboutWord extends About {
  /** a word that is none of the known ones is refused, and not taken for the default */
  readonly strict: boolean;
}

/**
 * One of a few words, given with what each means, of which the first is the default. `null` is refused; anything else
 * that is none of them counts as the default, or is refused too.
 */
export function word<const Word extends string>(
  meanings: Readonly<Record<Word, string>>,
  { strict, ...about }: AboutWord,
) {
  const words = Object.keys(meanings) as [Word, ...Word[]];
  const isKnown = (value: unknown) => value === null || words.some((known) => known === value);
  return z
    .preprocess((value) => (strict || isKnown(value) ? value : words[0]), z.enum(words))
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

/** A number; `null` counts as 0. Whole numbers must fit 32 bits: nobody means a larger limit. */
export function limit(about: About) {
  const fits = z.number().refine((value) => !isLongInteger(value), 'write a whole number of at most 2147483647');
  return z
    .preprocess((value) => (value === null ? 0 : value), fits)
    .optional()
    .meta(metaOf(about));
}

function metaOf({ rare, section, ...texts }: About) {
  return { ...texts, 'x-section': section, ...(rare === undefined ? {} : { 'x-rare': rare }) };
}

/** Whether Kayenta's parser would read the number as a 64-bit integer. From 1e21 on JSON writes an exponent. */
function isLongInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e21 && value !== (value | 0);
}

/**
 * An object of fields. Anything but an object counts as an empty one; in a list, each field becomes the list of its
 * elements' values.
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
