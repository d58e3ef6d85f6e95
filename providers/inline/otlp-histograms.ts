import { z } from 'zod';
import { invalidQuery } from '../shared/query/query-fields.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import type { InlineRequest } from './query.ts';

/** OTLP's JSON writes 64-bit counts as text. */
const Count = z
  .union([z.number(), z.string().regex(/^\d+$/)], 'write a count of at least 0')
  .transform(Number)
  .pipe(z.number().min(0, 'write a count of at least 0'));
const Counts = z.array(Count);
const Buckets = z.object({
  offset: z.number().int().default(0).describe('the index of the first bucket, whose lower end is base^offset'),
  bucketCounts: Counts.default([]).describe('values in each bucket, one after the other'),
});

const Exponential = z
  .object({
    scale: z.number().int().min(-10).max(20).describe('the base is 2^(2^-scale)'),
    zeroCount: Count.default(0).describe('values that are 0, or within the threshold of it'),
    zeroThreshold: z.number().min(0).default(0).describe('how far from 0 a value may be to count as 0'),
    positive: Buckets.prefault({}).describe('the buckets above 0'),
    negative: Buckets.prefault({}).describe('the buckets below 0, from 0 outwards'),
  })
  .describe('an ExponentialHistogramDataPoint');
const Explicit = z
  .object({
    explicitBounds: z.array(z.number()).describe('ascending'),
    bucketCounts: Counts.describe('one more than bounds'),
  })
  .refine(({ explicitBounds, bucketCounts }) => bucketCounts.length === explicitBounds.length + 1, {
    path: ['bucketCounts'],
    error: 'write one count more than explicitBounds: the last is above all of them',
  })
  .refine(
    ({ explicitBounds }) =>
      explicitBounds.every((bound, index) => !(bound <= (explicitBounds[index - 1] ?? -Infinity))),
    {
      path: ['explicitBounds'],
      error: 'write them in ascending order',
    },
  )
  .describe('a HistogramDataPoint');

/** Data points of OpenTelemetry, one a step: what was counted in the step (delta temporality). */
export const OtlpHistograms = z.array(z.union([Exponential, Explicit]));
type OtlpHistogram = z.output<typeof OtlpHistograms>[number];

/**
 * Histograms as a series for each bucket, told apart by the label `vmrange` ("0.5...1").
 *
 * Source: "ExponentialHistogram" and "Histogram" of OpenTelemetry's metrics data model.
 *
 * @throws CanaryError METRICS_QUERY_INVALID for exponential buckets beyond what a number can be
 */
export function bucketsOf(request: InlineRequest, histograms: readonly OtlpHistogram[]): RawSeries[] {
  const counts = histograms.map((one) => new Map('scale' in one ? exponential(one) : explicit(one)));
  const ranges = new Set(counts.flatMap((of) => [...of.keys()]));
  const beyond = [...ranges].find((range) => /NaN|^Infinity|Infinity\.\.\.Infinity/.test(range));
  if (beyond !== undefined)
    throw invalidQuery(request, 'query.histograms: scale and offset give no bounds; correct them.');
  return [...ranges].map((vmrange) => ({
    tags: { vmrange: vmrange.replaceAll('Infinity', 'Inf') },
    points: counts.map((of, index) => [index, of.get(vmrange) ?? 0] as const),
  }));
}

type Bucket = [range: string, count: number];

function exponential({ scale, zeroCount, zeroThreshold, ...sides }: z.output<typeof Exponential>): Bucket[] {
  // Bucket i holds what is above base^i, up to base^(i + 1). Written so that scales have bounds in common exactly.
  const bound = (index: number) => 2 ** (index * 2 ** -scale);
  const positive = sides.positive.bucketCounts.map((count, index): Bucket => {
    const at = sides.positive.offset + index;
    return [`${bound(at)}...${bound(at + 1)}`, count];
  });
  const negative = sides.negative.bucketCounts.map((count, index): Bucket => {
    const at = sides.negative.offset + index;
    return [`${-bound(at + 1)}...${-bound(at)}`, count];
  });
  const least = Number.MIN_VALUE;
  const zero: Bucket = [`${-Math.max(zeroThreshold, least)}...${Math.max(zeroThreshold, least)}`, zeroCount];
  return [...negative, ...(zeroCount > 0 ? [zero] : []), ...positive].filter(([, count]) => count > 0);
}

function explicit({ explicitBounds, bucketCounts }: z.output<typeof Explicit>): Bucket[] {
  const bounds = [-Infinity, ...explicitBounds, Infinity];
  return bucketCounts.map((count, index) => [`${bounds[index]}...${bounds[index + 1]}`, count]);
}
