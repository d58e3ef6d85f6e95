import type { VerdictName } from '../domain/verdict-report.ts';
import { type AnalysisReport, intervalName, wordOf } from './analysis-report.ts';
import { causeInWords } from './cause-words.ts';
import { count, formatDuration, formatNumber, formatPercent } from './format.ts';
import { labelledName } from './labelled-name.ts';
import type { MetricReport } from './metric-report.ts';
import type { RunReport } from './run-report.ts';
import { withinBytes } from './within-bytes.ts';

/** More of them do not fit into a sentence that people read. */
const MOST_TOLD = 3;
const MOST_NAME_BYTES = 80;

/** Whether a metric speaks against the canary. */
export function isFailure({ standing }: MetricReport): boolean {
  return standing === 'critical failure' || standing === 'failure';
}

/** Why a run has the verdict it has, in one sentence. @param judgeReason the judge's own words on the canary */
export function reasonOfRun(verdict: VerdictName, report: RunReport, judgeReason: string): string {
  switch (verdict) {
    case 'running':
      return underWay(report);
    case 'canceled':
      return 'The run was canceled before it was judged.';
    case 'error':
      return `The run could not be judged${because(report.failure?.message)}.`;
    default:
      return `${reasonOfScore(verdict, report, judgeReason)}${circumstances(report)}.`;
  }
}

/** What a reader must know of the comparison itself. */
function circumstances({ history, sampleRatio }: RunReport): string {
  const past = history === undefined ? '' : `; the baseline is ${history.text}`;
  if (sampleRatio?.mismatch !== true) return past;
  const { seenShare, expectedShare } = sampleRatio;
  return `${past}; the canary got ${formatPercent(seenShare)} of the requests instead of ${formatPercent(expectedShare)}`;
}

export interface LastJudgement {
  readonly last: RunReport;
  readonly judgeReason: string;
  readonly nowMillis: number;
}

/** The same of an analysis, whose last judgement decides. */
export function reasonOfAnalysis(
  verdict: VerdictName,
  analysis: AnalysisReport,
  { last, judgeReason, nowMillis }: LastJudgement,
): string {
  switch (verdict) {
    case 'running':
      return analysisUnderWay(analysis, nowMillis);
    case 'canceled':
      return 'The analysis was canceled before it ended.';
    case 'error':
      return `The analysis could not be judged${because(analysis.failure?.message)}.`;
    default: {
      const judged = analysis.intervals.filter(({ score }) => score !== undefined).length;
      const reason = reasonOfScore(verdict, last, judgeReason);
      const step = analysis.intervals.findLast(({ score }) => score !== undefined)?.step;
      if (step !== undefined) return `${reason}; ${intervalName({ number: judged, step }).toLowerCase()} decided.`;
      return analysis.intervals.length === 1 ? `${reason}.` : `${reason}; interval ${judged} decided.`;
    }
  }
}

function because(message: string | undefined): string {
  return message === undefined ? ' and no reason is known' : `: ${message.replace(/\.$/, '')}`;
}

function underWay({ headline, progress, waitsUntilMillis, waiting }: RunReport): string {
  const of = progress.reduce((sum, { total }) => sum + total, 0);
  const done = progress.reduce((sum, step) => sum + step.done, 0);
  if (waitsUntilMillis !== undefined || waiting.length > 0 || done === 0) return headline;
  return `The run is under way: ${done} of ${count(of, 'stage')} done.`;
}

function analysisUnderWay({ intervals, expectedEndMillis, ...analysis }: AnalysisReport, nowMillis: number): string {
  const scored = intervals.filter(({ score }) => score !== undefined);
  const last = scored.at(-1)?.score;
  const left = expectedEndMillis === undefined ? 0 : expectedEndMillis - nowMillis;
  const parts = [
    `${scored.length} of ${count(intervals.length, wordOf(intervals))} judged`,
    ...(last === undefined ? [] : [`the last score is ${formatNumber(last)}`]),
    ...(left > 0 ? [`about ${formatDuration(Math.ceil(left / 60_000) * 60_000)} left`] : []),
  ];
  const trouble = /The next is under way; (.*)\.$/s.exec(analysis.headline)?.[1];
  return `The analysis is under way: ${parts.join(', ')}${trouble === undefined ? '' : `; ${trouble}`}.`;
}

function reasonOfScore(verdict: VerdictName, report: RunReport, judgeReason: string): string {
  const { coverage, metrics } = report;
  if (verdict === 'nodata') return nothingToJudge(report);
  const failures = metrics.filter(isFailure);
  const unsure = metrics.filter(({ standing }) => standing === 'inconclusive');
  const said = judgeReason.replace(/^(Canary Failed|Marginal at best|Note): /, '').replace(/\.$/, '');
  const why = [
    ...(failures.length === 0 ? [] : [whatFailed(failures, coverage?.of ?? metrics.length)]),
    ...(failures.length === 0 && verdict === 'pass' ? ['no metric failed'] : []),
    ...(unsure.length === 0 ? [] : [`inconclusive: ${listed(unsure, nameOf)}`]),
    ...(failures.length + unsure.length > 0 || said === '' ? [] : [said]),
    coverage?.text ?? '',
  ].filter((part) => part !== '');
  return `${scoreInWords(verdict, report)}: ${why.join('; ')}`;
}

/** "Score 39.2 fails, below the marginal 75" */
function scoreInWords(verdict: VerdictName, { score = 0, thresholds: { pass, marginal } }: RunReport): string {
  const value = `Score ${formatNumber(score)}`;
  if (verdict === 'pass') return `${value} passes${pass === undefined ? '' : ` (${formatNumber(pass)} is needed)`}`;
  if (verdict === 'marginal') {
    return `${value} is marginal${pass === undefined ? '' : ` (${formatNumber(pass)} is needed to pass)`}`;
  }
  const limit = marginal ?? pass;
  return `${value} fails${limit === undefined ? '' : ` (${formatNumber(limit)} is needed to be marginal)`}`;
}

function nothingToJudge({ coverage, metrics }: RunReport): string {
  if (coverage === undefined) return 'There was nothing to judge, so there is no verdict';
  const { silence, unpaired, text } = coverage;
  const unsure = metrics.find(({ standing, reason }) => standing === 'inconclusive' && reason !== '');
  const cause = unpaired ?? unsure?.reason;
  const why = silence ?? (cause === undefined ? `Only ${text}` : `Only ${text}: ${cause}`);
  return `${why.replace(/[.?]$/, '')}; nothing can be said of the canary`;
}

function whatFailed(failures: readonly MetricReport[], of: number): string {
  const critical = failures.some(({ standing }) => standing === 'critical failure') ? ', one or more critical' : '';
  return `${failures.length} of ${count(of, 'metric')} failed${critical}: ${listed(failures, sizeOfFailure)}`;
}

/** "“latency” 182 → 237 ms (+30 %)" */
function sizeOfFailure(metric: MetricReport): string {
  return causeInWords(metric, (name) => withinBytes(name, MOST_NAME_BYTES));
}

function nameOf(metric: MetricReport): string {
  return `“${withinBytes(labelledName(metric), MOST_NAME_BYTES)}”`;
}

function listed(metrics: readonly MetricReport[], toWords: (metric: MetricReport) => string): string {
  const others = metrics.length - MOST_TOLD;
  const told = metrics.slice(0, MOST_TOLD).map(toWords).join(', ');
  return others > 0 ? `${told} and ${count(others, 'other')}` : told;
}
