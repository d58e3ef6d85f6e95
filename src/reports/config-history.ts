import type { CanaryAnalysisResult } from '../domain/canary-judge-result.ts';
import { coverageOf, isOverNothing } from '../domain/coverage.ts';
import type { Run } from '../domain/run.ts';
import { type EffectReport, reportEffect } from './effect-report.ts';
import { labelledName } from './labelled-name.ts';

/** What one run found of a metric. */
export interface MetricPoint extends Pick<CanaryAnalysisResult, 'classification' | 'muted' | 'critical'> {
  readonly outcome?: string | undefined;
  readonly effect?: EffectReport | undefined;
  /** means of the compared values; absent: no data */
  readonly control?: number | undefined;
  readonly experiment?: number | undefined;
}

/** A judged run of a config. */
export interface JudgedRun {
  readonly id: string;
  readonly acceptedMillis: number;
  readonly status: Run['status'];
  readonly score: number;
  readonly verdict: string;
  /** a pass says nothing: nothing could be judged */
  readonly overNothing: boolean;
  /** by the metric's name with its tags */
  readonly metrics: ReadonlyMap<string, MetricPoint>;
}

/** A metric over the runs of its config: one entry a run, undefined where the run had no such metric. */
export interface MetricHistory {
  readonly name: string;
  readonly points: readonly (MetricPoint | undefined)[];
  /** in how many runs it failed, muted or not */
  readonly failures: number;
}

/** The runs of a config, oldest first, and each metric over them: those that failed most often first. */
export interface ConfigHistory {
  readonly runs: readonly JudgedRun[];
  readonly metrics: readonly MetricHistory[];
}

/** Undefined for a run that was not judged. */
export function judgedRun({ id, buildTime, status, result }: Run): JudgedRun | undefined {
  if (result === undefined) return undefined;
  const { results, score } = result.judgeResult;
  return {
    id,
    acceptedMillis: buildTime,
    status,
    score: score.score,
    verdict: score.classification,
    overNothing: isOverNothing(coverageOf(results)),
    metrics: new Map(results.toReversed().map((metric) => [labelledName(metric), pointOf(metric)])),
  };
}

/** @param runs oldest first */
export function configHistory(runs: readonly JudgedRun[]): ConfigHistory {
  const names = [...new Set(runs.toReversed().flatMap(({ metrics }) => [...metrics.keys()].toReversed()))];
  const metrics = names.map((name) => metricHistory(name, runs));
  return {
    runs,
    metrics: metrics.toSorted((one, other) => other.failures - one.failures || lastSize(other) - lastSize(one)),
  };
}

/** @param runs oldest first */
export function metricHistory(name: string, runs: readonly JudgedRun[]): MetricHistory {
  const points = runs.map(({ metrics }) => metrics.get(name));
  return { name, points, failures: points.filter((point) => point !== undefined && hasFailed(point)).length };
}

export function hasFailed({ classification }: Pick<MetricPoint, 'classification'>): boolean {
  return classification === 'High' || classification === 'Low' || classification === 'NodataFailMetric';
}

function pointOf(metric: CanaryAnalysisResult): MetricPoint {
  const { classification, muted, critical, evidence, controlMetadata, experimentMetadata } = metric;
  const meanOf = ({ stats }: typeof controlMetadata) => (stats.count > 0 ? stats.mean : undefined);
  return {
    classification,
    muted,
    critical,
    outcome: evidence?.outcome,
    effect: reportEffect(metric),
    control: meanOf(controlMetadata),
    experiment: meanOf(experimentMetadata),
  };
}

/** Of the change in the last run that has one. */
function lastSize({ points }: MetricHistory): number {
  const last = points.findLast((point) => point?.effect !== undefined);
  return Math.abs(last?.effect?.change ?? 0);
}
