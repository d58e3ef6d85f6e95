import type { CanaryScope } from '../../../src/domain/canary-scope.ts';
import type { SeriesShape } from '../../../src/domain/series-shape.ts';
import { instantMillis } from '../../../src/domain/values/instant.ts';
import { CanaryError } from '../../../src/errors.ts';

/**
 * The slots of a scope: slot i covers `[start + i * step, start + (i + 1) * step)`, in milliseconds. The last slot may
 * reach beyond `end`.
 */
export interface Grid {
  readonly startMillis: number;
  readonly endMillis: number;
  readonly stepMillis: number;
  /** number of slots */
  readonly size: number;
}

/** A point as the store returned it; the value may be a number, a numeric text, or nothing. */
export type RawPoint = readonly [epochMillis: number, value: unknown];

/** The points of a series, in any order. */
export type RawPoints = Iterable<RawPoint> & { readonly length: number };

/**
 * What a store's timestamps label: the start or end of a bucket, or the requested instant. Starts and ends may be off
 * by a millisecond.
 */
export type PointLabel = 'start' | 'end' | 'instant';

/** How several points of a slot are combined; NaN is a gap and is ignored. */
export type Combine = 'mean' | 'sum' | 'max' | 'min' | 'first' | 'last';

const MAX_SLOTS = 1_000_000;
const TOLERANCE_MILLIS = 1;

/**
 * The grid of a scope. In a closed window one more slot begins at the end, where a step ends there too.
 *
 * @throws CanaryError METRICS_QUERY_INVALID when start, end or step is missing, or the number of slots is zero or too
 *   large
 */
export function gridOf({ start, end, step }: CanaryScope, window: SeriesShape['window'] = 'halfOpen'): Grid {
  if (start === undefined) throw invalid('Start time is required.');
  if (end === undefined) throw invalid('End time is required.');
  if (step === undefined || step <= 0) {
    throw invalid(`scope.step is ${step ?? 'missing'}; give a whole number of seconds above 0, such as 60.`);
  }
  const [startMillis, endMillis, stepMillis] = [instantMillis(start), instantMillis(end), step * 1000];
  if (endMillis <= startMillis) {
    throw invalid(`scope.end (${end}) must be later than scope.start (${start}).`);
  }
  const steps = (endMillis - startMillis) / stepMillis;
  const size = window === 'closed' ? Math.floor(steps) + 1 : Math.ceil(steps);
  if (size > MAX_SLOTS) {
    throw invalid(
      `scope.step of ${step} s cuts the window from ${start} to ${end} into ${size} points, more than ${MAX_SLOTS}; ` +
        'use a longer step or a shorter window.',
    );
  }
  return { startMillis, endMillis, stepMillis, size };
}

/** A provider's `checkScope` when all it needs is a grid. @throws CanaryError METRICS_QUERY_INVALID */
export function checkGrid({ scope }: { readonly scope: CanaryScope }): void {
  gridOf(scope);
}

/** A stretch of a grid that fits one question; `[startMillis, endMillis)`. */
export interface Part {
  readonly startMillis: number;
  readonly endMillis: number;
  readonly stepMillis: number;
  /** number of slots */
  readonly size: number;
}

/** Splits the grid into chunks of at most so many slots. */
export function partsOf({ startMillis, endMillis, stepMillis, size }: Grid, mostSlots: number): Part[] {
  return Array.from({ length: Math.ceil(size / mostSlots) }, (_, index) => {
    const start = startMillis + index * mostSlots * stepMillis;
    return {
      startMillis: start,
      endMillis: Math.min(start + mostSlots * stepMillis, endMillis),
      stepMillis,
      size: Math.min(mostSlots, size - index * mostSlots),
    };
  });
}

/**
 * The same window in a coarser store's longer steps; the grid itself when the steps are not longer. Values are never
 * repeated to fill slots; the engine queries the other side with the same step.
 */
export function coarserGrid(grid: Grid, stepMillis: number): Grid {
  if (stepMillis <= grid.stepMillis) return grid;
  const { startMillis, endMillis } = grid;
  return { startMillis, endMillis, stepMillis, size: Math.ceil((endMillis - startMillis) / stepMillis) };
}

