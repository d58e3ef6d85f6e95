import type { Backtest } from './backtest.ts';

/** What may change in a backtest that has not ended. */
export type BacktestChange = Partial<Pick<Backtest, 'status' | 'tally' | 'exception' | 'startTime' | 'endTime'>>;

/** One in a list: what it has counted is large, and only its first figures are read. */
export interface ListedBacktest extends Omit<Backtest, 'tally'> {
  readonly windowsDone: number;
  /** of the config's judge, so far */
  readonly falseAlarms: { readonly count: number; readonly of: number };
}

export interface BacktestFilter {
  /** only of any of these; absent: of all */
  readonly within?: readonly string[] | undefined;
  readonly canaryConfigId?: string | undefined;
  readonly limit: number;
}

/** Backtests. One that has ended never changes again. */
export interface BacktestStore {
  get(id: string): Promise<Backtest | undefined>;
  applicationOf(id: string): Promise<string | undefined>;
  create(backtest: Backtest): Promise<void>;
  /**
   * Leases a backtest that has not ended to the caller, for `leaseMillis` of the database's clock.
   *
   * @returns the attempt, and how many earlier ones ended with their process; undefined when another worker has it, or
   *   there is nothing to do
   */
  claim(id: string, leaseMillis: number): Promise<{ attempt: number; lostAttempts: number } | undefined>;
  /** Renews the lease. @returns false when another attempt has it, or it has ended */
  extend(id: string, attempt: number, leaseMillis: number): Promise<boolean>;
  /** Reports back and releases the lease, so that another worker can claim it at once. */
  release(id: string, attempt: number): Promise<void>;
  /** An attempt that was counted as lost, since it lost its lease, is not: its process is alive. */
  reportLate(id: string): Promise<void>;
  /**
   * Changes a backtest that has not ended. A power failure may undo a change that does not end it: it then resumes from
   * its earlier state.
   *
   * @param attempt only if this attempt still has it
   * @returns false when it does not exist, has ended, or belongs to another attempt
   */
  update(id: string, change: BacktestChange, attempt?: number): Promise<boolean>;
  /** Newest first. */
  list(filter: BacktestFilter): Promise<ListedBacktest[]>;
  /** The ids of all that have not ended, oldest first. */
  unfinished(): Promise<string[]>;
  /** Those of them without a worker: their lease ran out, or they were accepted before that time and never claimed. */
  abandoned(abandoned: { acceptedBefore: number; limit: number }): Promise<string[]>;
  /** @returns false when there was none */
  delete(id: string): Promise<boolean>;
  /** Deletes at most `limit` that ended before that time. @returns how many */
  prune(prune: { endedBefore: number; limit: number }): Promise<number>;
}
