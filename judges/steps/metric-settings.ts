import { z } from 'zod';
import type { CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { readMetricSettings } from '../../src/domain/judge-settings.ts';
import { LimitFields, type Limits } from './limit-fields.ts';
import { fields, flag, limit, word } from './setting-fields.ts';

function effectSizeFields(strict: boolean) {
  return fields(
    z.looseObject({
      measure: word(
        { meanRatio: 'the ratio of the means', cles: 'the share of pairs of points in which the canary is higher' },
        {
          title: 'Limits are of',
          description: 'cles is the common language effect size',
          section: 'tuning',
          rare: true,
          strict,
        },
      ),
      allowedIncrease: limit({
        section: 'harm',
        title: 'Allowed increase',
        description: '1.1 allows a mean 10 % above the baseline; absent: 1, none (with cles 0.5)',
      }),
      allowedDecrease: limit({
        section: 'harm',
        title: 'Allowed decrease',
        description: '0.9 allows a mean 10 % below the baseline; absent: 1, none (with cles 0.5)',
      }),
      criticalIncrease: limit({
        section: 'harm',
        title: 'Critical increase',
        description: 'beyond it a critical metric fails the canary, as a ratio; absent: 1 (with cles 0.5)',
      }),
      criticalDecrease: limit({
        section: 'harm',
        title: 'Critical decrease',
        description: 'below it a critical metric fails the canary, as a ratio; absent: 1 (with cles 0.5)',
      }),
    }),
  );
}

const DEFAULT_OUTLIER_FACTOR = 3;

function outlierFields(strict: boolean) {
  return fields(
    z
      .looseObject({
        strategy: word(
          { keep: 'are compared too', remove: 'are left out' },
          { title: 'Outliers', description: 'single wild points', section: 'tuning', rare: true, strict },
        ),
        outlierFactor: limit({
          section: 'tuning',
          title: 'Outliers begin',
          description: `so many interquartile ranges from the quartiles; absent: ${DEFAULT_OUTLIER_FACTOR}`,
          rare: true,
        }),
      })
      .check(({ value, issues }) => {
        const { strategy, outlierFactor: input = DEFAULT_OUTLIER_FACTOR } = value;
        if (strategy === 'keep' || input > 0) return;
        const message = 'write a number above 0, or set the strategy to keep';
        issues.push({ code: 'custom', path: ['outlierFactor'], input, message });
      }),
  );
}

function metricFields(strict: boolean) {
  return z.looseObject({
    direction: word(
      { either: 'any change', increase: 'an increase', decrease: 'a decrease' },
      { title: 'What is bad', description: 'the change that counts', section: 'harm', strict },
    ),
    nanStrategy: word(
      { remove: 'are left out', replace: 'count as 0' },
      { title: 'Missing values', description: 'points without a value', section: 'data', strict },
    ),
    effectSize: effectSizeFields(strict).prefault({}).describe('how much change is allowed, and how much is critical'),
    outliers: outlierFields(strict).prefault({}).describe('what becomes of single wild points'),
    critical: flag({ title: 'Critical', description: 'a failure of this metric fails the canary', section: 'harm' }),
    mustHaveData: flag({ title: 'Must have data', description: 'no data is a failure', section: 'data' }),
    muted: flag({ title: 'Muted', description: 'judged and shown, but not counted', section: 'harm' }),
    limits: LimitFields.optional().describe('what the canary must keep to, whatever the comparison says'),
  });
}

/** What a config may say under `analysisConfigurations.canary` to every judge of this folder but that of Kayenta. */
export const MetricFields = metricFields(true);

/** The same as Kayenta reads it: a word that is none of the known ones counts as the default. */
export const SharedMetricSettings = fields(metricFields(false));

/** @throws CanaryError JUDGEMENT_FAILED naming metric, field, value and remedy */
export function readSharedSettings(metric: CanaryMetricConfig): MetricSettings {
  return toMetricSettings(readMetricSettings(SharedMetricSettings, metric));
}

/** Settings of a metric, with defaults. */
export interface MetricSettings {
  readonly direction: 'increase' | 'decrease' | 'either';
  /** missing values: remove them, or count each as 0 */
  readonly nanStrategy: 'remove' | 'replace';
  readonly critical: boolean;
  readonly mustHaveData: boolean;
  readonly muted: boolean;
  /**
   * distance from the quartiles, in interquartile ranges, beyond which a value is an outlier; `undefined` keeps
   * outliers
   */
  readonly outlierFactor: number | undefined;
  readonly effectSize: EffectSizeSettings;
  /** what must hold beside the comparison; undefined: nothing */
  readonly limits: Limits | undefined;
}

/** Limits are in the measure's unit: 1.1 allows a mean 10 % above control's, 0.6 allows a `cles` of 60 %. */
export interface EffectSizeSettings {
  readonly measure: 'meanRatio' | 'cles';
  readonly allowedIncrease: number;
  readonly allowedDecrease: number;
  readonly criticalIncrease: number;
  readonly criticalDecrease: number;
}

/** Absent limits default to the measure's value for no effect. */
export function toMetricSettings({
  outliers,
  effectSize,
  limits,
  ...settings
}: z.output<typeof MetricFields>): MetricSettings {
  const { direction, nanStrategy, critical, mustHaveData, muted } = settings;
  const { measure } = effectSize;
  const noEffect = measure === 'cles' ? 0.5 : 1;
  return {
    ...{ direction, nanStrategy, critical, mustHaveData, muted },
    limits,
    outlierFactor: outliers.strategy === 'keep' ? undefined : (outliers.outlierFactor ?? DEFAULT_OUTLIER_FACTOR),
    effectSize: {
      measure,
      allowedIncrease: effectSize.allowedIncrease ?? noEffect,
      allowedDecrease: effectSize.allowedDecrease ?? noEffect,
      criticalIncrease: effectSize.criticalIncrease ?? noEffect,
      criticalDecrease: effectSize.criticalDecrease ?? noEffect,
    },
  };
}
