import { z } from 'zod';
import { type ExecutionException, ExecutionStatus } from '../domain/run.ts';
import { fieldPath } from '../domain/values/field-path.ts';
import { hasInstant } from '../domain/values/instant.ts';
import { CanaryError, messageOf } from '../errors.ts';
import type { Tables } from './tables.ts';

/** A row with a part that cannot be decompressed or no longer fits its schema. */
export interface UnreadableRow {
  readonly table: keyof Tables;
  readonly id: string;
  /** which part, and why */
  readonly reason: string;
}

export type OnUnreadable = (row: UnreadableRow) => void;

const LONGEST_REASON = 300;

/** Collects the problems of one row, so that one bad part is one bad part. */
export interface RowReading {
  readonly problems: string[];
  /** @returns `fallback` when the part cannot be read */
  read<T>(part: string, read: () => T, fallback: T): T;
}

export function readingRow(): RowReading {
  const problems: string[] = [];
  return {
    problems,
    read(part, read, fallback) {
      try {
        return read();
      } catch (error) {
        problems.push(`${part}: ${reasonOf(error)}`);
        return fallback;
      }
    },
  };
}

/** Why stored bytes or text cannot be read. */
export function reasonOf(error: unknown): string {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  const reason = issue === undefined ? messageOf(error) : `${fieldPath(issue.path)}: ${issue.message}`;
  return reason.slice(0, LONGEST_REASON);
}

/** Why a run or an analysis that cannot be read has no verdict. */
export function unreadableException(
  what: 'run' | 'analysis' | 'backtest',
  reason: string,
  timestamp: number,
): ExecutionException {
  const message = `The stored ${what} cannot be read: ${reason}. Delete it, or restore the store from a backup.`;
  return {
    timestamp,
    exceptionType: 'OBJECT_UNREADABLE',
    operation: 'readStore',
    details: { error: 'Unexpected Task Failure', errors: [message], stackTrace: `OBJECT_UNREADABLE: ${message}` },
    shouldRetry: false,
  };
}

/** @param what such as `canary config 'a'` */
export function unreadableObject(what: string, reason: string): CanaryError {
  return new CanaryError(
    'OBJECT_UNREADABLE',
    `The stored ${what} cannot be read: ${reason}. Delete it, or restore the store from a backup.`,
  );
}

/** A column with a status; one that no version wrote counts as ended. */
export function readStatus(row: RowReading, status: unknown): ExecutionStatus {
  return row.read('status', () => ExecutionStatus.parse(status), 'terminal');
}

/** A column with a time. */
export function readTime(row: RowReading, column: string, value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  const millis = Number(value);
  if (hasInstant(millis)) return millis;
  row.problems.push(`${column}: not a time`);
  return undefined;
}
