import { type Kysely, type RawBuilder, sql, type UpdateQueryBuilder, type UpdateResult } from 'kysely';
import { EXECUTION_STATUS, type Run, UNFINISHED } from '../domain/run.ts';
import type { FoundRuns, RunFilter, RunStore } from '../domain/stores.ts';
import { MOST_DELIVERIES } from '../domain/verdict-delivery.ts';
import { onePerTick } from '../waiting/one-per-tick.ts';
import { createTurns } from '../waiting/turns.ts';
import { beginAttempt, type WorkStoreParts, withoutWorker } from './attempts.ts';
import { readBacklog } from './backlog.ts';
import { insertCallback, withCallbacks } from './callback-store.ts';
import { compressList } from './compressed-list.ts';
import { linesWithin, listLines, newestRuns } from './run-list.ts';
import { listOutcomes } from './run-outcomes.ts';
import { deliveriesOf, fromRow, readStages, toChange, toRow } from './run-row.ts';
import { stateOf } from './stored-state.ts';
import type { Tables } from './tables.ts';
import { readingRow, readStatus, readTime } from './unreadable.ts';

interface RunStoreParts extends WorkStoreParts {
  readonly databaseNow: RawBuilder<number>;
  /** see `Database` */
  readonly leaseNow: RawBuilder<number>;
}

/** Results are large: read together, a thousand of them would keep everybody else's queries waiting. */
const ROWS_AT_A_TIME = 10;

/** Of twenty lists at once, one reads a few rows a turn. */
async function* runsInParts(
  { db, onUnreadable }: Pick<RunStoreParts, 'db' | 'onUnreadable'>,
  ids: readonly string[],
): AsyncGenerator<Run> {
  const turn = createTurns();
  for (let start = 0; start < ids.length; start += ROWS_AT_A_TIME) {
    if (start > 0) await onePerTick();
    const part = ids.slice(start, start + ROWS_AT_A_TIME);
    const read = await db.selectFrom('canary_execution').selectAll().where('id', 'in', part).execute();
    const byId = new Map(read.map((row) => [row.id, row]));
    const runs: Run[] = [];
    for (const id of part) {
      const row = byId.get(id);
      if (row !== undefined) runs.push(fromRow(row, onUnreadable));
      await turn();
    }
    yield* await withCallbacks(db, 'execution_id', runs, onUnreadable);
  }
}

