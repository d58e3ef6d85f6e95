import type { Replay } from '../../domain/judge-diff.ts';
import { type ComparedRuns, type CompareJudgesParts, compareJudges, type JudgeDiffAsked } from './compare-judges.ts';
import { type ReplayParts, replayRun } from './replay-run.ts';

/** Stored runs judged again. Nothing is stored. */
export interface Replays {
  /** See {@link compareJudges}. */
  compare(asked: JudgeDiffAsked, signal: AbortSignal): Promise<ComparedRuns>;
  /** See {@link replayRun}. */
  replay(id: string, signal: AbortSignal): Promise<Replay>;
}

export function createReplays(parts: CompareJudgesParts & ReplayParts): Replays {
  return {
    compare: (asked, signal) => compareJudges(parts, asked, signal),
    replay: (id, signal) => replayRun(parts, id, signal),
  };
}
