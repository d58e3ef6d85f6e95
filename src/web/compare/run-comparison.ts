import type { MetricReport } from '../../reports/metric-report.ts';
import { STANDINGS } from '../../reports/metric-report.ts';
import type { RunReport } from '../../reports/run-report.ts';

/** One metric in two runs, or under two judges. */
export interface ComparedMetric {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** absent when the run has no such metric */
  readonly a?: MetricReport | undefined;
  readonly b?: MetricReport | undefined;
  /** whether its classification differs */
  readonly changed: boolean;
}

/** The metrics of both, changed ones first, then by importance. */
export function compareRuns(a: RunReport, b: RunReport): ComparedMetric[] {
  const [inA, inB] = [byKey(a.metrics), byKey(b.metrics)];
  const keys = [...new Set([...inA.keys(), ...inB.keys()])];
  return keys
    .map((key) => comparedMetric(inA.get(key), inB.get(key)))
    .toSorted((one, other) => Number(other.changed) - Number(one.changed) || rank(one) - rank(other));
}

function byKey(metrics: readonly MetricReport[]): Map<string, MetricReport> {
  const sorted = (tags: MetricReport['tags']) =>
    Object.entries(tags).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return new Map(metrics.map((metric) => [JSON.stringify([metric.name, sorted(metric.tags)]), metric]));
}

function comparedMetric(a: MetricReport | undefined, b: MetricReport | undefined): ComparedMetric {
  const { name = '', tags = {} } = a ?? b ?? {};
  const changed = a?.classification !== b?.classification || a?.standing !== b?.standing;
  return { name, tags, a, b, changed };
}

/** The report position of the worse of the two. */
function rank({ a, b }: ComparedMetric): number {
  const places = [a, b].flatMap((metric) => (metric === undefined ? [] : [STANDINGS.indexOf(metric.standing)]));
  return Math.min(...places);
}
