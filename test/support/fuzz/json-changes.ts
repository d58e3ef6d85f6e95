import fc from 'fast-check';
import { HOSTILE_VALUES, INHERITED_NAMES } from './hostile-values.ts';

/** One change at one place of a JSON value. */
interface JsonChange {
  /** the place, counted from the root, modulo their number */
  readonly at: number;
  readonly apply: (value: unknown) => unknown;
}

const REMOVED = Symbol('removed');
/** Only the first elements of a list are changed, so that series do not attract all changes. */
const LIST_HEAD = 3;
/** Repeated parts may contain repeated parts. */
const MOST_CHARACTERS = 1_000_000;

/** Values that differ from those of `bases` in one to three places. */
export function changedJson(bases: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(bases, fc.array(jsonChange, { minLength: 1, maxLength: 3 }))
    .map(([base, changes]) => changes.reduce(applyChange, base));
}

const place = fc.nat({ max: 999 });
const jsonChange: fc.Arbitrary<JsonChange> = fc.oneof(
  { weight: 3, arbitrary: change(fc.constant(REMOVED), (replacement) => () => replacement) },
  { weight: 6, arbitrary: change(fc.constantFrom(...HOSTILE_VALUES), (replacement) => () => replacement) },
  { weight: 2, arbitrary: change(fc.jsonValue(), (replacement) => () => replacement) },
  { weight: 1, arbitrary: change(fc.constant(1), (times) => (value) => nested(value, times)) },
  { weight: 1, arbitrary: change(fc.constantFrom(30, 59, 61, 500, 1500), (n) => (value) => nested(value, n)) },
  { weight: 1, arbitrary: change(fc.constantFrom(2, 3, 100, 2000), (times) => repeated(times)) },
  {
    weight: 2,
    arbitrary: change(fc.tuple(fc.constantFrom(...INHERITED_NAMES, '', 'id'), fc.jsonValue()), added),
  },
  { weight: 1, arbitrary: change(fc.constant(0), () => (value) => JSON.stringify(value)) },
);

function change<T>(arguments_: fc.Arbitrary<T>, toApply: (argument: T) => JsonChange['apply']) {
  return fc.tuple(place, arguments_).map(([at, argument]): JsonChange => ({ at, apply: toApply(argument) }));
}

function nested(value: unknown, times: number): unknown {
  let whole = value;
  for (let level = 0; level < times; level++) whole = level % 2 === 0 ? [whole] : { a: whole };
  return whole;
}

function repeated(times: number) {
  return (value: unknown) => {
    const elements = Array.isArray(value) && value.length > 0 ? value : [value];
    const most = Math.ceil(MOST_CHARACTERS / (JSON.stringify(elements[0])?.length ?? 1));
    return Array.from({ length: Math.min(times, most) }, (_, index) => elements[index % elements.length]);
  };
}

function added([key, extra]: [string, unknown]) {
  return (value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries([...Object.entries(value), [key, extra]])
      : { [key]: extra };
}

function applyChange(root: unknown, { at, apply }: JsonChange): unknown {
  const paths = [...pathsOf(root)];
  const changed = changeAt(root, paths[at % paths.length] ?? [], apply);
  return changed === REMOVED ? null : changed;
}

type Path = readonly (string | number)[];

function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  // Deeper places do not differ.
  if (typeof value !== 'object' || value === null || path.length > 12) return;
  if (Array.isArray(value)) {
    for (const [index, element] of value.slice(0, LIST_HEAD).entries()) yield* pathsOf(element, [...path, index]);
    return;
  }
  for (const [key, field] of Object.entries(value)) yield* pathsOf(field, [...path, key]);
}

function changeAt(value: unknown, [key, ...rest]: Path, apply: JsonChange['apply']): unknown {
  if (key === undefined) return apply(value);
  if (Array.isArray(value)) {
    return value.map((element, index) => (index === key ? changeAt(element, rest, apply) : element)).filter(isKept);
  }
  const fields = Object.entries(value as object).map(([name, field]): [string, unknown] => [
    name,
    name === key ? changeAt(field, rest, apply) : field,
  ]);
  // Also makes `__proto__` a field of its own.
  return Object.fromEntries(fields.filter(([, field]) => isKept(field)));
}

function isKept(value: unknown): boolean {
  return value !== REMOVED;
}
