import { type Kysely, sql } from 'kysely';
import { EXECUTION_STATUS } from '../domain/run.ts';
import type { StoredCounts, StoreUpkeep } from '../domain/store-upkeep.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

const UNFINISHED = sql.join(
  Object.entries(EXECUTION_STATUS)
    .filter(([, { complete }]) => !complete)
    .map(([status]) => status),
);

/** A list of pairs belongs to the runs that name it. */
const OF_NO_RUN = sql`id not in (
  select metric_set_pair_list_id from canary_execution where metric_set_pair_list_id is not null)`;

const OBJECTS = [
  { table: 'metric_set_pair_list', time: 'updated_at', rows: OF_NO_RUN },
  { table: 'metric_set_list', time: 'updated_at', rows: sql`1 = 1` },
  { table: 'judge_comparison', time: 'updated_at', rows: sql`1 = 1` },
] as const;

/** What may be deleted by its age: the table, when it ended or was stored, and which rows. Each has its index. */
const AGES = [
  ...OBJECTS,
  { table: 'canary_execution', time: 'imported_at', rows: sql`status not in (${UNFINISHED})` },
  { table: 'canary_execution', time: 'end_time', rows: sql`status not in (${UNFINISHED}) and imported_at is null` },
  { table: 'standalone_analysis', time: 'end_time', rows: sql`status not in (${UNFINISHED})` },
  { table: 'backtest', time: 'end_time', rows: sql`status not in (${UNFINISHED})` },
] as const;

const COUNTED = {
  canaryConfigs: 'canary_config',
  runs: 'canary_execution',
  standaloneAnalyses: 'standalone_analysis',
  metricSetPairLists: 'metric_set_pair_list',
  metricSetLists: 'metric_set_list',
  judgeComparisons: 'judge_comparison',
  callbacks: 'callback_delivery',
} as const satisfies Record<keyof StoredCounts, keyof Tables>;

/** How much is stored, what of it is old, and a copy of it all. */
export function createUpkeepStore(
  db: Kysely<Tables>,
  { usedBytes, backup }: Pick<Database, 'usedBytes' | 'backup'>,
): StoreUpkeep {
  const count = async (table: keyof Tables) => {
    const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(db);
    return Number(rows[0]?.rows ?? 0);
  };
  return {
    ...(backup === undefined ? {} : { backup }),
    async usedBytes() {
      const { rows } = await usedBytes.execute(db);
      return Number(rows[0]?.bytes ?? 0);
    },
    async counts() {
      const counted: [string, number][] = [];
      for (const [name, table] of Object.entries(COUNTED)) counted.push([name, await count(table)]);
      return Object.fromEntries(counted) as unknown as StoredCounts;
    },
    async pruneObjects({ storedBefore, limit }) {
      let deleted = 0;
      for (const { table, time, rows } of OBJECTS) {
        const doomed = sql`select id from ${sql.table(table)}
          where ${sql.ref(time)} < ${storedBefore} and ${rows} order by ${sql.ref(time)} limit ${sql.lit(limit - deleted)}`;
        const answer = await sql`delete from ${sql.table(table)} where id in (${doomed})`.execute(db);
        deleted += Number(answer.numAffectedRows ?? 0n);
      }
      return deleted;
    },
    async timeOfOldest(number) {
      const times: number[] = [];
      for (const { table, time, rows } of AGES) {
        const column = sql.ref(time);
        const oldest = sql`select ${column} as time from ${sql.table(table)}
          where ${column} is not null and ${rows} order by ${column} limit ${sql.lit(number)}`;
        const last = await sql<{ time: number | null }>`select max(time) as time from (${oldest}) as oldest`.execute(
          db,
        );
        const found = last.rows[0]?.time ?? undefined;
        if (found !== undefined) times.push(Number(found));
      }
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}
