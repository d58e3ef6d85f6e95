import { type RawBuilder, sql } from 'kysely';
import type { RunPosition } from '../domain/stores.ts';

/** Whether a row comes after that one in a list, newest first; of any table with the columns `build_time` and `id`. */
export function afterPosition({ buildTime, id }: RunPosition): RawBuilder<boolean> {
  return sql<boolean>`(build_time < ${buildTime} or (build_time = ${buildTime} and id < ${id}))`;
}
