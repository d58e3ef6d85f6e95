import type { CallbackDelivery, CallbackTarget, TargetedDelivery } from './callback.ts';
import type { CanaryConfig, CanaryConfigSummary } from './canary-config.ts';
import type { JudgeComparison } from './judge-comparison.ts';
import type { MetricSet } from './metric-set.ts';
import type { MetricSetPair } from './metric-set-pair.ts';
import type { ExecutionStatus, Run, RunLine } from './run.ts';
import type { StandaloneAnalysis } from './standalone-analysis.ts';

/** One line of the list of a collection. */
export interface ObjectKey {
  readonly id: string;
  /** milliseconds since 1970 */
  readonly updatedTimestamp: number;
}

/** A named collection of JSON objects. */
export interface ObjectStore<T> {
  get(id: string): Promise<T | undefined>;
  put(id: string, value: T): Promise<void>;
  /** @returns false when there was none */
  delete(id: string): Promise<boolean>;
  keys(): Promise<ObjectKey[]>;
}

/** Canary configs; a name is unique within each of its applications. */
export interface CanaryConfigStore {
  get(id: string): Promise<CanaryConfig | undefined>;
  /** In one transaction. @throws CanaryError CANARY_CONFIG_EXISTS when the id, or the name in an application, is taken */
  create(config: CanaryConfig & { id: string }): Promise<void>;
  /** In one transaction. @throws CanaryError CANARY_CONFIG_MISSING, CANARY_CONFIG_EXISTS */
  replace(id: string, config: CanaryConfig): Promise<void>;
  delete(id: string): Promise<boolean>;
  /** Those of any of `applications`; all when there are none. */
  list(applications: readonly string[]): Promise<CanaryConfigSummary[]>;
}

export interface RunFilter {
  /** absent: all applications */
  readonly application?: string | undefined;
  readonly statuses?: readonly ExecutionStatus[] | undefined;
  readonly verdicts?: readonly string[] | undefined;
  readonly canaryConfigId?: string | undefined;
  /** accepted at or after, and before; milliseconds since 1970 */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** only runs that come after this one in the list */
  readonly after?: RunPosition | undefined;
  readonly limit: number;
  readonly offset?: number | undefined;
}

/** What analyses can be looked for by; each as for runs. */
export type AnalysisFilter = Pick<RunFilter, 'application' | 'statuses' | 'from' | 'to' | 'after' | 'limit'>;

/** Where a run stands in a list, newest first. */
export interface RunPosition {
  readonly buildTime: number;
  readonly id: string;
}

/** What may change in a run that has not ended. */
export type RunChange = Partial<
  Pick<
    Run,
    'status' | 'stageStatus' | 'exception' | 'result' | 'metricSetPairListId' | 'fetches' | 'startTime' | 'endTime'
  >
>;

/** The series a run is judged by, and how it stands once they are kept. */
export type RunSeries = RunChange & {
  readonly metricSetPairListId: string;
  readonly pairs: readonly MetricSetPair[];
};

