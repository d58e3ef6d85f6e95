import { z } from 'zod';
import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { readMetricSettings, readSettings } from '../../src/domain/judge-settings.ts';
import { importanceFields } from '../steps/importance-fields.ts';
import { LimitFields, type Limits } from '../steps/limit-fields.ts';
import { fields, word } from '../steps/setting-fields.ts';

const MOST_RUNS = 20;
const RUNS = `write a whole number from 0 to ${MOST_RUNS}`;

/** `judge.judgeConfigurations` of ThresholdJudge. */
export const ThresholdSettings = z.looseObject({
  verdict: z
    .enum(['brokenLimits', 'weightedScore'])
    .default('brokenLimits')
    .meta({
      'x-section': 'harm',
      title: 'Verdict',
      description: 'what decides about the canary',
      'x-meanings': {
        brokenLimits: 'any metric beyond its limits fails it, advisory ones aside; a warning makes it Marginal at best',
        weightedScore: 'the weighted score alone: a metric beyond its limits lowers it, a warning by half as much',
      },
    }),
  earlier: z
    .looseObject({
      runs: z.number(RUNS).int(RUNS).min(0, RUNS).max(MOST_RUNS, RUNS).default(0).meta({
        'x-section': 'limits',
        title: 'Compare with earlier runs',
        description:
          'with so many of the config, newest first; 0, or while there are none: with the baseline of the run',
      }),
      verdicts: z
        .enum(['all', 'pass', 'passOrMarginal'])
        .default('all')
        .meta({
          'x-section': 'limits',
          title: 'Earlier runs that count',
          description: 'by their verdict',
          'x-meanings': { all: 'all that were judged', pass: 'passed', passOrMarginal: 'passed, or were marginal' },
          'x-rare': true,
        }),
      statistic: z.enum(['mean', 'median', 'p90', 'p95']).default('mean').meta({
        'x-section': 'limits',
        title: 'Of earlier runs',
        description: 'what of their values is compared with',
        'x-rare': true,
      }),
    })
    .prefault({})
    .describe('whether relative limits compare with earlier runs'),
});
export type ThresholdSettings = z.output<typeof ThresholdSettings>;

/** `analysisConfigurations.canary` of ThresholdJudge. */
export const ThresholdMetricSettings = fields(
  z.looseObject({
    limits: LimitFields.optional().describe('what the canary must keep to'),
    warning: LimitFields.optional().describe('beyond the limits, but within these: a warning, half a pass'),
    ...importanceFields('the metric is beyond its limits', 'a failure of this metric fails the canary'),
    nanStrategy: word(
      { remove: 'are left out', replace: 'count as 0' },
      {
        title: 'Missing values',
        description: 'points without a value, where others have one',
        section: 'data',
        strict: true,
      },
    ),
    ratioOf: z.string().min(1).optional().meta({
      'x-names': 'metric',
      'x-section': 'requests',
      title: 'Denominator, a metric',
      description: 'a metric of this config that counts the requests of which this one counts the bad ones',
      'x-rare': true,
    }),
  }),
);

/** Settings of one metric. */
export interface ThresholdRules {
  readonly limits: Limits | undefined;
  readonly warning: Limits | undefined;
  readonly importance: 'critical' | 'normal' | 'advisory';
  readonly muted: boolean;
  readonly missingIsZero: boolean;
  readonly ratioOf: string | undefined;
}

/** @throws CanaryError JUDGEMENT_FAILED naming field, value and remedy */
export function readThresholdSettings(config: CanaryConfig): ThresholdSettings {
  return readSettings(ThresholdSettings, config);
}

/** @throws CanaryError JUDGEMENT_FAILED naming metric, field, value and remedy */
export function readThresholdRules(metric: CanaryMetricConfig): ThresholdRules {
  const { limits, warning, importance, critical, muted, nanStrategy, ratioOf } = readMetricSettings(
    ThresholdMetricSettings,
    metric,
  );
  return {
    ...{ limits, warning, muted, ratioOf },
    importance: importance ?? (critical ? 'critical' : 'normal'),
    missingIsZero: nanStrategy === 'replace',
  };
}
