import { z } from 'zod';
import { SIDES } from './canary-scope.ts';
import { Doubles } from './values/double.ts';
import { tagKey } from './values/tags.ts';

const MetricSetScope = z
  .object({
    startTimeIso: z.string().optional(),
    startTimeMillis: z.number().optional(),
    stepMillis: z.number().optional(),
  })
  .meta({ id: 'MetricSetScope' });

const Sides = z.object({
  values: z.object({ control: Doubles.optional(), experiment: Doubles.optional() }).describe('both sides are required'),
  scopes: z.object({ control: MetricSetScope.optional(), experiment: MetricSetScope.optional() }).optional(),
  attributes: z
    .object({
      control: z.record(z.string(), z.string()).optional(),
      experiment: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
});

/** Series that a metric is judged beside; at the same points as the metric's own, but for a history. */
export const CompanionSeries = Sides.meta({ id: 'CompanionSeries' });
export type CompanionSeries = z.infer<typeof CompanionSeries>;

const EarlierWindow = Sides.extend({
  denominator: CompanionSeries.optional(),
  traffic: CompanionSeries.optional(),
}).meta({
  id: 'EarlierWindow',
  description: "a further window of the past as the baseline: of the control alone, point by point beside the canary's",
});
export type EarlierWindow = z.infer<typeof EarlierWindow>;

/** The same series in control and experiment: all that a judge may see. */
export const MetricSetPair = z
  .object({
    name: z.string(),
    id: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
    ...Sides.shape,
    denominator: CompanionSeries.optional().describe('of `query.denominator`: what the values are events of'),
    traffic: CompanionSeries.optional().describe('of `query.traffic`: the requests behind each value'),
    history: CompanionSeries.optional().describe(
      "`values.control`: the control's own of the time before its window, up to its start; the other side is empty",
    ),
    earlier: z
      .array(EarlierWindow)
      .optional()
      .describe('where the baseline is history: its further windows, `values.control` being the newest; absent: none'),
  })
  .meta({ id: 'MetricSetPair' });
export type MetricSetPair = z.infer<typeof MetricSetPair>;

/** The attribute of a side that has no series to pair with the other's, although both have series: why. */
export const UNPAIRED = 'unpaired';

/** The attribute of both sides of a metric whose sides were asked the same question: so in words. */
export const SAME_QUERY = 'sameQuery';

/** The attribute of the control of a history that there is none of: why. */
export const MISSING = 'missing';

/** A pair with one of the further windows of its baseline, from 0 on, in place of the newest. */
export function inEarlierWindow(pair: MetricSetPair, index: number): MetricSetPair {
  const window = pair.earlier?.[index];
  if (window === undefined) return pair;
  const { denominator, traffic } = pair;
  return {
    ...pair,
    ...withControl(pair, window),
    ...(denominator && { denominator: withControl(denominator, window.denominator ?? noneOf(denominator)) }),
    ...(traffic && { traffic: withControl(traffic, window.traffic ?? noneOf(traffic)) }),
  };
}

function withControl({ values, scopes, attributes }: CompanionSeries, window: CompanionSeries): CompanionSeries {
  return {
    values: { ...values, control: window.values.control ?? [] },
    scopes: { ...scopes, control: window.scopes?.control },
    attributes: { ...attributes, control: window.attributes?.control },
  };
}

function noneOf({ values: { control = [] } }: CompanionSeries): CompanionSeries {
  return { values: { control: control.map(() => Number.NaN) } };
}

/** The pair of another metric that goes with this one: of several the one with the same tags. */
export function pairBeside(
  { tags = {} }: MetricSetPair,
  metric: string,
  pairs: readonly MetricSetPair[],
): MetricSetPair | undefined {
  const found = pairs.filter(({ name }) => name === metric);
  const key = tagKey(tags);
  return found.find((pair) => tagKey(pair.tags ?? {}) === key) ?? (found.length === 1 ? found[0] : undefined);
}

/** Why the series of a pair stands alone; undefined when it does not, or the other side has no series at all. */
export function unpairedReason({ attributes }: CompanionSeries): string | undefined {
  return attributes?.control?.[UNPAIRED] ?? attributes?.experiment?.[UNPAIRED];
}

/** Writes 0 for every `null` sample of a request to judge, in place: Kayenta's judge reads it so. */
export function nullsAsZeros(request: unknown): void {
  for (const pair of listAt(request, 'metricSetPairList')) {
    const values = fieldOf(pair, 'values');
    for (const side of SIDES) {
      const samples = listAt(values, side);
      for (const [index, sample] of samples.entries()) if (sample === null) samples[index] = 0;
    }
  }
}

function listAt(value: unknown, key: string): unknown[] {
  const found = fieldOf(value, key);
  return Array.isArray(found) ? found : [];
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