/** Runs. A run that has ended never changes again. */
export interface RunStore {
  get(id: string): Promise<Run | undefined>;
  /** Cheaper than {@link get}: to look often. */
  status(id: string): Promise<ExecutionStatus | undefined>;
  create(run: Run): Promise<void>;
  /**
   * Makes the caller the one who works on a run that has not ended, for `leaseMillis` of the database's time.
   * @returns the number of this attempt; undefined when another has it, or there is nothing to do
   */
  claim(id: string, leaseMillis: number): Promise<number | undefined>;
  /** Prolongs the lease. @returns false when the run is another's by now, or has ended */
  extend(id: string, attempt: number, leaseMillis: number): Promise<boolean>;
  /** Gives the lease back, for the next to take at once. */
  release(id: string, attempt: number): Promise<void>;
  /**
   * Changes a run that has not ended. A change that does not end it may be undone by a power failure: the run is then
   * taken up from where it was.
   * @param attempt only when the run is still that attempt's: who has lost the lease cannot write
   * @returns false when there is none, it has ended, or it is another's
   */
  update(id: string, change: RunChange, attempt?: number): Promise<boolean>;
  /**
   * Keeps the series of a run and notes their id on it, both or neither, as durable as a change that does not end it.
   * @returns false as {@link update} does; nothing is kept then
   */
  keepSeries(id: string, series: RunSeries, attempt: number): Promise<boolean>;
  /** Newest first. */
  list(filter: RunFilter): Promise<Run[]>;
  /** Newest first; much cheaper than {@link list}. */
  lines(filter: RunFilter): Promise<RunLine[]>;
  /**
   * The ids of runs that have not ended and that nobody works on, oldest first: their lease has run out, or they had
   * none although they were accepted before that time.
   */
  abandoned(abandoned: { acceptedBefore: number; limit: number }): Promise<string[]>;
  /** The ids of all runs that have not ended, oldest first. */
  unfinished(): Promise<string[]>;
  /** The ids of all runs, newest first. */
  ids(): Promise<string[]>;
  /** Those that have ended, with the time they did, newest first. */
  endedKeys(): Promise<ObjectKey[]>;
  /** Puts a run that has ended in the place of the one with its id, and of its callback. @returns false when there was none */
  replace(run: Run): Promise<boolean>;
  /** @returns false when there was none */
  delete(id: string): Promise<boolean>;
  /**
   * Forgets at most `limit` runs that ended before that time, or come after the newest `keep`, with their series.
   * @returns how many
   */
  prune(prune: { endedBefore: number; keep: number | undefined; limit: number }): Promise<number>;
}

/** Standalone analyses. One that has ended never changes again. */
export interface StandaloneAnalysisStore {
  get(id: string): Promise<StandaloneAnalysis | undefined>;
  create(analysis: StandaloneAnalysis): Promise<void>;
  /**
   * Writes status, stages, result and times of one that has not ended, and raises its version.
   * @returns false when it has ended, or was changed by another since it was read
   */
  update(analysis: StandaloneAnalysis): Promise<boolean>;
  /** Newest first. */
  list(filter: AnalysisFilter): Promise<StandaloneAnalysis[]>;
  /** The ids of those that have not ended, oldest first. */
  unfinished(): Promise<string[]>;
  /** @returns false when there was none */
  delete(id: string): Promise<boolean>;
  /** Forgets at most `limit` analyses that ended before that time. @returns how many */
  prune(prune: { endedBefore: number; limit: number }): Promise<number>;
}

/** Callbacks. They are made with their runs and analyses, and go with them. */
export interface CallbackStore {
  get(id: string): Promise<TargetedDelivery | undefined>;
  /** Those of runs and analyses that have ended, not delivered and not given up. */
  pending(): Promise<{ id: string; nextAt: number | undefined }[]>;
  /** The id of the pending callback of a run or analysis. */
  pendingOf(target: CallbackTarget, targetId: string): Promise<string | undefined>;
  /** Writes one more try. @returns false when another has written it, or the callback is gone */
  record(delivery: CallbackDelivery): Promise<boolean>;
}

/** Which run or analysis a client's idempotency key stands for. */
export interface IdempotencyStore {
  /**
   * Keeps the entry, unless there is one for its key.
   * @returns the entry that is kept
   */
  claim(entry: IdempotencyEntry): Promise<IdempotencyEntry>;
  /** Forgets entries made before that time. */
  prune(before: number): Promise<void>;
}

export interface IdempotencyEntry {
  readonly key: string;
  /** hash of all that was asked */
  readonly fingerprint: string;
  readonly executionId: string;
  /** milliseconds since 1970 */
  readonly createdAt: number;
}

/** All that Haldane keeps. */
export interface Store {
  readonly canaryConfigs: CanaryConfigStore;
  readonly runs: RunStore;
  readonly metricSetLists: ObjectStore<MetricSet[]>;
  readonly metricSetPairLists: ObjectStore<MetricSetPair[]>;
  readonly idempotency: IdempotencyStore;
  readonly callbacks: CallbackStore;
  readonly analyses: StandaloneAnalysisStore;
  readonly judgeComparisons: ObjectStore<JudgeComparison>;
  /** Resolves when the store can read and write. */
  check(): Promise<void>;
  close(): Promise<void>;
}
