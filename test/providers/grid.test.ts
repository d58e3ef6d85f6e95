import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Combine,
  gridOf,
  mergeOnGrid,
  type PointLabel,
  type RawPoint,
  toGrid,
} from '../../providers/shared/series/grid.ts';
import { toInstant } from '../../src/domain/values/instant.ts';
import { CanaryError } from '../../src/errors.ts';

const T0 = Date.parse('2025-01-15T12:45:07Z');
const GRID = gridOf({ start: toInstant(T0), end: toInstant(T0 + 240_000), step: 60 });
const GAP = Number.NaN;

/** Points are written `seconds=value`. */
function gridded(label: PointLabel, points: string, combine: Combine = 'mean'): number[] {
  return griddedRaw(
    label,
    points.split(' ').map((point) => point.split('=') as [string, string]),
    combine,
  );
}

function griddedRaw(label: PointLabel, points: (readonly [string | number, unknown])[], combine: Combine = 'mean') {
  const raw = points.map(([seconds, value]) => [T0 + Number(seconds) * 1000, value] as const);
  return toGrid({ grid: GRID, points: raw, label, combine });
}

/** Slots are written `value`, gaps `-`. */
function slots(text: string): number[] {
  return text.split(' ').map((slot) => (slot === '-' ? GAP : Number(slot)));
}

describe('labels', () => {
  test.each<[PointLabel, string, string]>([
    ['start', '0=1 60=2 120=3 180=4', '1 2 3 4'],
    ['start', '59=1 60=2 179.9=3 239=4', '1 2 3 4'],
    ['start', '-1=0 59.9995=2 240=9', '- 2 - -'],
    ['end', '60=1 120=2 180=3 240=4', '1 2 3 4'],
    ['end', '0=0 1=1 120.001=2 241=9', '1 2 - -'],
    ['instant', '0=1 60=2 120=3 180=4', '1 2 3 4'],
    ['instant', '-29=1 89=2 91=3', '1 2 3 -'],
    ['instant', '-60=9 240=9 0=1', '1 - - -'],
  ])('%s: %s is %s', (label, points, expected) => {
    expect(gridded(label, points)).toEqual(slots(expected));
  });

  test('buckets beside the window are left out, instants far from it are an answer to another question', () => {
    expect(gridded('start', '-3600=1 3600=2')).toEqual(slots('- - - -'));
    expect(() => gridded('instant', '-91=1')).toThrow(/answered for 2025-01-15T12:43:36.000Z, outside the window/);
    expect(() => gridded('instant', '271=1')).toThrow('outside the window');
    expect(() => gridded('instant', '1e30=1')).toThrow('outside the window');
  });
});

