import type { CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import type { RunLine } from '../../src/domain/run.ts';
import type { EndedWithin, RunStore } from '../../src/domain/stores.ts';

/** Where the runs are. */
export interface RunSource {
  /** The runs that ended within that time, latest first, and those that have not ended, at most `limit` of each. */
  lines(within: EndedWithin): Promise<readonly RunLine[]>;
  /** What the judge said of a run; undefined when it said nothing, or the run is gone. */
  result(id: string): Promise<CanaryJudgeResult | undefined>;
}

export function storedRuns(runs: Pick<RunStore, 'linesWithin' | 'get'>): RunSource {
  return {
    lines: (within) => runs.linesWithin(within),
    result: async (id) => (await runs.get(id))?.result?.judgeResult,
  };
}
