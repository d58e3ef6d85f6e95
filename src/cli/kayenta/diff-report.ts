import { textTable } from '../terminal/text-table.ts';
import type { RunComparison } from './compare-run.ts';
import type { MetricComparison } from './compare-verdicts.ts';

export interface DiffSummary {
  readonly runs: { readonly equal: number; readonly different: number; readonly unjudgeable: number };
  readonly metrics: { readonly equal: number; readonly different: number };
}

export function summarize(runs: readonly RunComparison[]): DiffSummary {
  const judged = runs.flatMap(({ comparison }) => comparison ?? []);
  const metrics = judged.flatMap((comparison) => comparison.metrics);
  return {
    runs: { ...countEqual(judged), unjudgeable: runs.length - judged.length },
    metrics: countEqual(metrics),
  };
}

function countEqual(compared: readonly { readonly equal: boolean }[]) {
  const equal = compared.filter((one) => one.equal).length;
  return { equal, different: compared.length - equal };
}

const HEADER = ['', 'APPLICATION', 'CONFIG', 'RUN', 'METRIC', 'KAYENTA', 'HALDANE', 'RATIO KAYENTA', 'RATIO HALDANE'];

/** One line per metric and score, then the runs without a comparison, then the totals. */
export function diffReport(runs: readonly RunComparison[], onlyDifferences: boolean): string {
  const lines = runs.flatMap(runLines).filter(({ equal }) => !equal || !onlyDifferences);
  const unjudged = runs.flatMap(({ runId, unjudgeable }) => (unjudgeable === undefined ? [] : [[runId, unjudgeable]]));
  const { runs: ofRuns, metrics: ofMetrics } = summarize(runs);
  return [
    ...(lines.length === 0
      ? []
      : [
          textTable(
            HEADER,
            lines.map(({ equal, cells }) => [equal ? '=' : '≠', ...cells]),
          ),
        ]),
    ...(unjudged.length === 0 ? [] : [textTable(['UNJUDGEABLE', 'WHY'], unjudged)]),
    `runs: ${ofRuns.equal} equal, ${ofRuns.different} different, ${ofRuns.unjudgeable} unjudgeable; ` +
      `metrics: ${ofMetrics.equal} equal, ${ofMetrics.different} different\n`,
  ].join('\n');
}

function runLines({ application, config, runId, comparison }: RunComparison) {
  if (comparison === undefined) return [];
  const { metrics, score } = comparison;
  const place = [application, config, runId];
  const [kayenta, haldane] = [score.kayenta, score.haldane].map((one) => `${one.classification} ${one.score}`);
  return [
    ...metrics.map((metric) => ({ equal: metric.equal, cells: [...place, ...metricCells(metric)] })),
    { equal: score.equal, cells: [...place, '(score)', kayenta ?? '', haldane ?? ''] },
  ];
}

function metricCells({ metric, tags, kayenta, haldane }: MetricComparison): string[] {
  const labels = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return [
    labels.length === 0 ? metric : `${metric} {${labels.join(', ')}}`,
    kayenta?.classification ?? '-',
    haldane?.classification ?? '-',
    ratioText(kayenta?.ratio),
    ratioText(haldane?.ratio),
  ];
}

function ratioText(ratio: number | undefined): string {
  return ratio === undefined ? '-' : String(Number(ratio.toPrecision(6)));
}
