import type { JudgeChoice, JudgeDiff, RunUnderJudges } from '../../domain/judge-diff.ts';
import type { Run } from '../../domain/run.ts';
import type { RunFilter, RunPosition } from '../../domain/stores.ts';
import { findJudge } from '../judging/find-judge.ts';
import type { Runs } from '../runs/runs.ts';
import { type JudgeAgainParts, judgeAgain, storedSeries } from './judge-again.ts';
import { diffTotals } from './judge-diff-totals.ts';
import { notJudged, runUnderJudges } from './run-under-judges.ts';

export interface CompareJudgesParts extends JudgeAgainParts {
  readonly runs: Pick<Runs, 'list'>;
  /** milliseconds, for durations */
  readonly monotonic: () => number;
}

export interface JudgeDiffAsked extends Omit<RunFilter, 'statuses' | 'verdicts' | 'offset'> {
  /** absent: the verdict that each run ended with */
  readonly left?: JudgeChoice | undefined;
  readonly right: JudgeChoice;
}

export interface ComparedRuns extends Omit<JudgeDiff, 'cursor'> {
  /** behind which there may be more; absent: there are none */
  readonly next?: RunPosition;
}

/** An answer is given by then, with the runs that were judged till then: whoever asked may go on. */
const MOST_MILLIS = 20_000;

/**
 * Stored runs under two judges, the newest that ended with a verdict: which verdicts would change, and why. Nothing is
 * stored, and no metrics store asked. Each judgement gives others their turn.
 *
 * @throws CanaryError JUDGE_UNKNOWN
 */
export async function compareJudges(
  parts: CompareJudgesParts,
  asked: JudgeDiffAsked,
  signal: AbortSignal,
): Promise<ComparedRuns> {
  const { runs, judges, monotonic } = parts;
  const { left, right, ...filter } = asked;
  for (const choice of [left, right]) if (choice?.name !== undefined) findJudge(judges, choice.name);
  const until = monotonic() + MOST_MILLIS;
  const found = await runs.list({ ...filter, statuses: ['succeeded'] });
  const compared: RunUnderJudges[] = [];
  let last: RunPosition | undefined;
  for await (const run of found.runs) {
    signal.throwIfAborted();
    compared.push(await compareRun(parts, run, { ...asked, signal }));
    last = { buildTime: run.buildTime, id: run.id };
    if (monotonic() > until) break;
  }
  const next = nextPosition(found.positions, asked.limit, last);
  return { totals: diffTotals(compared), runs: compared, ...(next && { next }) };
}

/** Runs may be deleted between being found and being read. */
function nextPosition(positions: readonly RunPosition[], limit: number, last: RunPosition | undefined) {
  const end = positions.at(-1);
  const place = last === undefined ? -1 : positions.findIndex(({ id }) => id === last.id);
  const isStopped = place >= 0 && place < positions.length - 1;
  if (isStopped) return last;
  return positions.length === limit ? end : undefined;
}

async function compareRun(
  parts: CompareJudgesParts,
  run: Run,
  { left, right, signal }: JudgeDiffAsked & { readonly signal: AbortSignal },
): Promise<RunUnderJudges> {
  const stored = run.result?.judgeResult;
  if (stored === undefined) return notJudged(run, 'its result is not stored');
  const series = await storedSeries(parts, run);
  if (!('pairs' in series)) return notJudged(run, series.reason, left === undefined ? stored : undefined);
  const { pairs } = series;
  const one = left === undefined ? { result: stored } : await judgeAgain(parts, { run, pairs, by: left }, signal);
  if (one.result === undefined) return notJudged(run, one.reason);
  const other = await judgeAgain(parts, { run, pairs, by: right }, signal);
  if (other.result === undefined) return notJudged(run, other.reason, one.result);
  return runUnderJudges(run, one.result, other.result);
}
