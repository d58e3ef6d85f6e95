import type { CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { CanaryError } from '../../src/errors.ts';

/** What a config says under `analysisConfigurations.canary` of a metric, defaults filled in. */
export interface MetricSettings {
  readonly direction: 'increase' | 'decrease' | 'either';
  /** what to do with missing values: leave them out, or count each as 0 */
  readonly nanStrategy: 'remove' | 'replace';
  readonly critical: boolean;
  readonly mustHaveData: boolean;
  readonly muted: boolean;
  /** how many interquartile ranges from the quartiles an outlier begins; `undefined` keeps outliers */
  readonly outlierFactor: number | undefined;
  readonly effectSize: EffectSizeSettings;
}

/** Limits are in the measure's unit: 1.1 allows a mean 10 % above control's, 0.6 allows a `cles` of 60 %. */
export interface EffectSizeSettings {
  readonly measure: 'meanRatio' | 'cles';
  readonly allowedIncrease: number;
  readonly allowedDecrease: number;
  readonly criticalIncrease: number;
  readonly criticalDecrease: number;
}

/**
 * Unknown words fall back to the default; a value of the wrong type fails the judgement, as it does in Kayenta,
 * since a limit that silently does not count is worse than none.
 *
 * @throws CanaryError JUDGEMENT_FAILED naming metric, field, value and remedy
 */
export function readMetricSettings(metric: CanaryMetricConfig): MetricSettings {
  const read = new SettingsReader(metric);
  const measure = read.word(['effectSize', 'measure'], ['meanRatio', 'cles']);
  const noEffect = measure === 'cles' ? 0.5 : 1;
  return {
    direction: read.word(['direction'], ['either', 'increase', 'decrease']),
    nanStrategy: read.word(['nanStrategy'], ['remove', 'replace']),
    critical: read.flag(['critical']),
    mustHaveData: read.flag(['mustHaveData']),
    muted: read.flag(['muted']),
    outlierFactor: read.outlierFactor(),
    effectSize: {
      measure,
      allowedIncrease: read.number(['effectSize', 'allowedIncrease'], noEffect),
      allowedDecrease: read.number(['effectSize', 'allowedDecrease'], noEffect),
      criticalIncrease: read.number(['effectSize', 'criticalIncrease'], noEffect),
      criticalDecrease: read.number(['effectSize', 'criticalDecrease'], noEffect),
    },
  };
}

class SettingsReader {
  readonly #metric: CanaryMetricConfig;

  constructor(metric: CanaryMetricConfig) {
    this.#metric = metric;
  }

  /** One of `words`, of which the first is the default. */
  word<Word extends string>(path: readonly string[], words: readonly [Word, ...Word[]]): Word {
    const value = this.#find(path);
    if (value === null) throw this.#wrong(path, value, `write one of ${words.join(', ')}, or leave the field out`);
    return words.find((word) => word === value) ?? words[0];
  }

  /** `null` counts as false. */
  flag(path: readonly string[]): boolean {
    const value = this.#find(path) ?? false;
    if (typeof value === 'boolean') return value;
    throw this.#wrong(path, value, 'write true or false, without quotes');
  }

  /** `null` counts as 0. Whole numbers must fit 32 bits: a larger one is no limit anybody means. */
  number(path: readonly string[], fallback: number): number {
    const value = this.#find(path);
    if (value === undefined) return fallback;
    if (value === null) return 0;
    if (typeof value === 'number' && !isLongInteger(value)) return value;
    const remedy =
      typeof value === 'number' ? 'write a whole number of at most 2147483647' : 'write a number, without quotes';
    throw this.#wrong(path, value, remedy);
  }

  outlierFactor(): number | undefined {
    const path = ['outliers', 'outlierFactor'];
    const factor = this.number(path, 3);
    if (this.word(['outliers', 'strategy'], ['keep', 'remove']) === 'keep') return undefined;
    if (factor > 0) return factor;
    throw this.#wrong(path, factor, 'write a number above 0, or set the strategy to keep');
  }

  #find(path: readonly string[]): unknown {
    return find(this.#metric.analysisConfigurations, ['canary', ...path]);
  }

  #wrong(path: readonly string[], value: unknown, remedy: string): CanaryError {
    const field = ['analysisConfigurations', 'canary', ...path].join('.');
    return new CanaryError(
      'JUDGEMENT_FAILED',
      `Metric '${this.#metric.name}': ${field} is ${JSON.stringify(value)}; ${remedy}.`,
    );
  }
}

/** A list on the way is searched element by element, as Kayenta does; anything but a map or a list ends the way. */
function find(data: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return data;
  if (typeof data !== 'object' || data === null) return undefined;
  if (Array.isArray(data)) {
    const found = data.map((element) => find(element, path)).filter((value) => value !== undefined);
    return found.length > 0 ? found : undefined;
  }
  return Object.hasOwn(data, key) ? find((data as Record<string, unknown>)[key], rest) : undefined;
}

/** Whether Kayenta's reader would take the number for a 64-bit integer. From 1e21 on JSON has it with an exponent. */
function isLongInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e21 && value !== (value | 0);
}
