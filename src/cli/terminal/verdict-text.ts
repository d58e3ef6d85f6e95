import { styleText } from 'node:util';
import type { CanaryAnalysisResult } from '../../domain/canary-judge-result.ts';
import { coverageInWords, coverageOf, isOverNothing, silenceInWords } from '../../domain/coverage.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { labelledName } from '../../reports/labelled-name.ts';
import { partialInWords, windowWaitInWords } from '../../reports/open-window.ts';
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

/** A finished run for people: every metric with both series and the reason, then groups, score, verdict. */
export function verdictText(run: CanaryExecutionStatusResponse, pairs: readonly MetricSetPair[]): string {
  if (run.result === undefined) return withoutVerdict(run);
  const partial = partialInWords(run, pairs);
  const { results, groupScores, score } = run.result.judgeResult;
  const thresholds = run.canaryExecutionRequest.thresholds ?? {};
  const coverage = coverageOf(results);
  const overNothing = score.classification === 'Pass' && isOverNothing(coverage);
  const verdict = overNothing ? styleText('yellow', 'Pass over nothing') : coloured(score.classification);
  return [
    ...results.flatMap((result) => [
      ...metricText(
        result,
        pairs.find(({ id }) => id === result.id),
      ),
      '',
    ]),
    ...groupScores.map(
      (group) => `  ${group.name.padEnd(12)} ${bar(group.score)} ${group.score.toFixed(1).padStart(6)}`,
    ),
    `  ${'score'.padEnd(12)} ${bar(score.score)} ${score.score.toFixed(1).padStart(6)}` +
      `   marginal ${thresholds.marginal}, pass ${thresholds.pass}`,
    `  judged       ${[coverageInWords(coverage), silenceInWords(coverage)].filter(Boolean).join('. ')}`,
    ...(partial === undefined ? [] : [`  partial      ${partial}`]),
    `  verdict      ${verdict}${score.classificationReason ? `: ${score.classificationReason}` : ''}`,
    ...(run.warnings ?? []).map((warning) => `  warning      ${printable(warning)}`),
  ].join('\n');
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
