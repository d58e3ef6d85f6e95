import { z } from 'zod';

/** A judgement that was started for a release. Times are milliseconds since 1970. */
const GateJudgement = z.object({ runId: z.string(), endMillis: z.number() });
export type GateJudgement = z.infer<typeof GateJudgement>;

/** What is remembered of a release that a tool asked about. */
export const GateRelease = z.object({
  /** when a judgement was first asked for; milliseconds since 1970; absent: none was yet */
  begunMillis: z.number().optional(),
  /** the latest judgement, and before it the latest that had ended when that one was started */
  latest: GateJudgement.optional(),
  judged: GateJudgement.optional(),
  marks: z.record(z.string(), z.number()),
});
export type GateRelease = z.infer<typeof GateRelease>;

/** A release as stored; a write based on an older version fails. */
export interface StoredGateRelease {
  readonly key: string;
  /** 0: not stored yet */
  readonly version: number;
  readonly release: GateRelease;
}

/** What tools asked about, by key. */
export interface GateStore {
  get(key: string): Promise<StoredGateRelease | undefined>;
  /** @returns false when it was changed in the meantime; then nothing is stored */
  put(stored: StoredGateRelease, nowMillis: number): Promise<boolean>;
  /** Deletes what nobody asked about since. @returns how many */
  prune(askedBefore: number): Promise<number>;
}
