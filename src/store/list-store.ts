import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { ListStore } from '../domain/stores.ts';
import { toWireJson } from '../domain/values/wire-json.ts';
import { CanaryError } from '../errors.ts';
import { Shared } from '../waiting/shared.ts';
import { compressList, elementTexts, readCompressedList } from './compressed-list.ts';
import { createObjectStore, type ObjectTableName, unreadableIn } from './object-store.ts';
import type { Tables } from './tables.ts';
import type { OnUnreadable } from './unreadable.ts';

/**
 * A shorter list, in compressed bytes, is read and checked whole before anything is answered. A longer one is handed on
 * as it was written.
 */
const SHORT_BYTES = 256 * 1024;

interface ListStoreOptions<T> {
  readonly db: Kysely<Tables>;
  readonly table: ObjectTableName;
  readonly element: z.ZodType<T>;
  readonly now: () => number;
  readonly onUnreadable: OnUnreadable;
}

/** A collection of lists in one table. */
export function createListStore<T>({ element, ...options }: ListStoreOptions<T>): ListStore<T> {
  const { db, table, onUnreadable } = options;
  /** Readers of one list share its compressed bytes, however slowly they read. */
  const documents = new Shared<Uint8Array>();
  const read = (bytes: Uint8Array) => readCompressedList(bytes, element);
  const load = async (id: string) =>
    (await db.selectFrom(table).select('document').where('id', '=', id).executeTakeFirst())?.document;
  const storedAt = async (id: string) => {
    const row = await db.selectFrom(table).select('updated_at').where('id', '=', id).executeTakeFirst();
    return row && Number(row.updated_at);
  };
  return {
    ...createObjectStore<T[]>({ ...options, format: { write: compressList, read } }),
    storedAt,
    async texts(id) {
      const time = await storedAt(id);
      if (time === undefined) return undefined;
      const bytes = await documents.take(`${id} ${time}`, () => load(id));
      if (bytes === undefined) return undefined;
      try {
        if (bytes.length <= SHORT_BYTES) return iterate((await read(bytes)).map((one) => toWireJson(one)));
        return await primed(elementTexts(bytes), unreadableIn(table, id, onUnreadable));
      } catch (error) {
        throw error instanceof CanaryError ? error : unreadableIn(table, id, onUnreadable)(error);
      }
    },
  };
}

async function* iterate<T>(list: readonly T[]): AsyncGenerator<T> {
  yield* list;
}

/** Reads the first element now, so that a list that is broken from its beginning is told before anything is answered. */
async function primed<T>(
  elements: AsyncGenerator<T>,
  unreadable: (error: unknown) => Error,
): Promise<AsyncGenerator<T>> {
  const first = await elements.next();
  async function* all() {
    try {
      if (!first.done) yield first.value;
      yield* elements;
    } catch (error) {
      throw unreadable(error);
    } finally {
      await elements.return(undefined);
    }
  }
  return all();
}
