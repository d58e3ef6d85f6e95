import { createHash } from 'node:crypto';
import type { IdempotencyStore } from '../../domain/stores.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { CanaryError } from '../../errors.ts';

/** How long a key is kept, in milliseconds. */
export const IDEMPOTENCY_MILLIS = 24 * 3_600_000;

/** A start with a key. */
export interface KeyedStart {
  readonly key: string;
  /** all that was asked, for a key that is used for something else to be noticed */
  readonly asked: unknown;
  readonly exists: (id: string) => Promise<boolean>;
  readonly start: (id: string) => Promise<string>;
}

interface IdempotentStartOptions extends KeyedStart {
  readonly store: IdempotencyStore;
  readonly newRunId: () => string;
  readonly now: () => number;
}

/**
 * Starts what a key stands for, once: the same key and request give the same id for 24 hours, over restarts and
 * among replicas. The id is kept before the run is, so a start that was cut off is made good by the next try.
 *
 * Source: the `Idempotency-Key` header, IETF draft-ietf-httpapi-idempotency-key-header.
 *
 * @throws CanaryError IDEMPOTENCY_KEY_REUSED when the key stands for another request
 */
export async function idempotentStart(options: IdempotentStartOptions): Promise<string> {
  const { store, key, asked, newRunId, now, exists, start } = options;
  await store.prune(now() - IDEMPOTENCY_MILLIS);
  const fingerprint = createHash('sha256').update(toWireJson(asked)).digest('hex');
  const kept = await store.claim({ key, fingerprint, executionId: newRunId(), createdAt: now() });
  if (kept.fingerprint !== fingerprint) {
    throw new CanaryError(
      'IDEMPOTENCY_KEY_REUSED',
      `Idempotency-Key: '${key.slice(0, 80)}' was used for another request; use a new key for each`,
    );
  }
  if (await exists(kept.executionId)) return kept.executionId;
  try {
    return await start(kept.executionId);
  } catch (error) {
    // Two requests with one key at once: the other was faster.
    if (await exists(kept.executionId)) return kept.executionId;
    throw error;
  }
}
