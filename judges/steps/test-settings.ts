import { z } from 'zod';
import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { readMetricSettings, readSettings } from '../../src/domain/judge-settings.ts';
import { MetricFields, type MetricSettings, toMetricSettings } from './metric-settings.ts';
import { fields } from './setting-fields.ts';

/** Settings of a statistical test, for all metrics or for one. */
export interface TestSettings {
  /** how sure a difference must be; 0.98 allows a false alarm in 2 % of unchanged metrics */
  readonly confidence: number;
  /** the change, as a share of the mean of control, that is no difference yet */
  readonly tolerance: number;
}

const DEFAULTS: TestSettings = { confidence: 0.98, tolerance: 0 };

const CONFIDENCE_REMEDY = 'write a share from 0.5 to below 1, such as 0.98 for 98 %, or leave the field out';
const Confidence = z.number(CONFIDENCE_REMEDY).min(0.5, CONFIDENCE_REMEDY).lt(1, CONFIDENCE_REMEDY).optional().meta({
  'x-section': 'harm',
  title: 'Confidence',
  description: 'how sure a difference must be; 0.98 flags 2 % of unchanged metrics',
});

const TOLERANCE_REMEDY = 'write a share of the baseline mean from 0 on, such as 0.05 for 5 %, or leave the field out';
const Tolerance = z.number(TOLERANCE_REMEDY).min(0, TOLERANCE_REMEDY).optional().meta({
  'x-section': 'harm',
  title: 'Tolerance',
  description: 'a change up to this share of the baseline mean is none; 0.05 is 5 %',
});

/** `judge.judgeConfigurations` of the judges that test means or ranks. */
export const TestJudgeSettings = z.looseObject({
  confidence: Confidence.meta({ ...Confidence.meta(), default: DEFAULTS.confidence }),
  tolerance: Tolerance.meta({ ...Tolerance.meta(), default: DEFAULTS.tolerance }),
});

/**
 * `analysisConfigurations.canary` of the judges that test means or ranks; absent settings are those for all metrics.
 */
export const TestMetricSettings = fields(MetricFields.extend({ confidence: Confidence, tolerance: Tolerance }));

/** Settings of a metric, with those of its test. */
export interface TestedMetricSettings extends MetricSettings {
  readonly test: TestSettings;
}

/**
 * The settings of every metric of the config: from its `analysisConfigurations.canary`, else from
 * `judge.judgeConfigurations`, else the defaults. All are parsed at once, so that a wrong one fails every run alike.
 *
 * @throws CanaryError JUDGEMENT_FAILED naming metric, field, value and remedy
 */
export function readTestSettings(config: CanaryConfig): (metric: CanaryMetricConfig) => TestedMetricSettings {
  const common = readSettings(TestJudgeSettings, config);
  const all = new Map(
    (config.metrics ?? []).map((metric) => {
      const own = readMetricSettings(TestMetricSettings, metric);
      const test = {
        confidence: own.confidence ?? common.confidence ?? DEFAULTS.confidence,
        tolerance: own.tolerance ?? common.tolerance ?? DEFAULTS.tolerance,
      };
      return [metric, { ...toMetricSettings(own), test }];
    }),
  );
  return (metric) => all.get(metric) as TestedMetricSettings;
}
