import { type AnalysisReport, failedIn, intervalName, intervalNotes, isBegun } from './analysis-report.ts';
import { otherMeans, shortRange } from './effect-words.ts';
import { factsOf } from './facts.ts';
import { count, formatChange, formatNumber, formatWindow } from './format.ts';
import { labelledName } from './labelled-name.ts';
import { type MetricReport, wordOf } from './metric-report.ts';
import { passNeedsInWords } from './pass-needs-words.ts';
import { type Report, subjectOf } from './report.ts';
import { rowText } from './row-words.ts';
import type { RunReport } from './run-report.ts';
import { changeOfValues } from './value-words.ts';
import { verdictOf } from './verdict.ts';
import { visibleText } from './visible-text.ts';
import { waitingInWords } from './waiting-words.ts';

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
    `### ${SIGNS[tone]} Canary ${escaped(nameOf(report))}: ${escaped(text)}${value}`,
    escaped(report.headline),
    ...(report.failure === undefined ? [] : [`> ${escaped(report.failure.message)}`]),
    report.warnings.map((warning) => `- ⚠️ ${escaped(warning)}`).join('\n'),
    ...(report.kind === 'run' ? runParts(report) : analysisParts(report)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** "shop: shop, every release, v41 → v42" */
function nameOf(report: Report): string {
  const { application, config, sides } = subjectOf(report);
  return [application, config, sides].filter((part) => part !== '').join(' · ');
}

function runParts(report: RunReport): string[] {
  const { metrics, groups, passNeeds } = report;
  const [passes, others] = [metrics.filter(isPass), metrics.filter((metric) => !isPass(metric))];
  const groupRows = groups.map(({ name, score, passed, counted, weight }) => [
    escaped(name),
    counted === 0 ? '–' : formatNumber(score),
    `${passed} of ${counted}`,
    `${formatNumber(weight)} %`,
  ]);
  return [
    waitingLines(report),
    metricTable(others),
    passNeeds === undefined ? '' : escaped(passNeedsInWords(passNeeds)),
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
    ['Metric', 'Verdict', 'Baseline → canary', 'Change', 'Why'],
    metrics
      .map((metric) => ({ ...metric, word: wordOf(metric) }))
      .map(({ word, ...metric }) => [
        escaped(labelledName(metric)),
        `${escaped(word)}${metric.critical ? ', critical' : ''}`,
        escaped(valuesOf(metric)),
        changeOf(metric),
        escaped(rowText(metric)),
      ]),
  );
}

/** "242 → 298 ms" */
function valuesOf({ averages }: MetricReport): string {
  return averages === undefined ? '' : changeOfValues(averages, averages.unit);
}

/** "**+23 %** at least +19 %, means +24 %" */
function changeOf({ effect }: MetricReport): string {
  if (effect === undefined) return '';
  const others = [shortRange(effect), otherMeans(effect) ?? ''].filter((part) => part !== '');
  return `**${formatChange(effect.change)}** ${others.join(', ')}`.trim();
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
  const rows = metrics.slice(0, MOST_PASSES).map((metric) => {
    return [escaped(labelledName(metric)), escaped(valuesOf(metric)), changeOf(metric)];
  });
  return `${table(['Metric', 'Baseline → canary', 'Change'], rows)}${left > 0 ? `\n\nand ${left} more` : ''}`;
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