interface Gridding {
  readonly grid: Grid;
  readonly points: RawPoints;
  readonly label: PointLabel;
  readonly combine: Combine;
}

/**
 * One value per slot, NaN for a gap. Points may be in any order; those outside the window are dropped.
 *
 * @throws CanaryError METRICS_ANSWER_INVALID for a value that is not a number and for instants that were not requested
 */
export function toGrid({ grid, points, label, combine }: Gridding): number[] {
  const values = new Array<number>(grid.size).fill(Number.NaN);
  const counts = new Uint32Array(grid.size);
  for (const [millis, raw] of inOrder(points)) {
    const value = readValue(raw);
    const slot = slotOf(grid, label, millis);
    if (Number.isNaN(value) || slot < 0 || slot >= grid.size) continue;
    const count = (counts[slot] ?? 0) + 1;
    counts[slot] = count;
    values[slot] = count === 1 ? value : COMBINES[combine](values[slot] ?? Number.NaN, value, count);
  }
  return values;
}

/** Merges several series slot by slot; a slot is a gap only when all have a gap there. */
export function mergeOnGrid(series: readonly (readonly number[])[], combine: Combine): number[] {
  const [first = []] = series;
  return first.map((_, slot) => {
    let merged = Number.NaN;
    let count = 0;
    for (const values of series) {
      const value = values[slot] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      count++;
      merged = count === 1 ? value : COMBINES[combine](merged, value, count);
    }
    return merged;
  });
}

/** (so far, the next value, how many values with it) */
const COMBINES: Readonly<Record<Combine, (merged: number, value: number, count: number) => number>> = {
  // Divided before subtracting: two huge values of opposite signs must not overflow.
  mean: (mean, value, count) =>
    Number.isFinite(mean) && Number.isFinite(value) ? mean + (value / count - mean / count) : mean + value,
  sum: (sum, value) => sum + value,
  max: (max, value) => Math.max(max, value),
  min: (min, value) => Math.min(min, value),
  first: (first) => first,
  last: (_, value) => value,
};

function inOrder(points: RawPoints): RawPoints {
  let last = Number.NEGATIVE_INFINITY;
  for (const [millis] of points) {
    if (millis < last) return [...points].sort(([one], [other]) => one - other);
    last = millis;
  }
  return points;
}

function slotOf({ startMillis, stepMillis, size }: Grid, label: PointLabel, millis: number): number {
  const offset = millis - startMillis;
  if (label === 'start') return Math.floor((offset + TOLERANCE_MILLIS) / stepMillis);
  if (label === 'end') return Math.ceil((offset - TOLERANCE_MILLIS) / stepMillis) - 1;
  const slot = Math.round(offset / stepMillis);
  // Some stores round a window outwards by up to a step. Points further off answer a different query; dropped silently,
  // they would look like no data.
  if (slot >= -1 && slot <= size) return slot;
  throw new CanaryError(
    'METRICS_ANSWER_INVALID',
    `the store answered for ${textOf(millis)}, outside the window that was requested: ` +
      `${size} points from ${textOf(startMillis)}, one every ${stepMillis / 1000} s`,
  );
}

function textOf(millis: number): string {
  return Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : `${millis} ms since 1970`;
}

const NON_FINITE: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  // The sign of a NaN is meaningless; ClickHouse writes it.
  '-nan': Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '+infinity': Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
};

export function readValue(raw: unknown): number {
  const value = readNumber(raw);
  if (value !== undefined) return value;
  const shown = JSON.stringify(raw).slice(0, 80);
  throw new CanaryError('METRICS_ANSWER_INVALID', `the store answered the value ${shown}, which is not a number`);
}

/** A number or a numeric text; nothing is NaN. Undefined for anything else. */
export function readNumber(raw: unknown): number | undefined {
  if (typeof raw === 'number') return raw;
  if (raw === null || raw === undefined) return Number.NaN;
  if (typeof raw !== 'string') return undefined;
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(raw)) return Number(raw);
  return Object.hasOwn(NON_FINITE, raw.toLowerCase()) ? NON_FINITE[raw.toLowerCase()] : undefined;
}

function invalid(message: string): CanaryError {
  return new CanaryError('METRICS_QUERY_INVALID', message);
}
