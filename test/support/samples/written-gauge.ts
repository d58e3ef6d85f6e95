import { expect } from 'vitest';
import { relativeError } from '../relative-error.ts';
import { type GaugeSeries, gaugeSeries, type Version } from './samples.ts';

/** How the values of a step may be combined. */
export const COMBINES = {
  mean: (values: readonly number[]) => COMBINES.sum(values) / values.length,
  sum: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0),
  max: (values: readonly number[]) => Math.max(...values),
  min: (values: readonly number[]) => Math.min(...values),
  last: (values: readonly number[]) => values.at(-1) ?? Number.NaN,
  count: (values: readonly number[]) => values.length,
} as const;

interface Steps {
  readonly gauge?: string;
  readonly version?: Version;
  /** an instant */
  readonly start: string;
  readonly count: number;
  readonly stepSeconds?: number;
  readonly combine?: (values: readonly number[]) => number;
}

/** Built once, since it takes a moment. */
let written: readonly GaugeSeries[] | undefined;

/** Made of the samples that were written, step by step; the latency's mean of the canary by default. A gap is NaN. */
export function writtenGauge({
  gauge = 'request_latency_seconds',
  version = 'canary',
  start,
  count,
  stepSeconds = 60,
  combine = COMBINES.mean,
}: Steps): number[] {
  written ??= gaugeSeries();
  const series = written.find((one) => one.gauge === gauge && one.version === version);
  const begin = Date.parse(start) / 1000;
  const slots = Array.from({ length: count }, () => [] as number[]);
  for (const [seconds, value] of series?.points ?? []) slots[Math.floor((seconds - begin) / stepSeconds)]?.push(value);
  return slots.map((values) => (values.length === 0 ? Number.NaN : combine(values)));
}

/** Equal except for the last digits, which depend on the order of additions; gaps match gaps. */
export function expectSameValues(values: readonly number[] | undefined, expected: readonly number[]): void {
  const pairs = expected.map((one, slot) => ({ slot, value: values?.[slot], expected: one }));
  expect(pairs.filter(({ value, expected: one }) => !isClose(value, one))).toEqual([]);
  expect(values).toHaveLength(expected.length);
}

function isClose(value: number | undefined, expected: number): boolean {
  return value !== undefined && relativeError(value, expected) <= 1e-12;
}
