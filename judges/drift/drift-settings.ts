import { z } from 'zod';
import type { CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { readMetricSettings } from '../../src/domain/judge-settings.ts';
import { importanceFields } from '../steps/importance-fields.ts';
import { fields } from '../steps/setting-fields.ts';

const DATA = {
  samples: 'each is one output: a score, a latency',
  categories: 'each is the number of a category, such as a predicted class',
  counts: 'the first counts category or bucket 1, the second 2, and so on, on both sides',
  buckets: 'counts, of which each series is a category, or a bucket by its label `le`',
  events: 'counts of bad outputs; query.denominator counts all',
  pairs: 'the first of both sides are of the same request, and so on; 0 and 1 are no and yes',
} as const;
export type DriftData = keyof typeof DATA;

const MEASURES = {
  chiSquare: "Pearson's chi-square, of counts",
  g: 'the likelihood ratio, of counts',
  jensenShannon: "Jensen and Shannon's divergence in bits, of counts",
  psi: 'the population stability index, of counts',
  ks: 'the largest distance of the distributions, of samples',
  wasserstein: 'the area between the distributions, of samples',
} as const;
export type DriftMeasure = keyof typeof MEASURES;

const OF_SAMPLES: readonly DriftMeasure[] = ['ks', 'wasserstein'];

/** `judge.judgeConfigurations` of DriftJudge. */
export const DriftSettings = z.looseObject({
  errorBudget: z.number().gt(0).max(0.5).default(0.05).meta({
    'x-section': 'harm',
    title: 'Error budget',
    description: 'the chance that anything is flagged although nothing has drifted, for all metrics together',
  }),
});

/** `analysisConfigurations.canary` of DriftJudge. */
export const DriftMetricSettings = fields(
  z
    .looseObject({
      data: z
        .enum(Object.keys(DATA) as [DriftData, ...DriftData[]])
        .default('samples')
        .meta({ 'x-section': 'data', title: 'Values are', description: 'what the metric gives', 'x-meanings': DATA }),
      measure: z
        .enum(Object.keys(MEASURES) as [DriftMeasure, ...DriftMeasure[]])
        .optional()
        .meta({
          'x-section': 'harm',
          title: 'Measure of drift',
          description: 'absent: chiSquare for counts, ks for samples; counts of samples are those of their deciles',
          'x-meanings': MEASURES,
        }),
      direction: z
        .enum(['either', 'increase', 'decrease'])
        .default('either')
        .meta({
          'x-section': 'harm',
          title: 'What is bad',
          description: 'the change that counts, of events and pairs; distributions have none',
          'x-meanings': { either: 'any change', increase: 'an increase', decrease: 'a decrease' },
        }),
      minimumEffect: z.number().min(0).default(0).meta({
        'x-section': 'harm',
        title: 'No drift below',
        description:
          "in the measure's unit, for chiSquare and g Cramér's V; with many outputs the smallest drift is no chance",
      }),
      minimumSamples: z.number('write a whole number, without quotes').int().min(2).default(30).meta({
        'x-section': 'data',
        title: 'Fewest outputs a side',
        description: 'with fewer nobody can tell',
        'x-rare': true,
      }),
      ...importanceFields('the metric has drifted', 'drift of this metric fails the canary'),
    })
    .check(({ value, issues }) => {
      const { data, measure: input } = value;
      if (input === undefined || data === 'samples') return;
      const isCounted = data === 'categories' || data === 'counts' || data === 'buckets';
      if (isCounted && !OF_SAMPLES.includes(input)) return;
      const message = isCounted
        ? 'write chiSquare, g, jensenShannon or psi: it is of samples, and these are counts'
        : `leave it out: ${data} have a test of their own`;
      issues.push({ code: 'custom', path: ['measure'], input, message });
    }),
);

/** Settings of one metric. */
export interface DriftRules {
  readonly data: DriftData;
  readonly measure: DriftMeasure;
  readonly direction: 'either' | 'increase' | 'decrease';
  readonly minimumEffect: number;
  readonly minimumSamples: number;
  readonly importance: 'critical' | 'normal' | 'advisory';
  readonly muted: boolean;
}

/** @throws CanaryError JUDGEMENT_FAILED naming metric, field, value and remedy */
export function readDriftRules(metric: CanaryMetricConfig): DriftRules {
  const { data, measure, direction, minimumEffect, minimumSamples, importance, critical, muted } = readMetricSettings(
    DriftMetricSettings,
    metric,
  );
  return {
    ...{ data, direction, minimumEffect, minimumSamples, muted },
    measure: measure ?? (data === 'samples' ? 'ks' : 'chiSquare'),
    importance: importance ?? (critical ? 'critical' : 'normal'),
  };
}
