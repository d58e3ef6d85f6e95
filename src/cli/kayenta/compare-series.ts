import { SIDES, type Side } from '../../domain/canary-scope.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';

/** The points of one side. */
export interface SidePoints {
  readonly points: number;
  /** how many of them are NaN: a gap, or what the store answered */
  readonly missing: number;
  /** how many more the window has that the store did not answer; only where the gaps were left out here */
  readonly leftOut?: number;
}

export type PairPoints = Readonly<Record<Side, SidePoints>>;

/** `notRecorded`: Kayenta has the series no more; `notFetched`: Haldane has no such series. */
export type SeriesDifference = 'none' | 'points' | 'values' | 'notRecorded' | 'notFetched';

/** The series of a metric as Kayenta recorded them, and as they were fetched anew. */
export interface SeriesComparison {
  /** absent: not recorded, or gone */
  readonly kayenta?: PairPoints;
  readonly haldane?: PairPoints;
  readonly difference: SeriesDifference;
}

/** Compares the series of a metric: first how many points there are, then the values. */
export function compareSeries(
  kayenta: MetricSetPair | undefined,
  haldane: MetricSetPair | undefined,
): SeriesComparison {
  const points = {
    ...(kayenta === undefined ? {} : { kayenta: pointsOf(kayenta) }),
    ...(haldane === undefined ? {} : { haldane: pointsOf(haldane) }),
  };
  return { ...points, difference: differenceOf(kayenta, haldane) };
}

function differenceOf(kayenta: MetricSetPair | undefined, haldane: MetricSetPair | undefined): SeriesDifference {
  if (kayenta === undefined) return 'notRecorded';
  if (haldane === undefined) return 'notFetched';
  const sides = SIDES.map((side) => [valuesOf(kayenta, side), valuesOf(haldane, side)] as const);
  if (sides.some(([one, other]) => !hasSamePoints(one, other))) return 'points';
  return sides.every(([one, other]) => one.every((value, index) => isSame(value, other[index]))) ? 'none' : 'values';
}

/** A series of NaN alone says the same at any length: there was no data. */
function hasSamePoints(one: readonly number[], other: readonly number[]): boolean {
  const isEmpty = [one, other].every((values) => values.every(Number.isNaN));
  return isEmpty || (one.length === other.length && one.every((value, at) => isGap(value) === isGap(other[at])));
}

function isGap(value: number | undefined): boolean {
  return Number.isNaN(value);
}

/** Equal but for the last digits, which a store may round otherwise. */
function isSame(one: number, other: number | undefined): boolean {
  if (other === undefined || isGap(one) || isGap(other)) return true;
  return one === other || Math.abs(one - other) <= 1e-9 * Math.max(Math.abs(one), Math.abs(other));
}

function pointsOf(pair: MetricSetPair): PairPoints {
  const [control, experiment] = SIDES.map((side) => {
    const values = valuesOf(pair, side);
    const leftOut = Number(pair.attributes?.[side]?.leftOut ?? 0);
    return { points: values.length, missing: values.filter(isGap).length, ...(leftOut > 0 ? { leftOut } : {}) };
  }) as [SidePoints, SidePoints];
  return { control, experiment };
}

function valuesOf({ values }: MetricSetPair, side: Side): readonly number[] {
  return values[side] ?? [];
}
