import type { Run } from './run.ts';

/** How a run ended, without what it was asked and what was found. Times are milliseconds. */
export interface RunOutcome extends Pick<Run, 'id' | 'canaryConfigId' | 'status' | 'buildTime'> {
  /** absent: it ended without one */
  readonly verdict?: string | undefined;
  /** 0 to 100 */
  readonly score?: number | undefined;
  /** a pass says nothing: nothing could be judged */
  readonly overNothing?: boolean | undefined;
  /** from start to end; absent where it never started */
  readonly durationMillis?: number | undefined;
}
