import { createHash } from 'node:crypto';
import type { IdempotencyStore } from '../../domain/stores.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { CanaryError } from '../../errors.ts';

/** How long a key is valid, in milliseconds. */
export const IDEMPOTENCY_MILLIS = 24 * 3_600_000;

/** A start with an idempotency key. */
export interface KeyedStart {
  readonly key: string;
  /** the whole request, to notice a key reused for another one */
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
 * Starts once per key: the same key and request return the same id for 24 hours, across restarts and replicas. The id
 * is stored before the run, so a retry completes a start that was cut off.
 *
 * Source: the `Idempotency-Key` header, IETF draft-ietf-httpapi-idempotency-key-header.
 *
 * @throws CanaryError IDEMPOTENCY_KEY_REUSED when the key belongs to another request
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
    // Two concurrent requests with one key: the other was faster.
    if (await exists(kept.executionId)) return kept.executionId;
    throw error;
  }
}