describe('several points of a slot', () => {
  test.each<[Combine, number]>([
    ['mean', 4],
    ['sum', 12],
    ['max', 8],
    ['min', 1],
    ['first', 1],
    ['last', 8],
  ])('%s', (combine, expected) => {
    expect(gridded('start', '3=8 1=1 2=NaN 2.5=3', combine)[0]).toBe(expected);
  });

  test('a mean neither overflows nor loses an infinity', () => {
    expect(gridded('start', '0=1.5e308 1=1.5e308 2=-1.5e308')[0]).toBeCloseTo(0.5e308, -295);
    expect(gridded('start', '0=+Inf 1=1')[0]).toBe(Number.POSITIVE_INFINITY);
    expect(gridded('start', '0=1 1=-Inf')[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(gridded('start', '0=+Inf 1=-Inf 2=1')[0]).toBe(GAP);
  });

  test('are read in the order of time, not of the answer', () => {
    expect(gridded('instant', '1=NaN 0.5=7 0=6', 'last')[0]).toBe(7);
  });
});

describe('values', () => {
  test.each(
    Object.entries({ '1': 1, '-2.5e-3': -0.0025, '+.5': 0.5, '5.': 5, '1E+06': 1e6, '9007199254740993': 2 ** 53 }),
  )('the text %s is %d', (value, expected) => {
    expect(gridded('instant', `0=${value}`)[0]).toBe(expected);
  });

  test.each(['NaN', 'nan', null, undefined, GAP])('%s is a gap', (value) => {
    expect(griddedRaw('instant', [[0, value]])[0]).toBe(GAP);
  });

  test.each(['+Inf', 'Inf', 'inf', 'Infinity', '+Infinity', Number.POSITIVE_INFINITY])('%s is infinite', (value) => {
    expect(griddedRaw('instant', [[0, value]])[0]).toBe(Number.POSITIVE_INFINITY);
  });

  test.each(['-Inf', '-Infinity', Number.NEGATIVE_INFINITY])('%s is infinite', (value) => {
    expect(griddedRaw('instant', [[0, value]])[0]).toBe(Number.NEGATIVE_INFINITY);
  });

  test.each(['', ' ', '0x10', '1_000', '1,5', '5 ms', true, [], {}, 'constructor'])('%j is not a number', (value) => {
    expect(() => griddedRaw('instant', [[0, value]])).toThrow('not a number');
  });

  test('a very long text that is not a number takes no time', () => {
    const before = performance.now();
    expect(() => griddedRaw('instant', [[0, `${'1'.repeat(300_000)}x`]])).toThrow('not a number');
    // Trying every split of the digits would take minutes.
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

describe('windows', () => {
  test.each([
    ['2025-01-15T12:00:00Z', '2025-01-15T12:01:00Z', 60, 1],
    ['2025-01-15T12:00:00Z', '2025-01-15T12:01:00.001Z', 60, 2],
    ['2025-01-15T12:00:00Z', '2025-01-15T12:00:00.001Z', 3600, 1],
    ['2025-01-15T12:00:07Z', '2025-01-15T15:00:07Z', 15, 720],
  ])('from %s to %s every %d s has %d slots', (start, end, step, size) => {
    expect(gridOf({ start, end, step })).toMatchObject({ size, stepMillis: step * 1000 });
  });

  test('of too many slots name the step and the window', () => {
    expect(() => gridOf({ start: '2000-01-01T00:00:00Z', end: '2025-01-01T00:00:00Z', step: 1 })).toThrow(
      'scope.step of 1 s cuts the window from 2000-01-01T00:00:00Z to 2025-01-01T00:00:00Z into 789004800 points',
    );
  });
});

test('series are merged slot by slot, gaps left out', () => {
  expect(mergeOnGrid([slots('1 - - 4'), slots('3 5 - -'), slots('8 7 - -')], 'mean')).toEqual(slots('4 6 - 4'));
});

const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }), fc.constant(GAP));
const offset = fc.integer({ min: -20_000, max: 260_000 });
const labels = fc.constantFrom<PointLabel[]>('start', 'end', 'instant');

test('every slot has a value, and a finite one lies between the points of its slot', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(offset, value)),
      labels,
      fc.constantFrom<Combine[]>('mean', 'max', 'min', 'last'),
      (raw, label, combine) => {
        const points = raw.map(([millis, number]) => [T0 + millis, number] as const);
        const values = toGrid({ grid: GRID, points, label, combine });
        expect(values).toHaveLength(GRID.size);
        for (const [slot, one] of values.entries()) {
          const own = pointsOf(slot, label, points);
          if (own.length === 0) expect(one).toBe(GAP);
          else {
            const slack = 1e-12 * Math.max(...own.map(Math.abs));
            expect(one).toBeGreaterThanOrEqual(Math.min(...own) - slack);
            expect(one).toBeLessThanOrEqual(Math.max(...own) + slack);
          }
        }
      },
    ),
  );
});

test('the order of the points does not matter', () => {
  const distinct = fc.uniqueArray(fc.tuple(offset, value), { selector: ([millis]) => millis });
  fc.assert(
    fc.property(distinct, labels, fc.constantFrom<Combine[]>('max', 'min', 'last', 'sum'), (raw, label, combine) => {
      const points = raw.map(([millis, number]) => [T0 + millis, number] as const);
      const grid = (some: readonly RawPoint[]) => toGrid({ grid: GRID, points: some, label, combine });
      expect(grid(points.toReversed())).toEqual(grid(points));
    }),
  );
});

test('whatever a store calls a value, it becomes a number or an error of the store', () => {
  fc.assert(
    fc.property(fc.anything(), (raw) => {
      try {
        expect(griddedRaw('instant', [[0, raw]])[0]).toBeTypeOf('number');
      } catch (error) {
        expect(error).toBeInstanceOf(CanaryError);
      }
    }),
  );
});

/** By the definition of the labels, without arithmetic on slots; ends and starts may be a millisecond off. */
function pointsOf(slot: number, label: PointLabel, points: readonly (readonly [number, number])[]): number[] {
  const start = T0 + slot * 60_000;
  const within = {
    start: (millis: number) => millis >= start - 1 && millis < start + 60_000 - 1,
    end: (millis: number) => millis > start + 1 && millis <= start + 60_000 + 1,
    instant: (millis: number) => millis >= start - 30_000 && millis < start + 30_000,
  };
  return points
    .filter(([millis, number]) => within[label](millis) && !Number.isNaN(number))
    .map(([, number]) => number);
}
