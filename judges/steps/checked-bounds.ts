import { mean } from '../stats/samples/mean.ts';
import { percentile } from '../stats/samples/percentile.ts';
import { burnOverWindows, type RequestPoint } from './burn-rates.ts';
import type { Bounds, LimitStatistic, Limits } from './limit-fields.ts';

/** One bound of a metric, held against its canary. */
export interface BoundCheck {
  /** as the config names it: max, min, increase, burnRate … */
  readonly name: string;
  readonly bound: number;
  /** what was found: a share of points beyond, a statistic, a relative change, a burn rate; NaN: it could not be checked */
  readonly found: number;
  readonly held: boolean;
  /** the value of the metric at the bound; undefined: it has none */
  readonly at?: number;
  /** to which side the canary is beyond, or would be */
  readonly side: 'High' | 'Low';
  /** what `found` is */
  readonly kind: 'points' | 'statistic' | 'relative' | 'difference' | 'burnRate';
  /** the statistic of the canary and of what it is compared with, where there is one */
  readonly level?: number;
  readonly reference?: number;
  /** how many points are beyond */
  readonly beyond?: number;
  /** of a burn rate over several windows: "5m and 1h" */
  readonly windows?: string;
  /** why it is not known, as the end of a sentence */
  readonly why?: string | undefined;
}

/** What a set of bounds is held against. */
export interface CheckedValues {
  /** those that are no NaN, in time order; infinite ones are beyond every bound */
  readonly present: readonly number[];
  /** the statistic of what the canary is compared with; undefined: there is nothing */
  readonly reference: number | undefined;
  /** the share of bad requests; undefined: it is not known */
  readonly badShare: number | undefined;
  /** bad requests and all of each point, for burn rates over several windows */
  readonly requests?: readonly RequestPoint[];
  readonly stepSeconds?: number;
}

/** Every bound of a set, held against the canary. */
export function checkBounds(bounds: Bounds, values: CheckedValues, limits: Limits): BoundCheck[] {
  return [
    ...ABSOLUTE.flatMap((absolute) => checkAbsolute(absolute, bounds, values, limits)),
    ...RELATIVE.flatMap((relative) => checkRelative(relative, bounds, values, limits)),
    ...checkBurnRate(bounds, values),
    ...checkBurnRates(bounds, values, limits),
  ];
}

interface Absolute {
  readonly name: 'max' | 'min' | 'below' | 'above';
  readonly side: 'High' | 'Low';
  within(value: number, bound: number): boolean;
}

const ABSOLUTE: readonly Absolute[] = [
  { name: 'max', side: 'High', within: (value, bound) => value <= bound },
  { name: 'below', side: 'High', within: (value, bound) => value < bound },
  { name: 'min', side: 'Low', within: (value, bound) => value >= bound },
  { name: 'above', side: 'Low', within: (value, bound) => value > bound },
];

function checkAbsolute(
  { name, side, within }: Absolute,
  bounds: Bounds,
  values: CheckedValues,
  limits: Limits,
): BoundCheck[] {
  const bound = bounds[name];
  if (bound === undefined) return [];
  const { present } = values;
  const isWithin = (value: number) => Number.isFinite(value) && within(value, bound);
  if (limits.of !== 'points') {
    const level = statisticOf(present, limits.of);
    return [{ name, bound, side, kind: 'statistic', found: level, level, at: bound, held: isWithin(level) }];
  }
  const beyond = present.filter((value) => !isWithin(value)).length;
  const found = beyond / present.length;
  return [{ name, bound, side, kind: 'points', found, beyond, at: bound, held: found <= limits.share }];
}

interface Relative {
  readonly name: 'increase' | 'decrease' | 'increaseBy' | 'decreaseBy';
  readonly side: 'High' | 'Low';
  readonly kind: 'relative' | 'difference';
}

const RELATIVE: readonly Relative[] = [
  { name: 'increase', side: 'High', kind: 'relative' },
  { name: 'decrease', side: 'Low', kind: 'relative' },
  { name: 'increaseBy', side: 'High', kind: 'difference' },
  { name: 'decreaseBy', side: 'Low', kind: 'difference' },
];

/** A difference as an increase or as a decrease: above 0 on the side of the bound. */
function checkRelative(
  { name, side, kind }: Relative,
  bounds: Bounds,
  values: CheckedValues,
  limits: Limits,
): BoundCheck[] {
  const bound = bounds[name];
  if (bound === undefined) return [];
  const level = statisticOf(values.present, limits.of);
  const reference = values.reference ?? Number.NaN;
  const difference = side === 'High' ? level - reference : reference - level;
  const found = kind === 'difference' ? difference : shareOf(difference, Math.abs(reference));
  const allowed = kind === 'difference' ? bound : bound * Math.abs(reference);
  const slack = rounding(level, reference);
  const isBelowFloor = kind === 'relative' && difference <= (bounds.floor ?? Number.NEGATIVE_INFINITY) + slack;
  // Written so that a difference of NaN is not held.
  const held = difference <= allowed + slack || isBelowFloor;
  const most = kind === 'relative' ? Math.max(allowed, bounds.floor ?? Number.NEGATIVE_INFINITY) : allowed;
  const at = side === 'High' ? reference + most : reference - most;
  return [{ name, bound, side, kind, found, level, reference, at, held }];
}

/** 110 is 10 % above 100, although 100 * 1.1 is not 110 in binary. */
function rounding(level: number, reference: number): number {
  return 4 * Number.EPSILON * (Math.abs(level) + Math.abs(reference));
}

function shareOf(difference: number, whole: number): number {
  if (difference === 0) return 0;
  return difference / whole;
}

function checkBurnRate(bounds: Bounds, { badShare = Number.NaN }: CheckedValues): BoundCheck[] {
  const { objective, burnRates, burnRate = 1 } = bounds;
  if (objective === undefined || (burnRates !== undefined && bounds.burnRate === undefined)) return [];
  const found = badShare / (1 - objective);
  const held = found <= burnRate * (1 + 4 * Number.EPSILON);
  return [{ name: 'burnRate', bound: burnRate, side: 'High', kind: 'burnRate', found, level: badShare, held }];
}

const USUAL_STEP_SECONDS = 60;

function checkBurnRates(
  { objective, burnRates = [] }: Bounds,
  { requests = [], stepSeconds = USUAL_STEP_SECONDS }: CheckedValues,
  { coverage }: Limits,
): BoundCheck[] {
  if (objective === undefined) return [];
  return burnRates.map((burnRate): BoundCheck => {
    const { found, held, why } = burnOverWindows(requests, burnRate, { objective, stepSeconds, coverage });
    const windows = burnRate.windows.join(' and ');
    return { name: 'burnRates', bound: burnRate.rate, side: 'High', kind: 'burnRate', found, held, windows, why };
  });
}

/** NaN for no values, or where one that matters is infinite. */
export function statisticOf(present: readonly number[], of: LimitStatistic): number {
  if (present.length === 0) return Number.NaN;
  switch (of) {
    case 'points':
    case 'mean':
      return finite(mean(present));
    case 'last':
      return finite(present.at(-1));
    default:
      return finite(percentile(Float64Array.from(present).sort(), PERCENTILES[of]));
  }
}

const PERCENTILES = { median: 50, p90: 90, p95: 95, p99: 99 } as const;

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : Number.NaN;
}
