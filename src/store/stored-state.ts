import { EXECUTION_STATUS } from '../domain/run.ts';
import type { StoredState } from '../domain/stores.ts';
import { readingRow, readStatus } from './unreadable.ts';

/** @param columns what changes with the state */
export function stateOf(status: unknown, columns: readonly unknown[]): StoredState {
  const { complete } = EXECUTION_STATUS[readStatus(readingRow(), status)];
  return { complete, revision: `${status} ${columns.join(' ')}` };
}
