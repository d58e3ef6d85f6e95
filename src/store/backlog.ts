import { type Kysely, type RawBuilder, sql } from 'kysely';
import { UNFINISHED } from '../domain/run.ts';
import type { RunBacklog } from '../domain/stores.ts';
import type { Tables } from './tables.ts';

/** Reads the index of states, and the rows of those that have not ended: few of all. */
export async function readBacklog(db: Kysely<Tables>, now: RawBuilder<number>): Promise<RunBacklog[]> {
  const state = sql<RunBacklog['state']>`case when status = 'running' then 'running'
    when waits_until > ${now} then 'waiting' else 'queued' end`;
  const due = sql`case when waits_until > build_time then waits_until else build_time end`;
  const rows = await db
    .selectFrom('canary_execution')
    .select(['application', state.as('state')])
    .select((count) => [count.fn.countAll().as('runs'), sql<number>`max(${now} - (${due}))`.as('age')])
    .where('status', 'in', UNFINISHED)
    .groupBy(['application', sql`2`])
    .execute();
  return rows.map((row) => ({
    application: row.application,
    state: row.state,
    runs: Number(row.runs),
    oldestMillis: Number(row.age),
  }));
}
