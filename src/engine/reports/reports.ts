import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { EXECUTION_STATUS, type Run } from '../../domain/run.ts';
import type { RunFilter, RunStore } from '../../domain/stores.ts';
import { CanaryError } from '../../errors.ts';
import { type AnalysisReport, reportAnalysis } from '../../reports/analysis-report.ts';
import type { JudgedRun } from '../../reports/config-history.ts';
import { type ConfigTrend, configTrends } from '../../reports/config-trends.ts';
import { type MetricOverIntervals, metricsOverIntervals } from '../../reports/metric-over-intervals.ts';
import type { Report } from '../../reports/report.ts';
import { type PlannedQuery, type RunReport, reportRun } from '../../reports/run-report.ts';
import { Shared } from '../../waiting/shared.ts';
import type { Accounts } from '../accounts.ts';
import type { Analyses } from '../analyses/analyses.ts';
import { answerAnalysis } from '../analyses/answer.ts';
import { toRunAnswer } from '../answers/run.ts';
import { planQueries } from '../fetching/plan-queries.ts';
import type { EarlierRuns } from '../judging/earlier-runs.ts';
import { findJudge } from '../judging/find-judge.ts';
import { readableSeries } from '../judging/readable-series.ts';
import { judgeAgain } from '../replay/judge-again.ts';
import type { Runs } from '../runs/runs.ts';
import type { Series } from '../series.ts';
import { judgedIntervals } from './judged-intervals.ts';
import { judgedRuns, type SameConfig } from './judged-runs.ts';

/** The reports of stored runs and analyses. */
export interface Reports {
  /** @param id of a run or an analysis. @throws CanaryError EXECUTION_NOT_FOUND */
  of(id: string): Promise<Report>;
  /** @throws CanaryError EXECUTION_NOT_FOUND */
  ofRun(id: string): Promise<RunReport>;
  /** The run as another judge judges its series, or why that judge cannot. Nothing is stored. */
  underJudge(id: string, judge: string, signal: AbortSignal): Promise<JudgedAgain>;
  /** The newest judged runs of a config, with what they found of each metric, oldest first. */
  judgedRuns(same: SameConfig): Promise<JudgedRun[]>;
  /** The metrics that failed in the last intervals of an analysis, with their series in each. */
  metricsOverIntervals(report: AnalysisReport): Promise<MetricOverIntervals[]>;
  /** How the last runs of each config ended, among those that a filter finds. */
  trends(filter: RunFilter): Promise<ConfigTrend[]>;
}

export type JudgedAgain =
  | { readonly report: RunReport; readonly problem?: undefined }
  | { readonly report?: undefined; readonly problem: string };

interface ReportsParts {
  readonly store: { readonly runs: Pick<RunStore, 'outcomes'> };
  readonly runs: Runs;
  readonly analyses: Analyses;
  readonly series: Series;
  readonly accounts: Accounts;
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
  readonly earlierRuns: EarlierRuns;
  readonly now: () => number;
}

export function createReports(parts: ReportsParts): Reports {
  const { runs, analyses, now } = parts;
  const shared = new Shared<RunReport>();
  const ofRun = async (run: Run) => {
    if (!EXECUTION_STATUS[run.status].complete) return reportOf(parts, run);
    const key = reportKey(run, await parts.series.timeOfRun(run));
    return shared.take(key, () => reportOf(parts, run));
  };
  return {
    async of(id) {
      const run = await runs.find(id);
      if (run !== undefined) return ofRun(run);
      if (!(await analyses.has(id))) throw new CanaryError('EXECUTION_NOT_FOUND', `No run or analysis '${id}'.`);
      return reportAnalysis(await answerAnalysis(parts, await analyses.get(id)), now());
    },
    ofRun: async (id) => ofRun(await runs.get(id)),
    judgedRuns: (same) => judgedRuns(runs, same),
    metricsOverIntervals: async (report) => metricsOverIntervals(await judgedIntervals(parts, report)),
    underJudge: async (id, judge, signal) => judgedAgain(parts, { run: await runs.get(id), judge }, signal),
    trends: async (filter) => configTrends(await parts.store.runs.outcomes(filter)),
  };
}

/** What a report of a run that has ended depends on: an archived one may replace it, and its series may be deleted. */
function reportKey(
  { id, buildTime, startTime, endTime, result, callback, deliveries }: Run,
  seriesTime: number | undefined,
): string {
  const { score } = result?.judgeResult ?? {};
  return JSON.stringify([
    id,
    buildTime,
    startTime,
    endTime,
    score,
    callback?.attemptCount,
    deliveries?.at(-1)?.at,
    deliveries?.length,
    seriesTime,
  ]);
}

async function reportOf(parts: ReportsParts, run: Run): Promise<RunReport> {
  const { series, accounts } = parts;
  const { pairs, problem } = await readableSeries(series, run);
  const planned = pairs === undefined ? plannedQueries(parts, run) : [];
  const answer = toRunAnswer(run);
  const told = problem === undefined ? answer : { ...answer, warnings: [...(answer.warnings ?? []), problem] };
  return reportRun({ run: told, pairs: pairs ?? [], linkTo: accounts.linkTo, planned });
}

/** None for an old run whose account or provider is gone. */
function plannedQueries(
  { accounts, providers }: ReportsParts,
  { config, request, metricsAccountName }: Run,
): PlannedQuery[] {
  try {
    const account = accounts.metricsStore(metricsAccountName);
    const queries = planQueries({ config, request, account, accounts, providers });
    return queries.map(({ metricIndex, side, request: { text } }) => ({ metricIndex, side, text }));
  } catch (error) {
    if (error instanceof CanaryError) return [];
    throw error;
  }
}

async function judgedAgain(
  { judges, earlierRuns, series, accounts }: ReportsParts,
  { run, judge: name }: { readonly run: Run; readonly judge: string },
  signal: AbortSignal,
): Promise<JudgedAgain> {
  findJudge(judges, name);
  const { pairs = [], problem } = await readableSeries(series, run);
  if (problem !== undefined) return { problem };
  if (pairs.length === 0) return { problem: 'This run has no stored series, so it cannot be judged again.' };
  const { exception: _, ...answer } = toRunAnswer(run);
  const judged = await judgeAgain({ judges, earlierRuns }, { run, pairs, by: { name } }, signal);
  if (judged.result === undefined) return { problem: `${name} cannot judge it: ${judged.reason}` };
  const config = { ...answer.config, judge: { ...answer.config.judge, name } };
  const result = { judgeResult: judged.result };
  const again = { ...answer, config, status: 'succeeded', complete: true, result } as const;
  return { report: await reportRun({ run: again, pairs, linkTo: accounts.linkTo }) };
}
