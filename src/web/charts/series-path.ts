import { line } from 'd3-shape';
import { PathText } from './path-text.ts';

/** A position on a drawing; the value of a gap is NaN. */
interface Place {
  readonly slot: number;
  readonly value: number;
}

/**
 * A series as SVG path data, one unit per slot; gaps stay open, and a point between two gaps becomes a dot.
 *
 * @param y maps a value to units from the top
 * @param columns the picture's maximum width in pixels
 */
export function seriesPath(values: readonly number[], y: (value: number) => number, columns: number): string {
  const text = new PathText();
  const draw = line<Place>()
    .defined(({ value }) => Number.isFinite(value))
    .x(({ slot }) => slot)
    .y(({ value }) => y(value));
  draw.context(text as never)(downsampled(values, columns));
  return text.toString();
}

/** Dots at the given slots. */
export function dotsPath(slots: readonly number[], values: readonly number[], y: (value: number) => number): string {
  const text = new PathText();
  for (const slot of slots) {
    text.moveTo(slot, y(values[slot] ?? 0));
    text.closePath();
  }
  return text.toString();
}

/**
 * At most four points per pixel column: its first, minimum, maximum and last value, so that the picture equals that of
 * all points. A gap of a whole column stays a gap. For pictures only, never for numbers.
 *
 * Source: U. Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014.
 */
function downsampled(values: readonly number[], columns: number): Place[] {
  if (values.length <= columns * 2) return values.map((value, slot) => ({ slot, value }));
  const size = values.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor(column * size);
    const places = values
      .slice(from, Math.floor((column + 1) * size))
      .map((value, index) => ({ slot: from + index, value }));
    const present = places.filter(({ value }) => Number.isFinite(value));
    const [first, last] = [present[0], present.at(-1)];
    if (first === undefined || last === undefined) return [{ slot: from, value: Number.NaN }];
    const least = present.reduce((one, other) => (other.value < one.value ? other : one));
    const greatest = present.reduce((one, other) => (other.value > one.value ? other : one));
    const kept = new Set([first, least, greatest, last]);
    return [...kept].toSorted((one, other) => one.slot - other.slot);
  }).flat();
}
