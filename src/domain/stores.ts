import type { AuditStore, TokenStore } from './access-stores.ts';
import type { AttemptStore } from './attempt-store.ts';
import type { BacktestStore } from './backtest-store.ts';
import type { CallbackDelivery, CallbackTarget, TargetedDelivery } from './callback.ts';
import type { CanaryConfig, CanaryConfigSummary } from './canary-config.ts';
import type { ConfigVersion } from './config-version.ts';
import type { GateStore } from './gate-release.ts';
import type { JudgeComparison } from './judge-comparison.ts';
import type { MetricSet } from './metric-set.ts';
import type { MetricSetPair } from './metric-set-pair.ts';
import type { ExecutionStatus, Run, RunLine, StageStatus } from './run.ts';
import type { RunOutcome } from './run-outcome.ts';
import type { StandaloneAnalysis } from './standalone-analysis.ts';
import type { StoreUpkeep } from './store-upkeep.ts';
import type { VerdictDelivery } from './verdict-delivery.ts';

/** One entry in the list of a collection. */
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

/** A collection of lists that may be too long to be held whole for every reader. */
export interface ListStore<Element> extends ObjectStore<Element[]> {
  /**
   * The elements of a list, each as JSON for the wire, as the reader takes them; undefined when there is none.
   *
   * @throws CanaryError OBJECT_UNREADABLE when it cannot be read; of a long list, perhaps only when that element is due
   */
  texts(id: string): Promise<AsyncIterable<string> | undefined>;
  /** When a list was stored, in milliseconds since 1970; undefined when there is none. */
  storedAt(id: string): Promise<number | undefined>;
}

/** Canary configs; a name is unique within each of its applications. */
export interface CanaryConfigStore {
  get(id: string): Promise<CanaryConfig | undefined>;
  /** In one transaction. @throws CanaryError CANARY_CONFIG_EXISTS when the id, or the name in an application, is taken */
  create(config: CanaryConfig & { id: string }): Promise<void>;
  /** In one transaction. @throws CanaryError CANARY_CONFIG_MISSING, CANARY_CONFIG_EXISTS */
  replace(id: string, config: CanaryConfig): Promise<void>;
  /** With its versions. */
  delete(id: string): Promise<boolean>;
  /** The versions that are kept, newest first; of an unknown config none. */
  versions(id: string): Promise<ConfigVersion[]>;
  version(id: string, version: number): Promise<CanaryConfig | undefined>;
  /** Configs of any of `applications`; all when the list is empty. */
  list(applications: readonly string[]): Promise<CanaryConfigSummary[]>;
}

