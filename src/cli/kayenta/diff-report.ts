import { textTable } from '../terminal/text-table.ts';
import type { RunComparison } from './compare-run.ts';
import type { PairPoints, SeriesComparison, SeriesDifference, SidePoints } from './compare-series.ts';
import type { MetricComparison } from './compare-verdicts.ts';

export interface DiffSummary {
  readonly runs: { readonly equal: number; readonly different: number; readonly unjudgeable: number };
  readonly metrics: { readonly equal: number; readonly different: number };
  /** only where series were fetched anew: how many metrics' series are alike, and how many are not, by the reason */
  readonly series?: Readonly<Record<SeriesDifference, number>>;
}

export function summarize(runs: readonly RunComparison[]): DiffSummary {
  const judged = runs.flatMap(({ comparison }) => comparison ?? []);
  const metrics = judged.flatMap((comparison) => comparison.metrics);
  const series = metrics.flatMap((metric) => metric.series ?? []);
  return {
    runs: { ...countEqual(judged), unjudgeable: runs.length - judged.length },
    metrics: countEqual(metrics),
    ...(series.length === 0 ? {} : { series: countDifferences(series) }),
  };
}

function countDifferences(all: readonly SeriesComparison[]): Required<DiffSummary>['series'] {
  const counts = { none: 0, points: 0, values: 0, notRecorded: 0, notFetched: 0 };
  for (const { difference } of all) counts[difference] += 1;
  return counts;
}

function countEqual(compared: readonly { readonly equal: boolean }[]) {
  const equal = compared.filter((one) => one.equal).length;
  return { equal, different: compared.length - equal };
}

const HEADER = ['', 'APPLICATION', 'CONFIG', 'RUN', 'METRIC', 'KAYENTA', 'HALDANE', 'RATIO KAYENTA', 'RATIO HALDANE'];

const SERIES_HEADER = ['POINTS KAYENTA', 'POINTS HALDANE', 'SERIES'];

/**
 * One line per metric and score, then the runs without a comparison and those left on Haldane, then the totals. Where
 * series were fetched anew, a line says how many points each side has.
 */
export function diffReport(runs: readonly RunComparison[], onlyDifferences: boolean): string {
  const lines = runs.flatMap(runLines).filter(({ equal }) => !equal || !onlyDifferences);
  const unjudged = runs.flatMap(({ runId, unjudgeable }) => (unjudgeable === undefined ? [] : [[runId, unjudgeable]]));
  const left = runs.flatMap(({ runId, refetched }) => {
    return refetched?.runId === undefined ? [] : [[runId, refetched.runId, refetched.left ?? 'kept, as asked for']];
  });
  const gone = runs.flatMap(({ runId, notRecorded }) => (notRecorded === undefined ? [] : [[runId, notRecorded]]));
  const { runs: ofRuns, metrics: ofMetrics, series } = summarize(runs);
  const header = series === undefined ? HEADER : [...HEADER, ...SERIES_HEADER];
  return [
    ...(lines.length === 0
      ? []
      : [
          textTable(
            header,
            lines.map(({ equal, cells }) => [equal ? '=' : '≠', ...cells]),
          ),
        ]),
    ...(unjudged.length === 0 ? [] : [textTable(['UNJUDGEABLE', 'WHY'], unjudged)]),
    ...(gone.length === 0 ? [] : [textTable(['ONLY VERDICTS COMPARED', 'WHY'], gone)]),
    ...(left.length === 0 ? [] : [textTable(['RUN', 'STAYS ON HALDANE AS', 'WHY'], left)]),
    ...(series === undefined ? [] : [seriesTotals(series)]),
    `runs: ${ofRuns.equal} equal, ${ofRuns.different} different, ${ofRuns.unjudgeable} unjudgeable; ` +
      `metrics: ${ofMetrics.equal} equal, ${ofMetrics.different} different\n`,
  ].join('\n');
}

const DIFFERENCES = {
  none: 'as recorded',
  points: 'other points',
  values: 'other values',
  notRecorded: 'not recorded',
  notFetched: 'not fetched',
} as const satisfies Record<SeriesDifference, string>;

function seriesTotals(series: Required<DiffSummary>['series']): string {
  const counts = Object.entries(DIFFERENCES).map(([difference, words]) => {
    return `${series[difference as SeriesDifference]} ${words}`;
  });
  return `series: ${counts.join(', ')}`;
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

function metricCells({ metric, tags, kayenta, haldane, series }: MetricComparison): string[] {
  const labels = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return [
    labels.length === 0 ? metric : `${metric} {${labels.join(', ')}}`,
    kayenta?.classification ?? '-',
    haldane?.classification ?? '-',
    ratioText(kayenta?.ratio),
    ratioText(haldane?.ratio),
    ...(series === undefined
      ? []
      : [pointsText(series.kayenta), pointsText(series.haldane), DIFFERENCES[series.difference]]),
  ];
}

/** Baseline and canary: `61/58`, with what is missing among them or was left out. */
function pointsText(pair: PairPoints | undefined): string {
  if (pair === undefined) return '-';
  const { control, experiment } = pair;
  const count = (read: (side: SidePoints) => number, word: string) =>
    read(control) + read(experiment) === 0 ? [] : [`${read(control)}/${read(experiment)} ${word}`];
  const notes = [...count(({ missing }) => missing, 'missing'), ...count((side) => side.leftOut ?? 0, 'left out')];
  return `${control.points}/${experiment.points}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

function ratioText(ratio: number | undefined): string {
  return ratio === undefined ? '-' : String(Number(ratio.toPrecision(6)));
}
