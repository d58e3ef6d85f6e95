import type { CanaryConfig } from '../domain/canary-config.ts';
import type { CanaryAnalysisResult } from '../domain/canary-judge-result.ts';
import type { MetricSetPair } from '../domain/metric-set-pair.ts';
import { unitOf } from '../domain/value-scale.ts';
import { type IntervalReport, intervalName } from './analysis-report.ts';
import { hasFailed } from './config-history.ts';
import { type EffectReport, reportEffect } from './effect-report.ts';
import { labelledName } from './labelled-name.ts';
import { type SeriesReport, seriesOf } from './series-report.ts';

/** What one interval of an analysis found of a metric, with the series it was judged by. */
export interface IntervalCell extends Pick<CanaryAnalysisResult, 'classification' | 'muted'> {
  readonly name: string;
  readonly executionId: string;
  readonly effect?: EffectReport | undefined;
  /** absent: the series are deleted */
  readonly series?: SeriesReport | undefined;
}

/** A metric that matters, over the intervals that had it. */
export interface MetricOverIntervals {
  readonly name: string;
  readonly unit?: string | undefined;
  readonly cells: readonly IntervalCell[];
}

/** One judged interval, as it is stored. */
export interface JudgedInterval {
  readonly interval: IntervalReport;
  readonly config: CanaryConfig;
  readonly results: readonly CanaryAnalysisResult[];
  readonly pairs: readonly MetricSetPair[];
}

/** More are in the reports of the intervals. */
const MOST_METRICS = 6;

/** The metrics that failed in any of these intervals and count, most failures first. @param judged in order */
export function metricsOverIntervals(judged: readonly JudgedInterval[]): MetricOverIntervals[] {
  const all = judged.flatMap((one) => one.results.map((result) => ({ result, cell: cellOf(one, result), ...one })));
  return [...Map.groupBy(all, ({ result }) => labelledName(result)).entries()]
    .map(([name, found]) => ({
      name,
      unit: unitIn(found[0]?.config, found[0]?.result.name),
      cells: found.map(({ cell }) => cell),
      failures: found.filter(({ result }) => hasFailed(result) && !result.muted).length,
    }))
    .filter(({ failures }) => failures > 0)
    .toSorted((one, other) => other.failures - one.failures)
    .slice(0, MOST_METRICS)
    .map(({ failures: _, ...metric }) => metric);
}

function cellOf({ interval, pairs }: JudgedInterval, result: CanaryAnalysisResult): IntervalCell {
  const pair = pairs.find(({ id }) => id === result.id);
  return {
    name: intervalName(interval),
    executionId: interval.executionId ?? '',
    classification: result.classification,
    muted: result.muted,
    effect: reportEffect(result),
    series: pair && seriesOf(pair),
  };
}

function unitIn(config: CanaryConfig | undefined, name: string | undefined): string | undefined {
  return unitOf(config?.metrics?.find((metric) => metric.name === name)?.query);
}
