import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { ObjectStore } from '../domain/stores.ts';
import type { CanaryError } from '../errors.ts';
import { compressJson, readCompressedJson } from './compressed-json.ts';
import type { Tables } from './tables.ts';
import { type OnUnreadable, readingRow, readTime, reasonOf, unreadableObject } from './unreadable.ts';

interface ObjectStoreOptions<T> {
  readonly db: Kysely<Tables>;
  readonly table: ObjectTableName;
  readonly format: DocumentFormat<T>;
  readonly now: () => number;
  readonly onUnreadable: OnUnreadable;
}

export type ObjectTableName = 'metric_set_list' | 'metric_set_pair_list' | 'judge_comparison';

/** How an object of a collection is written to its column, and read. */
interface DocumentFormat<T> {
  write(value: T): Promise<Uint8Array>;
  /** @throws Error, ZodError */
  read(bytes: Uint8Array): Promise<T>;
}

export function jsonFormat<T>(schema: z.ZodType<T>): DocumentFormat<T> {
  return {
    write: async (value) => compressJson(value),
    read: async (bytes) => schema.parse(readCompressedJson(bytes)),
  };
}

const NAMES = {
  metric_set_list: 'metric set list',
  metric_set_pair_list: 'metric set pair list',
  judge_comparison: 'judge comparison',
} as const;

/** Tells of an object that cannot be read. @returns the error for whoever asked for it */
export function unreadableIn(table: ObjectTableName, id: string, onUnreadable: OnUnreadable) {
  return (error: unknown): CanaryError => {
    const reason = reasonOf(error);
    onUnreadable({ table, id, reason });
    return unreadableObject(`${NAMES[table]} '${id}'`, reason);
  };
}

/** A collection of JSON objects in one table. */
export function createObjectStore<T>({ db, table, format, now, onUnreadable }: ObjectStoreOptions<T>): ObjectStore<T> {
  return {
    async get(id) {
      const row = await db.selectFrom(table).select('document').where('id', '=', id).executeTakeFirst();
      if (row === undefined) return undefined;
      try {
        return await format.read(row.document);
      } catch (error) {
        throw unreadableIn(table, id, onUnreadable)(error);
      }
    },
    async put(id, value) {
      const row = { id, updated_at: now(), document: await format.write(value) };
      const { id: _, ...change } = row;
      await db
        .insertInto(table)
        .values(row)
        .onConflict((clash) => clash.column('id').doUpdateSet(change))
        .execute();
    },
    async delete(id) {
      const { numDeletedRows } = await db.deleteFrom(table).where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async keys() {
      const rows = await db.selectFrom(table).select(['id', 'updated_at']).orderBy('updated_at', 'desc').execute();
      return rows.map((row) => ({
        id: row.id,
        updatedTimestamp: readTime(readingRow(), 'updated_at', row.updated_at) ?? 0,
      }));
    },
  };
}
