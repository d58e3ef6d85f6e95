import { type RawBuilder, sql } from 'kysely';
import type { RunPosition } from '../domain/stores.ts';

/** Whether a row comes after the given one in a list, newest first; for any table with `build_time` and `id`. */
export function afterPosition({ buildTime, id }: RunPosition): RawBuilder<boolean> {
  return sql<boolean>`(build_time < ${buildTime} or (build_time = ${buildTime} and id < ${id}))`;
}
