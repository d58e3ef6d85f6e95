import { styleText } from 'node:util';
import type { CanaryAnalysisResult } from '../../domain/canary-judge-result.ts';
import { coverageOf, isOverNothing } from '../../domain/coverage.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { decisionTimeInWords } from '../../reports/decision-time.ts';
import { labelledName } from '../../reports/labelled-name.ts';
import { windowWaitInWords } from '../../reports/open-window.ts';
import { type RunReport, reportRun } from '../../reports/run-report.ts';
import { commonScale, sparkline } from './sparkline.ts';
import { printable } from './text-table.ts';

const COLOURS = {
  Pass: 'green',
  Marginal: 'yellow',
  Fail: 'red',
  High: 'red',
  Low: 'red',
  Nodata: 'yellow',
  NodataFailMetric: 'red',
  Error: 'red',
} as const;

const BAR_WIDTH = 40;

/** A finished run for people, in the words of its report: every metric with both series, then groups, score, verdict. */
export async function verdictText(
  run: CanaryExecutionStatusResponse,
  pairs: readonly MetricSetPair[],
): Promise<string> {
  if (run.result === undefined) return withoutVerdict(run);
  const report = await reportRun({ run, pairs });
  const weighty = new Map(report.metrics.map((metric) => [metric.result, metric.weighty]));
  const { results, groupScores, score } = run.result.judgeResult;
  const thresholds = run.canaryExecutionRequest.thresholds ?? {};
  const overNothing = score.classification === 'Pass' && isOverNothing(coverageOf(results));
  const verdict = overNothing ? styleText('yellow', 'Pass over nothing') : coloured(score.classification);
  return [
    ...results.flatMap((result) => [
      ...metricText(
        result,
        pairs.find(({ id }) => id === result.id),
      ),
      ...(weighty.get(result) ?? []).map((note) => `    note     ${printable(note)}`),
      '',
    ]),
    ...groupScores.map(
      (group) => `  ${group.name.padEnd(12)} ${bar(group.score)} ${group.score.toFixed(1).padStart(6)}`,
    ),
    `  ${'score'.padEnd(12)} ${bar(score.score)} ${score.score.toFixed(1).padStart(6)}` +
      `   marginal ${thresholds.marginal}, pass ${thresholds.pass}`,
    ...historyLines(report),
    ...decisionTimeInWords(report.timeToDecision, report.ramp).map((text) => `  forecast     ${printable(text)}`),
    `  headline     ${printable(report.headline)}`,
    `  verdict      ${verdict}${score.classificationReason ? `: ${score.classificationReason}` : ''}`,
    ...report.warnings.map((warning) => `  warning      ${printable(warning)}`),
  ].join('\n');
}

/** Which windows of the past were the baseline. */
function historyLines({ history }: RunReport): string[] {
  if (history === undefined) return [];
  return [history.text, ...history.windows.map(({ text }) => text)].map((text) => `  history      ${printable(text)}`);
}

function withoutVerdict({ status, exception, waitsUntilMillis }: CanaryExecutionStatusResponse): string {
  if (waitsUntilMillis !== undefined) return `${status}: the run ${windowWaitInWords(waitsUntilMillis)}`;
  return `${status}: ${exception?.details.errors.join('; ') ?? 'no result'}`;
}

function metricText(result: CanaryAnalysisResult, pair: MetricSetPair | undefined): string[] {
  const { control = [], experiment = [] } = pair?.values ?? {};
  const scale = commonScale(control, experiment);
  const { outcome, ratioEstimate } = result.evidence ?? {};
  const ratio = ratioEstimate ?? result.resultMetadata?.ratio;
  const word = result.classification === 'Pass' && outcome !== undefined ? `${outcome}, passes` : outcome;
  const facts = ratio === undefined ? '' : `canary/baseline ${ratio.toFixed(3)}`;
  return [
    `  ${printable(labelledName(result)).padEnd(25)} ${word ?? coloured(result.classification.padEnd(8))} ${facts}`,
    `    ${result.evidence?.sentence ?? result.classificationReason ?? ''}`,
    `    baseline ${sparkline(control, scale)}`,
    `    canary   ${sparkline(experiment, scale)}`,
  ];
}

function bar(score: number): string {
  const filled = Math.round((Math.min(Math.max(score, 0), 100) / 100) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

function coloured(text: string): string {
  const colour = COLOURS[text.trim() as keyof typeof COLOURS];
  return colour === undefined ? text : styleText(colour, text);
}
