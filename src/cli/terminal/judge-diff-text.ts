import { JUDGED_VERDICTS, type JudgeDiff, type JudgedSide, type RunUnderJudges } from '../../domain/judge-diff.ts';
import { printable, textTable } from './text-table.ts';

type Diff = Pick<JudgeDiff, 'totals' | 'runs'>;

/** For a terminal: the runs, why the verdicts change, those that were not judged, the totals. */
export function judgeDiffText({ totals, runs }: Diff): string {
  if (totals.runs === 0) return 'No run ended with a verdict.\n';
  const judged = runs.filter(({ notJudged }) => notJudged === undefined);
  const missing = runs.flatMap(({ runId, notJudged }) => (notJudged === undefined ? [] : [[runId, notJudged]]));
  const why = judged.filter(({ changed }) => changed).map(whyText);
  return [
    ...(judged.length === 0 ? [] : [textTable(HEADER, judged.map(rowOf))]),
    ...(why.length === 0 ? [] : [why.join('\n')]),
    ...(missing.length === 0 ? [] : [textTable(['NOT JUDGED', 'WHY'], missing)]),
    matrixText({ totals, runs }),
    `${summaryOf({ totals, runs })}\n`,
  ].join('\n');
}

const HEADER = ['', 'APPLICATION', 'CONFIG', 'RUN', 'LEFT', 'RIGHT', 'METRICS THAT CHANGE'];

function rowOf({ changed, application, config, runId, left, right, metrics }: RunUnderJudges): string[] {
  const names = metrics.map(({ name, left: one = '-', right: other = '-' }) => `${name}: ${one} → ${other}`);
  return [changed ? '≠' : '=', application, config ?? '', runId, sideText(left), sideText(right), names.join(', ')];
}

function sideText(side: JudgedSide | undefined): string {
  return side === undefined ? '-' : `${side.verdict} ${scoreText(side.score)}`;
}

function scoreText(score: JudgedSide['score']): string {
  return typeof score === 'number' ? String(Number(score.toFixed(1))) : String(score);
}

function whyText({ runId, left, right, metrics }: RunUnderJudges): string {
  const lines = metrics.flatMap(({ name, leftReason, rightReason }) => [
    `  ${name}`,
    ...(leftReason === undefined ? [] : [`    ${left?.judge}: ${leftReason}`]),
    ...(rightReason === undefined ? [] : [`    ${right?.judge}: ${rightReason}`]),
  ]);
  const verdicts = [
    `  ${left?.judge} says ${left?.verdict}: ${left?.reason}`,
    `  ${right?.judge} says ${right?.verdict}: ${right?.reason}`,
  ];
  return [runId, ...verdicts, ...lines].map(printable).join('\n').concat('\n');
}

/** Rows: the left judge's verdicts; columns: the right one's. */
function matrixText({ totals: { verdicts } }: Diff): string {
  const count = (left: string, right: string) =>
    verdicts.find((cell) => cell.left === left && cell.right === right)?.runs ?? 0;
  const shown = JUDGED_VERDICTS.filter((one) => verdicts.some(({ left, right }) => left === one || right === one));
  if (shown.length === 0) return '';
  const rows = shown.map((left) => [`was ${left}`, ...shown.map((right) => String(count(left, right)))]);
  return textTable(['', ...shown.map((one) => `NOW ${one.toUpperCase()}`)], rows);
}

/** `12 of 200 verdicts change; 3 runs were not judged`. */
export function summaryOf({ totals: { runs, changed, notJudged } }: Diff): string {
  const judged = runs - notJudged;
  const missing = notJudged === 0 ? '' : `; ${notJudged} ${notJudged === 1 ? 'run was' : 'runs were'} not judged`;
  return `${changed} of ${judged} verdicts change${missing}`;
}

/** For a pull request or a wiki. */
export function judgeDiffMarkdown(diff: Diff, address: string): string {
  const rows = diff.runs
    .filter(({ changed, notJudged }) => changed || notJudged !== undefined)
    .map((run) => {
      const cells = run.notJudged === undefined ? rowOf(run).slice(1) : [run.application, run.config ?? '', run.runId];
      const link = `[${run.runId}](${address}/reports/${encodeURIComponent(run.runId)})`;
      const [application = '', config = ''] = cells;
      const rest = run.notJudged === undefined ? cells.slice(3) : ['', '', run.notJudged];
      return `| ${[application, config, link, ...rest].map(cell).join(' | ')} |`;
    });
  const table = ['| Application | Config | Run | Left | Right | Why |', '|---|---|---|---|---|---|', ...rows];
  return `${summaryOf(diff)}.\n${rows.length === 0 ? '' : `\n${table.join('\n')}\n`}`;
}

function cell(text: string): string {
  return printable(text).replaceAll('|', '\\|');
}
