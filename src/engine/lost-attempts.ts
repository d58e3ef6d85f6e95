import pLimit from 'p-limit';
import type { AttemptStore } from '../domain/attempt-store.ts';

/** How often work may be lost with its process. */
export interface LossLimit {
  /** `engine.attempts` */
  readonly attempts: number;
  /**
   * Runs last attempts one at a time, of whatever kind, so that none is given up for what another does to the process.
   */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createLossLimit(attempts: number): LossLimit {
  const line = pLimit(1);
  return { attempts, alone: (work) => line(work) };
}

/** Whether work that was lost so often has one attempt left. */
export function isLastAttempt(lost: number, { attempts }: LossLimit): boolean {
  return lost > 0 && lost + 1 >= attempts;
}

interface Work<T> {
  readonly id: string;
  readonly store: AttemptStore;
  /** @returns what `attempt` or `abandon` does */
  attempt(): Promise<T>;
  abandon(lost: number): Promise<T>;
}

/**
 * One attempt at work that a process may die of, noted in the store before it begins. Work that was lost too often is
 * abandoned. @returns undefined when there is nothing to do
 */
export async function attemptNoted<T>(limit: LossLimit, { id, store, attempt, abandon }: Work<T>) {
  const lost = await store.beginAttempt(id);
  if (lost === undefined) return undefined;
  if (lost >= limit.attempts) return reporting(() => abandon(lost));
  if (!isLastAttempt(lost, limit)) return reporting(attempt);
  await store.stepAside(id);
  return limit.alone(async () => {
    const again = await store.beginAttempt(id);
    return again === undefined ? undefined : reporting(attempt);
  });

  async function reporting(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      await store.reportBack(id);
    }
  }
}
