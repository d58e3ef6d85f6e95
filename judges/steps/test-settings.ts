import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { CanaryError } from '../../src/errors.ts';

/** What a config may say of a statistical test, for all metrics or for one. */
export interface TestSettings {
  /** how sure a difference must be; 0.98 allows a false alarm in 2 % of unchanged metrics */
  readonly confidence: number;
  /** the change, as a share of the mean of control, that is no difference yet */
  readonly tolerance: number;
}

const DEFAULTS: TestSettings = { confidence: 0.98, tolerance: 0 };

const LIMITS = {
  confidence: {
    holds: (value: number) => value >= 0.5 && value < 1,
    remedy: 'write a share from 0.5 to below 1, such as 0.98 for 98 %',
  },
  tolerance: {
    holds: (value: number) => value >= 0 && value < Number.POSITIVE_INFINITY,
    remedy: 'write a share of the baseline mean from 0 on, such as 0.05 for 5 %',
  },
} as const satisfies Record<keyof TestSettings, { holds: (value: number) => boolean; remedy: string }>;

/**
 * The settings of every metric of the config: those under its `analysisConfigurations.canary`, else those under
 * `judge.judgeConfigurations`, else the defaults. Read all at once, so that a wrong one fails every run alike.
 *
 * @throws CanaryError JUDGEMENT_FAILED naming metric, field, value and remedy
 */
export function readTestSettings(config: CanaryConfig): ReadonlyMap<CanaryMetricConfig, TestSettings> {
  const common = read(config.judge?.judgeConfigurations, 'judge.judgeConfigurations', DEFAULTS);
  return new Map(
    (config.metrics ?? []).map((metric) => {
      const place = `Metric '${metric.name}': analysisConfigurations.canary`;
      return [metric, read(metric.analysisConfigurations?.canary, place, common)];
    }),
  );
}

function read(fields: unknown, place: string, otherwise: TestSettings): TestSettings {
  if (typeof fields !== 'object' || fields === null) return otherwise;
  return {
    confidence: readShare(fields, place, 'confidence') ?? otherwise.confidence,
    tolerance: readShare(fields, place, 'tolerance') ?? otherwise.tolerance,
  };
}

function readShare(fields: object, place: string, name: keyof TestSettings): number | undefined {
  if (!Object.hasOwn(fields, name)) return undefined;
  const value = (fields as Record<string, unknown>)[name];
  const { holds, remedy } = LIMITS[name];
  if (typeof value === 'number' && holds(value)) return value;
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `${place}.${name} is ${JSON.stringify(value)}; ${remedy}, or leave the field out.`,
  );
}
