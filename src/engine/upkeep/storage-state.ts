import type { StoredCounts, StoreUpkeep } from '../../domain/store-upkeep.ts';

/** The limits of what is kept. */
export interface RetentionLimits {
  readonly maxAgeDays: number;
  readonly maxRuns?: number | undefined;
  readonly maxMegabytes?: number | undefined;
}

/** How much is stored, and how long it is kept. */
export interface StorageState {
  readonly usedBytes: number;
  readonly counts: StoredCounts;
  readonly retention: RetentionLimits;
}

export async function storageState(
  upkeep: StoreUpkeep,
  { maxAgeDays, maxRuns, maxMegabytes }: RetentionLimits,
): Promise<StorageState> {
  const [usedBytes, counts] = [await upkeep.usedBytes(), await upkeep.counts()];
  return { usedBytes, counts, retention: { maxAgeDays, maxRuns, maxMegabytes } };
}
