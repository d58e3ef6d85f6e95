import { z } from 'zod';
import { shortDurationMillis } from '../../src/domain/values/short-duration.ts';

const section = 'limits' as const;
const rare = { 'x-section': section, 'x-rare': true } as const;

const BURN_RATES = 'write a list such as [{ "rate": 14.4, "windows": ["1h", "5m"] }]';
const LENGTH = 'write a length of time such as "5m", "1h" or "3d"';
const LengthOfTime = z.string(LENGTH).refine((text) => windowSeconds(text) > 0, LENGTH);

/** @returns NaN for what is no length of time */
export function windowSeconds(text: string): number {
  return (shortDurationMillis(text) ?? Number.NaN) / 1000;
}

/** What a value may be, whatever a test of the difference says. */
const BOUNDS = {
  max: z.number().optional().meta({
    'x-section': section,
    title: 'At most',
    description: 'values above it are beyond the limit, in the unit of the metric',
  }),
  min: z.number().optional().meta({
    'x-section': section,
    title: 'At least',
    description: 'values below it are beyond the limit, in the unit of the metric',
  }),
  below: z
    .number()
    .optional()
    .meta({
      ...rare,
      title: 'Below',
      description: 'as "at most", but the value itself is beyond the limit too',
    }),
  above: z
    .number()
    .optional()
    .meta({
      ...rare,
      title: 'Above',
      description: 'as "at least", but the value itself is beyond the limit too',
    }),
  increase: z.number().optional().meta({
    'x-section': section,
    title: 'Increase of at most',
    description: 'as a share of the baseline: 0.1 is 10 %; negative asks for a decrease',
  }),
  decrease: z.number().optional().meta({
    'x-section': section,
    title: 'Decrease of at most',
    description: 'as a share of the baseline: 0.1 is 10 %; negative asks for an increase',
  }),
  increaseBy: z
    .number()
    .optional()
    .meta({
      ...rare,
      title: 'Increase by at most',
      description: 'above the baseline, in the unit of the metric',
    }),
  decreaseBy: z
    .number()
    .optional()
    .meta({
      ...rare,
      title: 'Decrease by at most',
      description: 'below the baseline, in the unit of the metric',
    }),
  floor: z
    .number()
    .min(0)
    .optional()
    .meta({
      ...rare,
      title: 'Floor of relative limits',
      description: 'a difference up to it is within increase and decrease, in the unit of the metric',
    }),
  objective: z.number().gt(0).lt(1).optional().meta({
    'x-section': section,
    title: 'Objective (SLO)',
    description: 'the share of good requests that is promised, such as 0.999; the rest is the error budget',
  }),
  burnRate: z
    .number()
    .gt(0)
    .optional()
    .meta({
      'x-section': section,
      title: 'Burn rate of at most',
      description:
        'how many times as fast as the objective allows the error budget may be used up over the whole window; absent: 1, ' +
        'or none where burnRates has some',
    }),
  burnRates: z
    .array(
      z.looseObject({
        rate: z.number(BURN_RATES).gt(0).describe('how many times as fast as the objective allows'),
        windows: z.array(LengthOfTime).min(1).max(4).describe('lengths such as 1h; in all of them at once'),
      }),
      BURN_RATES,
    )
    .min(1, BURN_RATES)
    .max(10)
    .optional()
    .meta({
      ...rare,
      title: 'Burn rates over several windows',
      description:
        'beyond the limit is a rate that is exceeded in all its windows at once, at any point of the run, as an alert ' +
        'would fire: 14.4 over 1h and 5m, 6 over 6h and 30m',
    }),
} as const;

const STATISTICS = {
  points: 'each point, of which a share may be beyond; relative limits are of the mean',
  mean: 'the mean of the points',
  median: 'the median of the points',
  p90: 'the 90th percentile of the points',
  p95: 'the 95th percentile of the points',
  p99: 'the 99th percentile of the points',
  last: 'the last point that has a value',
} as const;
export type LimitStatistic = keyof typeof STATISTICS;

const VALUES = {
  badShare: 'shares of bad requests, from 0 to 1',
  badPercent: 'percent of bad requests',
  goodShare: 'shares of good requests, from 0 to 1',
  goodPercent: 'percent of good requests',
  badEvents: 'counts of bad requests; query.denominator counts all',
} as const;
export type SloValues = keyof typeof VALUES;

const ANY_OF = 'write a list of objects with limits, such as [{ "max": 5 }, { "increase": 0.1 }]';

/** A burn rate of no error budget would bound nothing, and nobody would see it. */
function needsObjective({ value, issues }: z.core.ParsePayload<Bounds>): void {
  const { objective, burnRate, burnRates } = value;
  if (objective !== undefined || (burnRate === undefined && burnRates === undefined)) return;
  const name = burnRates === undefined ? 'burnRate' : 'burnRates';
  const message = `write the share of good requests that is promised, such as 0.999: ${name} is of its error budget`;
  issues.push({ code: 'custom', path: ['objective'], input: undefined, message });
}

/** `limits` of a metric: what its canary must keep to beside, or instead of, a comparison with the baseline. */
export const LimitFields = z
  .looseObject({
    ...BOUNDS,
    of: z
      .enum(Object.keys(STATISTICS) as [LimitStatistic, ...LimitStatistic[]])
      .default('points')
      .meta({
        'x-section': section,
        title: 'Held against the limits',
        description: 'what of the points of the canary',
        'x-meanings': STATISTICS,
        'x-rare': true,
      }),
    share: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .meta({
        ...rare,
        title: 'Share of points allowed beyond',
        description: 'of at most, at least, below and above; 0.05 lets 3 of 60 points be beyond',
      }),
    coverage: z
      .number()
      .gt(0)
      .max(1)
      .default(0.5)
      .meta({
        ...rare,
        title: 'Share of points that need a value',
        description: 'with fewer nobody can say that the canary keeps to its limits',
      }),
    values: z
      .enum(Object.keys(VALUES) as [SloValues, ...SloValues[]])
      .default('badShare')
      .meta({
        'x-section': section,
        title: 'Values, for the objective, are',
        description: 'what the metric gives',
        'x-meanings': VALUES,
        'x-rare': true,
      }),
    anyOf: z
      .array(z.looseObject(BOUNDS, ANY_OF).check(needsObjective), ANY_OF)
      .optional()
      .meta({
        ...rare,
        title: 'Or any of',
        description: 'further sets of limits: one that holds is enough, the one beside this list included',
      }),
  })
  .check(needsObjective);
export type Limits = z.output<typeof LimitFields>;
export type Bounds = z.output<z.ZodObject<typeof BOUNDS>>;
export type BurnRate = NonNullable<Bounds['burnRates']>[number];

/** They bound nothing by themselves. */
const NEED_ANOTHER: readonly (keyof Bounds)[] = ['floor', 'burnRate', 'burnRates'];
const NAMES = (Object.keys(BOUNDS) as (keyof Bounds)[]).filter((name) => !NEED_ANOTHER.includes(name));

/** Whether they bound anything. */
export function hasBounds(bounds: Bounds): boolean {
  return NAMES.some((name) => bounds[name] !== undefined);
}

/** The sets of bounds of which one must hold; empty where there are no limits. */
export function setsOfBounds(limits: Limits | undefined): Bounds[] {
  return limits === undefined ? [] : [limits, ...(limits.anyOf ?? [])].filter(hasBounds);
}

/** Whether the canary is compared with something. */
export function isRelative(bounds: Bounds): boolean {
  return [bounds.increase, bounds.decrease, bounds.increaseBy, bounds.decreaseBy].some((one) => one !== undefined);
}