/** Runs, one row each; request and result are compressed JSON. */
export function createRunStore({ db, worker, databaseNow, leaseNow, soon, onUnreadable }: RunStoreParts): RunStore {
  const read = async (filter: RunFilter): Promise<FoundRuns> => {
    const found = (await newestRuns(db, filter)?.select(['id', 'build_time']).execute()) ?? [];
    const runs = runsInParts(
      { db, onUnreadable },
      found.map(({ id }) => id),
    );
    return { positions: found.map(({ id, build_time: buildTime }) => ({ id, buildTime })), runs };
  };
  return {
    async get(id) {
      const row = await db.selectFrom('canary_execution').selectAll().where('id', '=', id).executeTakeFirst();
      return row && (await withCallbacks(db, 'execution_id', [fromRow(row, onUnreadable)], onUnreadable))[0];
    },
    async status(id) {
      const row = await db.selectFrom('canary_execution').select('status').where('id', '=', id).executeTakeFirst();
      return row && readStatus(readingRow(), row.status);
    },
    async applicationOf(id) {
      const found = db.selectFrom('canary_execution').select('application').where('id', '=', id);
      return (await found.executeTakeFirst())?.application;
    },
    async states(ids) {
      if (ids.length === 0) return new Map();
      const rows = await db
        .selectFrom('canary_execution')
        .select(['id', 'status', 'stage_status', 'start_time', 'waits_until', 'metric_set_pair_list_id'])
        .where('id', 'in', ids)
        .execute();
      return new Map(rows.map(({ id, ...row }) => [id, stateOf(row.status, Object.values(row))]));
    },
    create: (run) =>
      db.transaction().execute(async (transaction) => {
        await transaction.insertInto('canary_execution').values(toRow(run)).execute();
        await insertCallback(transaction, 'execution_id', run);
      }),
    async claim(id, leaseMillis) {
      const row = await soon(db, (on) =>
        on
          .updateTable('canary_execution')
          .set({
            ...beginAttempt(worker),
            attempt: sql`attempt + 1`,
            lease_until: sql`${leaseNow} + ${leaseMillis}`,
          })
          .where('id', '=', id)
          .where('status', 'in', UNFINISHED)
          .where((free) => free.or([free('lease_until', 'is', null), free('lease_until', '<', leaseNow)]))
          .where((due) => due.or([due('waits_until', 'is', null), due('waits_until', '<=', databaseNow)]))
          .returning(['attempt', 'lost_attempts', 'stage_status'])
          .executeTakeFirst(),
      );
      return row && { attempt: row.attempt, lostAttempts: row.lost_attempts, stageStatus: readStages(row) };
    },
    async extend(id, attempt, leaseMillis) {
      const lease = { lease_until: sql<number>`${leaseNow} + ${leaseMillis}` };
      return soon(db, (on) => changed(on.updateTable('canary_execution').set(lease), id, attempt));
    },
    async noteDelivery(id, delivery) {
      const key = db.selectFrom('canary_execution').select('deliveries').where('id', '=', id);
      for (;;) {
        const row = await key.executeTakeFirst();
        if (row === undefined) return false;
        const known = readingRow().read('deliveries', () => deliveriesOf(row.deliveries), undefined) ?? [];
        const { numUpdatedRows } = await db
          .updateTable('canary_execution')
          .set({ deliveries: JSON.stringify([...known, delivery].slice(-MOST_DELIVERIES)) })
          .where('id', '=', id)
          .where('deliveries', row.deliveries === null ? 'is' : '=', row.deliveries)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) return true; // else another one was noted in between
      }
    },
    async release(id, attempt) {
      const free = { lease_until: null, worker: null };
      await soon(db, (on) => changed(on.updateTable('canary_execution').set(free), id, attempt));
    },
    async reportLate(id) {
      const fewer = { lost_attempts: sql<number>`lost_attempts - 1` };
      const late = db.updateTable('canary_execution').set(fewer).where('lost_attempts', '>', 0);
      await changed(late, id, undefined);
    },
    update(id, change, attempt) {
      const write = (on: Kysely<Tables>) =>
        changed(on.updateTable('canary_execution').set(toChange(change)), id, attempt);
      const ends = change.status !== undefined && EXECUTION_STATUS[change.status].complete;
      return ends ? write(db) : soon(db, write);
    },
    async saveSeries(id, { pairs, ...change }, attempt) {
      const list = { id: change.metricSetPairListId, updated_at: databaseNow, document: await compressList(pairs) };
      return soon(db, (on) =>
        on.transaction().execute(async (transaction) => {
          const mine = await changed(transaction.updateTable('canary_execution').set(toChange(change)), id, attempt);
          if (mine) await transaction.insertInto('metric_set_pair_list').values(list).execute();
          return mine;
        }),
      );
    },
    async list(filter) {
      const runs: Run[] = [];
      for await (const run of (await read(filter)).runs) runs.push(run);
      return runs;
    },
    read,
    lines: (filter) => listLines(db, filter, onUnreadable),
    outcomes: (filter) => listOutcomes(db, filter),
    linesWithin: (within) => linesWithin(db, within, onUnreadable),
    async abandoned({ acceptedBefore, limit }) {
      const rows = await db
        .selectFrom('canary_execution')
        .select('id')
        .where('status', 'in', UNFINISHED)
        .where(withoutWorker(leaseNow, acceptedBefore))
        .where((due) => due.or([due('waits_until', 'is', null), due('waits_until', '<=', databaseNow)]))
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },
    backlog: () => readBacklog(db, databaseNow),
    async unfinished() {
      const rows = await db
        .selectFrom('canary_execution')
        .select('id')
        .where('status', 'in', UNFINISHED)
        .orderBy('id')
        .execute();
      return rows.map(({ id }) => id);
    },
    async ids() {
      const rows = await db.selectFrom('canary_execution').select('id').orderBy('id', 'desc').execute();
      return rows.map(({ id }) => id);
    },
    async endedKeys() {
      const rows = await db
        .selectFrom('canary_execution')
        .select(['id', 'build_time', 'end_time'])
        .where('status', 'not in', UNFINISHED)
        .orderBy('id', 'desc')
        .execute();
      return rows.map((row) => {
        const updatedTimestamp = readTime(readingRow(), 'end_time', row.end_time ?? row.build_time) ?? 0;
        return { id: row.id, updatedTimestamp };
      });
    },
    replace: (run) =>
      db.transaction().execute(async (transaction) => {
        if (!(await deleteRow(transaction, run.id))) return false;
        await transaction.insertInto('canary_execution').values(toRow(run)).execute();
        return true;
      }),
    delete: (id) => deleteRow(db, id),
    prune: (options) => prune(db, options),
  };
}

function prune(
  db: Kysely<Tables>,
  { endedBefore, keep, limit }: { endedBefore: number; keep: number | undefined; limit: number },
): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const ended = transaction.selectFrom('canary_execution').select(['id', 'metric_set_pair_list_id as pairs']);
    const aged = ended
      .where('status', 'not in', UNFINISHED)
      .where((old) =>
        old.or([
          old('imported_at', '<', endedBefore),
          old.and([old('imported_at', 'is', null), old('end_time', '<', endedBefore)]),
          old.and([old('imported_at', 'is', null), old('end_time', 'is', null), old('build_time', '<', endedBefore)]),
        ]),
      );
    const doomed = await aged.limit(limit).execute();
    if (keep !== undefined && doomed.length < limit) {
      const surplus = ended
        .orderBy('build_time', 'desc')
        .orderBy('id', 'desc')
        .offset(keep)
        .limit(limit - doomed.length);
      doomed.push(...(await surplus.where('status', 'not in', UNFINISHED).execute()));
    }
    if (doomed.length === 0) return 0;
    const ids = [...new Set(doomed.map(({ id }) => id))];
    const pairs = doomed.flatMap(({ pairs: list }) => (list === null ? [] : [list]));
    await transaction.deleteFrom('canary_execution').where('id', 'in', ids).execute();
    if (pairs.length > 0) await transaction.deleteFrom('metric_set_pair_list').where('id', 'in', pairs).execute();
    return ids.length;
  });
}

/** Changes the run if it has not ended and, given an attempt, that attempt still has it. */
async function changed(
  update: UpdateQueryBuilder<Tables, 'canary_execution', 'canary_execution', UpdateResult>,
  id: string,
  attempt: number | undefined,
): Promise<boolean> {
  const unfinished = update.where('id', '=', id).where('status', 'in', UNFINISHED);
  const mine = attempt === undefined ? unfinished : unfinished.where('attempt', '=', attempt);
  return (await mine.executeTakeFirst()).numUpdatedRows > 0n;
}

async function deleteRow(db: Kysely<Tables>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('canary_execution').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}
