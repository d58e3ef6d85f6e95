import type { AnalysisReport } from '../../reports/analysis-report.ts';
import type { JudgedInterval } from '../../reports/metric-over-intervals.ts';
import { createTurns } from '../../waiting/turns.ts';
import { readableSeries } from '../judging/readable-series.ts';
import type { Runs } from '../runs/runs.ts';
import type { Series } from '../series.ts';

/** Those before have only their results: their series would be megabytes. */
const MOST_INTERVALS = 12;

interface Parts {
  readonly runs: Pick<Runs, 'find'>;
  readonly series: Series;
}

/** The last judged intervals of an analysis with their series, in order. Nothing is read where no metric failed. */
export async function judgedIntervals(
  { runs, series }: Parts,
  { intervals }: AnalysisReport,
): Promise<JudgedInterval[]> {
  const judged = intervals.filter(({ metrics }) => metrics.length > 0).slice(-MOST_INTERVALS);
  const turn = createTurns();
  const found: JudgedInterval[] = [];
  if (!judged.some(hasFailures)) return [];
  for (const interval of judged) {
    const run = interval.executionId === undefined ? undefined : await runs.find(interval.executionId);
    if (run?.result === undefined) continue;
    const { pairs = [] } = await readableSeries(series, run);
    found.push({ interval, config: run.config, results: run.result.judgeResult.results, pairs });
    await turn();
  }
  return found;
}

function hasFailures({ metrics }: AnalysisReport['intervals'][number]): boolean {
  return metrics.some(({ classification, muted }) => !muted && /^(High|Low|NodataFail)/.test(classification));
}
