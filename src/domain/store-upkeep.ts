/** How many there are of what is stored. */
export interface StoredCounts {
  readonly canaryConfigs: number;
  readonly runs: number;
  readonly standaloneAnalyses: number;
  /** series of runs, and those that clients stored */
  readonly metricSetPairLists: number;
  /** answers of `/fetch`, and series that clients stored */
  readonly metricSetLists: number;
  readonly judgeComparisons: number;
  readonly callbacks: number;
}

/** How much is stored, and the deletion of what neither a run nor an analysis owns. */
export interface StoreUpkeep {
  /** What the stored rows take; deleting lowers it at once, although the file or the tables may stay as long. */
  usedBytes(): Promise<number>;
  counts(): Promise<StoredCounts>;
  /**
   * Deletes at most `limit` comparisons, lists of one side, and lists of pairs that no run refers to, stored before that
   * time.
   *
   * @returns how many
   */
  pruneObjects(prune: { storedBefore: number; limit: number }): Promise<number>;
  /**
   * A time up to which at most `number` of each kind ended, were imported or were stored, of all that may be deleted;
   * undefined when there is nothing.
   */
  timeOfOldest(number: number): Promise<number | undefined>;
  /**
   * Copies everything into a new file while the store is in use; absent: the database has tools of its own for that.
   *
   * @throws when the file cannot be written, or is there
   */
  backup?(file: string): Promise<void>;
}
