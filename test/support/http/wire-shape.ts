/**
 * What a client decodes an answer into, as JSON:
 *
 * - a word of {@link LEAVES}, or `#name` for one of the client's own shapes
 * - `[shape]`: a list; `{ "$some": shape }`: a list that is not empty
 * - `{ "$map": shape }`: an object of any keys
 * - `{ "$in": [value, …] }`: one of these
 * - `{ "field": shape, "field?": shape }`: an object; fields that are not named are ignored, as clients do
 */
export type Shape = string | readonly [Shape] | { readonly [field: string]: Shape | readonly unknown[] };
export type Shapes = Readonly<Record<string, Shape>>;

/** Problems that keep a client from decoding a text, one line each, with the path. Any `null` is one. */
export function decodingProblems(text: string, shape: Shape, shapes: Shapes = {}): string[] {
  const nulls: string[] = [];
  const revive = (key: string, value: unknown, context?: { source?: string }) => {
    if (value === null) nulls.push(`${key}: null`);
    return typeof value === 'number' ? new WrittenNumber(context?.source ?? '') : value;
  };
  return [...check(JSON.parse(text, revive), shape, { path: '', shapes }), ...nulls];
}

/** A number as written in the text: strict clients depend on its notation. */
class WrittenNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

const isWritten = (value: unknown, pattern: RegExp) => value instanceof WrittenNumber && pattern.test(value.source);
const isText = (value: unknown, pattern: RegExp) => typeof value === 'string' && pattern.test(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber);

const LEAVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  /** not empty */
  text: (value) => isText(value, /./s),
  boolean: (value) => typeof value === 'boolean',
  number: (value) => value instanceof WrittenNumber,
  /** without fraction and exponent: what Go reads into an int, Java into a long */
  integer: (value) => isWritten(value, /^-?\d{1,18}$/),
  /** may have a fraction, which is cut off, but must fit 32 bits */
  int32: (value) => value instanceof WrittenNumber && Math.abs(Number(value.source)) < 2 ** 31,
  /** a number, or the text of one JSON does not have */
  double: (value) => value instanceof WrittenNumber || isText(value, /^(NaN|-?Infinity)$/),
  /** as Java prints it: UTC; no fraction, or 3, 6 or 9 digits */
  instant: (value) => isText(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d{3}){1,3})?Z$/),
  duration: (value) => isText(value, /^PT(?=.)(-?\d+H)?(-?\d+M)?(-?\d+(\.\d+)?S)?$/),
  object: isObject,
  any: () => true,
};

interface Place {
  readonly path: string;
  readonly shapes: Shapes;
}

function check(value: unknown, shape: Shape, place: Place): string[] {
  if (value === undefined) return [`${place.path} is missing`];
  if (typeof shape === 'string') return checkWord(value, shape, place);
  if (Array.isArray(shape)) return checkList(value, shape[0], place);
  const { $some, $map, $in, ...fields } = shape as Readonly<Record<string, Shape>>;
  if (Array.isArray($in)) return $in.includes(value as Shape) ? [] : [wrong(value, `one of ${$in}`, place)];
  if ($some !== undefined)
    return Array.isArray(value) && value.length === 0
      ? [wrong(value, 'filled', place)]
      : checkList(value, $some, place);
  if (!isObject(value)) return [wrong(value, 'an object', place)];
  if ($map !== undefined) return Object.entries(value).flatMap(([key, child]) => check(child, $map, at(place, key)));
  return Object.entries(fields).flatMap(([name, child]) => {
    const key = name.replace(/\?$/, '');
    return key === name || key in value ? check(value[key], child, at(place, key)) : [];
  });
}

function checkWord(value: unknown, word: string, place: Place): string[] {
  if (word.startsWith('#')) return check(value, namedShape(word, place), place);
  const leaf = LEAVES[word];
  if (leaf === undefined) throw new Error(`'${word}' is not a shape; known: ${Object.keys(LEAVES).join(', ')}`);
  return leaf(value) ? [] : [wrong(value, word, place)];
}

function namedShape(word: string, { shapes }: Place): Shape {
  const named = shapes[word.slice(1)];
  if (named === undefined) throw new Error(`there is no shape ${word}; there are: ${Object.keys(shapes).join(', ')}`);
  return named;
}

function checkList(value: unknown, element: Shape, place: Place): string[] {
  if (!Array.isArray(value)) return [wrong(value, 'a list', place)];
  return value.flatMap((child, index) => check(child, element, at(place, String(index))));
}

function at(place: Place, key: string): Place {
  return { ...place, path: `${place.path}/${key}` };
}

function wrong(value: unknown, wanted: string, { path }: Place): string {
  const found = value instanceof WrittenNumber ? value.source : `${JSON.stringify(value)}`.slice(0, 60);
  return `${path}: ${found} is not ${wanted}`;
}