export interface RunFilter {
  /** absent: all applications */
  readonly application?: string | undefined;
  /** only of any of these; absent: all */
  readonly within?: readonly string[] | undefined;
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

/** Runs by their end. Times are milliseconds since 1970. */
export interface EndedWithin {
  /** absent: all applications */
  readonly application?: string | undefined;
  /** of these applications; absent: of all */
  readonly within?: readonly string[] | undefined;
  /** ended after this, */
  readonly after: number;
  /** and not after this */
  readonly until: number;
  /** so many ended runs, and as many that have not ended */
  readonly limit: number;
}

/** Filters for analyses; each means the same as for runs. */
export type AnalysisFilter = Pick<RunFilter, 'application' | 'within' | 'statuses' | 'from' | 'to' | 'after' | 'limit'>;

/** Runs of one application that have not ended. */
export interface RunBacklog {
  readonly application: string;
  /** `waiting` for the end of their window; `queued` when they are due */
  readonly state: 'waiting' | 'queued' | 'running';
  readonly runs: number;
  /** how long ago the oldest was due, by the database's clock; negative while it waits */
  readonly oldestMillis: number;
}

/** A run's position in a list, newest first. */
export interface RunPosition {
  readonly buildTime: number;
  readonly id: string;
}

export interface FoundRuns {
  /** of all that were found, newest first */
  readonly positions: readonly RunPosition[];
  /** without those that are deleted meanwhile */
  readonly runs: AsyncIterable<Run>;
}

/** What may change in a run that has not ended. */
export type RunChange = Partial<
  Pick<
    Run,
    'status' | 'stageStatus' | 'exception' | 'result' | 'metricSetPairListId' | 'fetches' | 'startTime' | 'endTime'
  >
>;

/** The series a run is judged by, and its state once they are stored. */
export type RunSeries = RunChange & {
  readonly metricSetPairListId: string;
  readonly pairs: readonly MetricSetPair[];
};

/** A run leased to a worker. */
export interface ClaimedRun {
  /** the attempt's number */
  readonly attempt: number;
  /** how many earlier attempts ended with their process, which never reported back */
  readonly lostAttempts: number;
  readonly stageStatus: StageStatus;
}

/** How far a run or an analysis is, cheap to read. */
export interface StoredState {
  /** whether it has ended */
  readonly complete: boolean;
  /** changes whenever what is shown of it changes */
  readonly revision: string;
}

/** Runs. A run that has ended never changes again. */
export interface RunStore {
  get(id: string): Promise<Run | undefined>;
  applicationOf(id: string): Promise<string | undefined>;
  /** Cheaper than {@link get}, for polling. */
  status(id: string): Promise<ExecutionStatus | undefined>;
  /** The states of those of the ids that there are, in one query. */
  states(ids: readonly string[]): Promise<Map<string, StoredState>>;
  create(run: Run): Promise<void>;
  /**
   * Leases a run that has not ended to the caller, for `leaseMillis` of the database's clock. A run that waits for the
   * end of its window cannot be claimed.
   *
   * @returns undefined when another worker has the run, or there is nothing to do
   */
  claim(id: string, leaseMillis: number): Promise<ClaimedRun | undefined>;
  /** Notes that somebody was told of the verdict; also of a run that has ended. @returns false when there is none */
  noteDelivery(id: string, delivery: VerdictDelivery): Promise<boolean>;
  /** Renews the lease. @returns false when another attempt has the run, or it has ended */
  extend(id: string, attempt: number, leaseMillis: number): Promise<boolean>;
  /** Reports back and releases the lease, so that another worker can claim the run at once. */
  release(id: string, attempt: number): Promise<void>;
  /** An attempt that was counted as lost, since it lost its lease, is not: its process is alive. */
  reportLate(id: string): Promise<void>;
  /**
   * Changes a run that has not ended. A power failure may undo a change that does not end it: the run then resumes from
   * its earlier state.
   *
   * @param attempt only if this attempt still has the run: a worker that lost its lease cannot write
   * @returns false when the run does not exist, has ended, or belongs to another attempt
   */
  update(id: string, change: RunChange, attempt?: number): Promise<boolean>;
  /**
   * Stores a run's series and their id on the run, both or neither; as durable as a change that does not end the run.
   *
   * @returns false as {@link update} does; then nothing is stored
   */
  saveSeries(id: string, series: RunSeries, attempt: number): Promise<boolean>;
  /** Newest first. */
  list(filter: RunFilter): Promise<Run[]>;
  /** The same, a few at a time as they are taken: a thousand results are larger than memory should hold. */
  read(filter: RunFilter): Promise<FoundRuns>;
  /** Newest first; much cheaper than {@link list}. */
  lines(filter: RunFilter): Promise<RunLine[]>;
  /** Of the runs that a filter finds, how those ended that have; newest first, and much cheaper than {@link lines}. */
  outcomes(filter: RunFilter): Promise<RunOutcome[]>;
  /** The runs that ended within a time, latest first, then those that have not ended, newest first. */
  linesWithin(within: EndedWithin): Promise<RunLine[]>;
  /**
   * The ids of unfinished runs without a worker, oldest first: their lease ran out, or they were accepted before that
   * time and never claimed. Runs that wait for the end of their window are none.
   */
  abandoned(abandoned: { acceptedBefore: number; limit: number }): Promise<string[]>;
  /** How many runs have not ended, by application and state. */
  backlog(): Promise<RunBacklog[]>;
  /** The ids of all runs that have not ended, oldest first. */
  unfinished(): Promise<string[]>;
  /** The ids of all runs, newest first. */
  ids(): Promise<string[]>;
  /** Ended runs with the time of their end, newest first. */
  endedKeys(): Promise<ObjectKey[]>;
  /**
   * Replaces the run with the same id, and its callback, by a run that has ended. @returns false when there was none
   */
  replace(run: Run): Promise<boolean>;
  /** @returns false when there was none */
  delete(id: string): Promise<boolean>;
  /**
   * Deletes at most `limit` runs, with their series, that ended or were imported before that time, or come after the
   * newest `keep`.
   *
   * @returns how many
   */
  prune(prune: { endedBefore: number; keep: number | undefined; limit: number }): Promise<number>;
}

/** Standalone analyses. One that has ended never changes again. */
export interface StandaloneAnalysisStore extends AttemptStore {
  get(id: string): Promise<StandaloneAnalysis | undefined>;
  applicationOf(id: string): Promise<string | undefined>;
  /** The states of those of the ids that there are, in one query. */
  states(ids: readonly string[]): Promise<Map<string, StoredState>>;
  create(analysis: StandaloneAnalysis): Promise<void>;
  /**
   * Writes status, stages, result and times of an analysis that has not ended, and increments its version.
   *
   * @returns false when it has ended, or has changed since it was read
   */
  update(analysis: StandaloneAnalysis): Promise<boolean>;
  /** Newest first. */
  list(filter: AnalysisFilter): Promise<StandaloneAnalysis[]>;
  /** The ids of unfinished analyses, oldest first. */
  unfinished(): Promise<string[]>;
  /** @returns false when there was none */
  delete(id: string): Promise<boolean>;
  /** Deletes at most `limit` analyses that ended before that time. @returns how many */
  prune(prune: { endedBefore: number; limit: number }): Promise<number>;
}

/** Callbacks. They are created and deleted with their runs and analyses. */
export interface CallbackStore extends AttemptStore {
  get(id: string): Promise<TargetedDelivery | undefined>;
  /** Pending callbacks of runs and analyses that have ended. */
  pending(): Promise<{ id: string; url: string; nextAt: number | undefined }[]>;
  /** The pending callback of a run or analysis. */
  pendingOf(target: CallbackTarget, targetId: string): Promise<{ id: string; url: string } | undefined>;
  /** Records one more attempt. @returns false when another process recorded it, or the callback is gone */
  record(delivery: CallbackDelivery): Promise<boolean>;
}

/** The run or analysis started with a client's idempotency key. */
export interface IdempotencyStore {
  /**
   * Stores the entry unless its key has one.
   *
   * @returns the stored entry
   */
  claim(entry: IdempotencyEntry): Promise<IdempotencyEntry>;
  /** Deletes entries created before that time. */
  prune(before: number): Promise<void>;
}

export interface IdempotencyEntry {
  readonly key: string;
  /** hash of the whole request */
  readonly fingerprint: string;
  readonly executionId: string;
  /** milliseconds since 1970 */
  readonly createdAt: number;
}

/** Everything Haldane stores. */
export interface Store {
  readonly canaryConfigs: CanaryConfigStore;
  readonly runs: RunStore;
  readonly metricSetLists: ListStore<MetricSet>;
  readonly metricSetPairLists: ListStore<MetricSetPair>;
  readonly gates: GateStore;
  readonly idempotency: IdempotencyStore;
  readonly tokens: TokenStore;
  readonly audit: AuditStore;
  readonly callbacks: CallbackStore;
  readonly analyses: StandaloneAnalysisStore;
  readonly backtests: BacktestStore;
  readonly judgeComparisons: ObjectStore<JudgeComparison>;
  readonly upkeep: StoreUpkeep;
  /** Resolves when the store can read and write. */
  check(): Promise<void>;
  /** What this version expects of the tables and they have not, by name: somebody restored an older backup, for example. */
  missingMigrations(): Promise<string[]>;
  close(): Promise<void>;
}
