import { type AnalysisReport, failedIn, intervalName, intervalNotes, isBegun } from './analysis-report.ts';
import { shortRange } from './effect-words.ts';
import { factsOf } from './facts.ts';
import { count, formatChange, formatNumber, formatWindow } from './format.ts';
import { labelledName } from './labelled-name.ts';
import { type MetricReport, wordOf } from './metric-report.ts';
import type { Report } from './report.ts';
import type { RunReport } from './run-report.ts';
import { verdictOf } from './verdict.ts';
import { visibleText } from './visible-text.ts';
import { waitingInWords } from './waiting-report.ts';

/** Pull request comments are truncated at their end, so passes come last. */
const MOST_PASSES = 100;
/** Metrics with their notes. */
const MOST_NOTED = 10;
const MOST_INTERVALS = 200;
const LONGEST_TEXT = 400;

const SIGNS: Readonly<Record<string, string>> = { pass: '✅', marginal: '⚠️', fail: '❌', nodata: '⏳' };

/** A report for a pull request comment. */
export function renderMarkdown(report: Report): string {
  const { tone, text } = verdictOf(report.verdict, report.status, report.coverage?.overNothing);
  const value = report.score === undefined ? '' : `, ${formatNumber(report.score)} of 100`;
  const parts = [
    `### ${SIGNS[tone]} Canary ${escaped(report.application)}: ${escaped(text)}${value}`,
    escaped(report.headline),
    ...(report.failure === undefined ? [] : [`> ${escaped(report.failure.message)}`]),
    report.warnings.map((warning) => `- ⚠️ ${escaped(warning)}`).join('\n'),
    ...(report.kind === 'run' ? runParts(report) : analysisParts(report)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function runParts(report: RunReport): string[] {
  const { metrics, groups, scoresWithout } = report;
  const [passes, others] = [metrics.filter(isPass), metrics.filter((metric) => !isPass(metric))];
  const without = scoresWithout.slice(0, 3).map(({ metric, score, verdict }) => {
    return `- Had “${escaped(metric)}” passed, the score would be **${formatNumber(score)}**: ${escaped(verdict)}.`;
  });
  const groupRows = groups.map(({ name, score, passed, counted, weight }) => [
    escaped(name),
    counted === 0 ? '–' : formatNumber(score),
    `${passed} of ${counted}`,
    `${formatNumber(weight)} %`,
  ]);
  return [
    waitingLines(report),
    metricTable(others),
    without.join('\n'),
    notesOf(others),
    table(['Group', 'Score', 'Passed', 'Weight'], groupRows),
    ...(passes.length === 0 ? [] : [folded(`${count(passes.length, 'metric')} passed`, passTable(passes))]),
    thresholdsLine(report),
    factsLine(report),
  ];
}

/** The headline has the first reason. */
function waitingLines({ waiting }: RunReport): string {
  return waiting
    .slice(1)
    .map((wait) => `- ${SIGNS.nodata} ${escaped(waitingInWords(wait))}`)
    .join('\n');
}

function isPass({ standing }: MetricReport): boolean {
  return standing === 'pass';
}

function metricTable(metrics: readonly MetricReport[]): string {
  return table(
    ['Metric', 'Verdict', 'Change', 'Why'],
    metrics
      .map((metric) => ({ ...metric, word: wordOf(metric) }))
      .map(({ word, effect, reason, critical, ...metric }) => [
        escaped(labelledName(metric)),
        `${escaped(word)}${critical ? ', critical' : ''}`,
        effect === undefined ? '' : `**${formatChange(effect.change)}** ${shortRange(effect)}`,
        escaped(reason),
      ]),
  );
}

/** What the judge says besides of the metrics that did not pass, and what would have changed it. */
function notesOf(metrics: readonly MetricReport[]): string {
  const told = metrics.filter(({ notes }) => notes.length > 0).slice(0, MOST_NOTED);
  if (told.length === 0) return '';
  const items = told.flatMap(({ notes, whatIf, ...metric }) => [
    `- **${escaped(labelledName(metric))}**`,
    ...[...notes, ...whatIf].map((note) => `  - ${escaped(note)}`),
  ]);
  return folded('What was measured, and what would change it', items.join('\n'));
}

function passTable(metrics: readonly MetricReport[]): string {
  const left = metrics.length - MOST_PASSES;
  const rows = metrics.slice(0, MOST_PASSES).map(({ effect, ...metric }) => {
    const range = effect === undefined ? '' : shortRange(effect);
    const change = effect === undefined ? '' : formatChange(effect.change);
    return [escaped(labelledName(metric)), range === '' ? change : `${change} (${range})`];
  });
  return `${table(['Metric', 'Change'], rows)}${left > 0 ? `\n\nand ${left} more` : ''}`;
}

function analysisParts(report: AnalysisReport): string[] {
  const begun = report.intervals.filter(isBegun);
  const rows = begun
    .slice(-MOST_INTERVALS)
    .map((interval) => [
      interval.step === undefined ? String(interval.number) : intervalName(interval),
      interval.window === undefined ? '' : formatWindow(interval.window.startMillis, interval.window.endMillis),
      interval.score === undefined ? '' : formatNumber(interval.score),
      verdictOf(interval.verdict, interval.status, interval.coverage?.overNothing).text,
      escaped([failedIn(interval), ...intervalNotes({ ...interval, warnings: [] })].join(' ').trim()),
    ]);
  return [
    table(['#', 'Window of the baseline', 'Score', 'Verdict', 'What failed'], rows),
    thresholdsLine(report),
    factsLine(report),
  ];
}

function thresholdsLine({ thresholds: { pass, marginal } }: Report): string {
  const marks = [
    ...(pass === undefined ? [] : [`pass from ${formatNumber(pass)}`]),
    ...(marginal === undefined ? [] : [`marginal from ${formatNumber(marginal)}`]),
  ];
  return marks.length === 0 ? '' : `Thresholds: ${marks.join(', ')}.`;
}

function factsLine(report: Report): string {
  const shown = factsOf(report)
    .map(({ name, texts }) => ({ name, texts: texts.filter((text) => text !== '') }))
    .filter(({ texts }) => texts.length > 0)
    .map(({ name, texts }) => `${name}: ${texts.map(escaped).join(', ')}`);
  return shown.join(' · ');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/**
 * Escapes text for Markdown: no table cell ends early, and nothing becomes a link, an image, code, a formula or HTML. A
 * name after an at sign would notify the person or team with that name, so the two are separated.
 */
function escaped(text: string): string {
  const line = visibleText(text.replaceAll(/[\s\u2028\u2029]+/g, ' '));
  const short = line.length > LONGEST_TEXT ? `${[...line].slice(0, LONGEST_TEXT).join('')}…` : line;
  return short
    .replaceAll(/[\\`*_[\]#|~$]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//')
    .replaceAll(/\bwww\./gi, '$&\u200b');
}
