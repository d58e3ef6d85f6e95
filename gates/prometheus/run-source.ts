import type { CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import type { RunLine } from '../../src/domain/run.ts';
import type { EndedWithin, RunStore } from '../../src/domain/stores.ts';
import type { VerdictName } from '../../src/domain/verdict-report.ts';
import { CanaryError } from '../../src/errors.ts';

/** Where the runs are. */
export interface RunSource {
  /** The runs that ended within that time, latest first, and those that have not ended, at most `limit` of each. */
  readonly lines: (within: EndedWithin) => Promise<readonly RunLine[]>;
  /** What the judge said of a run; undefined when it said nothing, or the run is gone. */
  readonly result: (id: string) => Promise<CanaryJudgeResult | undefined>;
  /** What pipelines are told of a run; undefined when the run is gone. */
  readonly verdict: (id: string) => Promise<VerdictName | undefined>;
}

export function storedRuns(
  runs: Pick<RunStore, 'linesWithin' | 'get'>,
  verdicts: { ofRun(id: string, address: string): Promise<{ verdict: VerdictName }> },
): RunSource {
  return {
    lines: (within) => runs.linesWithin(within),
    result: async (id) => (await runs.get(id))?.result?.judgeResult,
    async verdict(id) {
      try {
        return (await verdicts.ofRun(id, '')).verdict;
      } catch (error) {
        if (error instanceof CanaryError && error.code === 'EXECUTION_NOT_FOUND') return undefined;
        throw error;
      }
    },
  };
}
