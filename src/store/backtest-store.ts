import { type Kysely, type RawBuilder, type Selectable, sql, type UpdateQueryBuilder, type UpdateResult } from 'kysely';
import { z } from 'zod';
import { type Backtest, BacktestOptions, PastRelease } from '../domain/backtest.ts';
import type { BacktestChange, BacktestStore, ListedBacktest } from '../domain/backtest-store.ts';
import { BacktestTally, emptyTally } from '../domain/backtest-tally.ts';
import { EXECUTION_STATUS, ExecutionException, UNFINISHED } from '../domain/run.ts';
import { StoredConfig, StoredRequest } from '../domain/stored.ts';
import { beginAttempt, type WorkStoreParts, withoutWorker } from './attempts.ts';
import { compressJson, readCompressedJson } from './compressed-json.ts';
import type { BacktestTable, Tables } from './tables.ts';
import { type OnUnreadable, readingRow, readStatus, readTime, unreadableException } from './unreadable.ts';

const Request = z.object({
  config: StoredConfig,
  request: StoredRequest,
  options: BacktestOptions,
  releases: z.array(PastRelease).optional(),
  metricsAccountName: z.string(),
  windows: z.number().int(),
  judges: z.array(z.string()),
  everyWindow: z.number().int(),
});

interface BacktestStoreParts extends WorkStoreParts {
  /** see `Database` */
  readonly leaseNow: RawBuilder<number>;
}

