import type { CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import type { RunLine } from '../../src/domain/run.ts';

/** Times are milliseconds since 1970. */
export interface EndedWithin {
  /** absent: all applications */
  readonly application?: string | undefined;
  /** ended after this, */
  readonly after: number;
  /** and not after this */
  readonly until: number;
  readonly limit: number;
}

/** Where the runs are. */
export interface RunSource {
  /** The runs that ended within that time, latest first, and those that have not ended, at most `limit` of each. */
  lines(within: EndedWithin): Promise<readonly RunLine[]>;
  /** What the judge said of a run; undefined when it said nothing, or the run is gone. */
  result(id: string): Promise<CanaryJudgeResult | undefined>;
}