/** Backtests, one row each: the request in one column, what has been counted so far in another. */
export function createBacktestStore({ db, worker, leaseNow, soon, onUnreadable }: BacktestStoreParts): BacktestStore {
  return {
    async get(id) {
      const row = await db.selectFrom('backtest').selectAll().where('id', '=', id).executeTakeFirst();
      return row && fromRow(row, onUnreadable);
    },
    async applicationOf(id) {
      const found = db.selectFrom('backtest').select('application').where('id', '=', id);
      return (await found.executeTakeFirst())?.application;
    },
    async create(backtest) {
      const { id, application, canaryConfigId, buildTime } = backtest;
      const fields = Object.keys(Request.shape) as (keyof typeof Request.shape)[];
      const written = compressJson(Object.fromEntries(fields.map((field) => [field, backtest[field]])));
      await db
        .insertInto('backtest')
        .values({
          ...{ id, application, canary_config_id: canaryConfigId ?? null, build_time: buildTime },
          ...{ request: written, attempt: 0 },
          ...{ status: backtest.status, ...figuresOf(backtest.tally), tally: compressJson(backtest.tally) },
        })
        .execute();
    },
    async claim(id, leaseMillis) {
      const row = await soon(db, (on) =>
        on
          .updateTable('backtest')
          .set({ ...beginAttempt(worker), attempt: sql`attempt + 1`, lease_until: sql`${leaseNow} + ${leaseMillis}` })
          .where('id', '=', id)
          .where('status', 'in', UNFINISHED)
          .where((free) => free.or([free('lease_until', 'is', null), free('lease_until', '<', leaseNow)]))
          .returning(['attempt', 'lost_attempts'])
          .executeTakeFirst(),
      );
      return row && { attempt: row.attempt, lostAttempts: row.lost_attempts };
    },
    async extend(id, attempt, leaseMillis) {
      const lease = { lease_until: sql<number>`${leaseNow} + ${leaseMillis}` };
      return soon(db, (on) => changed(on.updateTable('backtest').set(lease), id, attempt));
    },
    async release(id, attempt) {
      const free = { lease_until: null, worker: null };
      await soon(db, (on) => changed(on.updateTable('backtest').set(free), id, attempt));
    },
    async reportLate(id) {
      const fewer = { lost_attempts: sql<number>`lost_attempts - 1` };
      await changed(db.updateTable('backtest').set(fewer).where('lost_attempts', '>', 0), id, undefined);
    },
    update(id, change, attempt) {
      const write = (on: Kysely<Tables>) => changed(on.updateTable('backtest').set(toChange(change)), id, attempt);
      const ends = change.status !== undefined && EXECUTION_STATUS[change.status].complete;
      return ends ? write(db) : soon(db, write);
    },
    ...lists(db, leaseNow, onUnreadable),
    async delete(id) {
      const { numDeletedRows } = await db.deleteFrom('backtest').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async prune({ endedBefore, limit }) {
      const ended = db.selectFrom('backtest').select('id').where('status', 'not in', UNFINISHED);
      const doomed = ended.where('end_time', '<', endedBefore).limit(limit);
      const { numDeletedRows } = await db.deleteFrom('backtest').where('id', 'in', doomed).executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

function lists(
  db: Kysely<Tables>,
  leaseNow: RawBuilder<number>,
  onUnreadable: OnUnreadable,
): Pick<BacktestStore, 'list' | 'unfinished' | 'abandoned'> {
  return {
    async list({ within, canaryConfigId, limit }) {
      // PostgreSQL rejects an empty `in ()`.
      if (within?.length === 0) return [];
      let found = db.selectFrom('backtest').select(LISTED);
      if (within !== undefined) found = found.where('application', 'in', within);
      if (canaryConfigId !== undefined) found = found.where('canary_config_id', '=', canaryConfigId);
      const rows = await found.orderBy('build_time', 'desc').orderBy('id', 'desc').limit(limit).execute();
      return rows.map((row) => listed(row, onUnreadable));
    },
    async unfinished() {
      const query = db.selectFrom('backtest').select('id').where('status', 'in', UNFINISHED).orderBy('id');
      return (await query.execute()).map(({ id }) => id);
    },
    async abandoned({ acceptedBefore, limit }) {
      const rows = await db
        .selectFrom('backtest')
        .select('id')
        .where('status', 'in', UNFINISHED)
        .where(withoutWorker(leaseNow, acceptedBefore))
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}

async function changed(
  update: UpdateQueryBuilder<Tables, 'backtest', 'backtest', UpdateResult>,
  id: string,
  attempt: number | undefined,
): Promise<boolean> {
  const unfinished = update.where('id', '=', id).where('status', 'in', UNFINISHED);
  const mine = attempt === undefined ? unfinished : unfinished.where('attempt', '=', attempt);
  return (await mine.executeTakeFirst()).numUpdatedRows > 0n;
}

/** All but what it has counted. */
const LISTED = [
  ...(['id', 'application', 'canary_config_id', 'status', 'build_time', 'start_time', 'end_time'] as const),
  ...(['windows_done', 'own_judged', 'own_fails', 'request', 'exception'] as const),
] as const;
type ListedRow = Pick<Selectable<BacktestTable>, (typeof LISTED)[number]>;

function listed(row: ListedRow, onUnreadable: OnUnreadable): ListedBacktest {
  const { tally: _, ...backtest } = fromRow({ ...row, tally: NO_TALLY }, onUnreadable);
  return { ...backtest, windowsDone: row.windows_done, falseAlarms: { count: row.own_fails, of: row.own_judged } };
}

/** One that cannot be read is a backtest that ended without a report, with the reason. */
function fromRow(row: ListedRow & Pick<BacktestTable, 'tally'>, onUnreadable: OnUnreadable): Backtest {
  const reading = readingRow();
  const { read, problems } = reading;
  const backtest: Backtest = {
    id: row.id,
    application: row.application,
    ...(row.canary_config_id === null ? {} : { canaryConfigId: row.canary_config_id }),
    status: readStatus(reading, row.status),
    buildTime: readTime(reading, 'build_time', row.build_time) ?? 0,
    startTime: readTime(reading, 'start_time', row.start_time),
    endTime: readTime(reading, 'end_time', row.end_time),
    ...read('request', () => Request.parse(readCompressedJson(row.request)), NO_REQUEST),
    tally: read('tally', () => BacktestTally.parse(readCompressedJson(row.tally)), emptyTally()),
    exception: read('exception', () => readException(row.exception), undefined),
  };
  const [unreadable] = problems;
  if (unreadable === undefined) return backtest;
  onUnreadable({ table: 'backtest', id: row.id, reason: unreadable });
  const exception = unreadableException('backtest', unreadable, backtest.endTime ?? backtest.buildTime);
  return { ...backtest, status: 'terminal', exception, unreadable };
}

/** The config's judge is the first that judges. */
function figuresOf({ windows, judges }: BacktestTally) {
  const [own] = Object.values(judges);
  return { windows_done: windows, own_judged: own?.judged ?? 0, own_fails: own?.fails ?? 0 };
}

function readException(text: string | null): ExecutionException | undefined {
  return text === null ? undefined : ExecutionException.parse(JSON.parse(text));
}

const NO_TALLY = compressJson(emptyTally());
const NO_REQUEST: z.infer<typeof Request> = {
  config: {},
  request: {},
  options: { windowMinutes: 1, arms: 'scopes', judges: [], changes: [], judgements: 1 },
  metricsAccountName: '',
  windows: 0,
  judges: [],
  everyWindow: 1,
};

function toChange({ status, startTime, endTime, tally, exception }: BacktestChange) {
  return {
    ...(status === undefined ? {} : { status }),
    ...(startTime === undefined ? {} : { start_time: startTime }),
    ...(endTime === undefined ? {} : { end_time: endTime }),
    ...(exception === undefined ? {} : { exception: JSON.stringify(exception) }),
    ...(tally === undefined ? {} : { ...figuresOf(tally), tally: compressJson(tally) }),
  };
}
