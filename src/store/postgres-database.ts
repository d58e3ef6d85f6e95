import { PostgresDialect, type PostgresPool, sql } from 'kysely';
import pg from 'pg';
import { CanaryError, messageOf } from '../errors.ts';
import { monotonicClock } from '../waiting/clocks.ts';
import { sleep } from '../waiting/sleep.ts';
import type { Database } from './database.ts';

/** The type number of `bigint`: our times and counts, all far below 2^53. */
const BIGINT = 20;

/** Locks no row, and is refused where nothing can be written: by a standby, also before it is promoted. */
const CHECK = sql`select 1 from store_version where false for key share`;

const CLOCK = sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`;

/** The driver's message for `query_timeout`. */
const READ_TIMEOUT = 'Query read timeout';

export interface PostgresLimits {
  readonly connections?: number;
  readonly connectTimeoutMillis?: number;
  /** 0: no limit */
  readonly queryTimeoutMillis?: number;
}

const CONNECT_MILLIS = 10_000;

/** What SQLite takes and PostgreSQL does not: the character U+0000, and indexed text of more than 2,700 bytes. */
const REFUSED_TEXT: Readonly<Record<string, string>> = {
  '22021': 'the store cannot store text with the character U+0000 or broken UTF-8 in names and ids',
  '54000': 'a name or id is too long for the store; use fewer than 2,000 characters',
};

/**
 * SQLSTATE classes of a database that is unavailable, full, or shutting down; and the driver's messages without one.
 */
const AWAY = /^(08|53|57P|57014|25006|E[A-Z]+$)/;

/**
 * PostgreSQL, for any number of processes.
 *
 * @param url `postgres://user:password@host:port/database`, with the parameters of libpq; never shown
 * @throws CanaryError STORE_UNUSABLE naming host and database, never the password
 */
export async function openPostgres(url: string, limits: PostgresLimits = {}): Promise<Database> {
  const where = describePostgres(url);
  const { connections = 10, connectTimeoutMillis = CONNECT_MILLIS, queryTimeoutMillis = 0 } = limits;
  const open = (limits: pg.PoolConfig) =>
    openPool({ connectionString: url, connectionTimeoutMillis: connectTimeoutMillis, ...limits });
  const pool = open({ max: connections, ...queryLimits(queryTimeoutMillis) });
  try {
    (await connectPatiently(pool, connectTimeoutMillis)).release();
  } catch (error) {
    await pool.end();
    throw unusable(where, error);
  }
  return {
    dialect: new PostgresDialect({ pool: withOurErrors(pool, where, connectTimeoutMillis) }),
    unhurried: () =>
      new PostgresDialect({ pool: withOurErrors(open({ max: 1, keepAlive: true }), where, connectTimeoutMillis) }),
    now: CLOCK,
    leaseNow: CLOCK,
    check: CHECK,
    bytes: 'bytea',
    exclusive: false,
    usedBytes: USED_BYTES,
  };
}

function openPool(settings: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    application_name: 'haldane',
    allowExitOnIdle: true,
    types: {
      getTypeParser: (type: number, format?: 'text') =>
        type === BIGINT ? Number : pg.types.getTypeParser(type, format ?? 'text'),
    } as pg.CustomTypesConfig,
    ...settings,
  });
  // A connection that breaks while idle is replaced by the next query.
  pool.on('error', () => {});
  // One that breaks between two statements of a transaction tells the next of them; unheard, it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** The size of a table does not shrink when rows are deleted, so the rows are measured: without reading the large ones. */
const USED_BYTES = sql<{ bytes: number }>`
  select coalesce(sum(bytes), 0)::bigint as bytes from (
    select sum(octet_length(document)) as bytes from canary_config
    union all select sum(octet_length(document)) from metric_set_list
    union all select sum(octet_length(document)) from metric_set_pair_list
    union all select sum(octet_length(document)) from judge_comparison
    union all select sum(octet_length(request) + octet_length(progress)) from standalone_analysis
    union all select sum(octet_length(log)) from callback_delivery
    union all select sum(octet_length(request) + coalesce(octet_length(result), 0) + coalesce(octet_length(fetches), 0))
      from canary_execution
  ) as tables`;

/** Host and database of an address, for messages; without user and password. */
export function describePostgres(url: string): string {
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: '', pathname: '' };
  return `the PostgreSQL database '${pathname.slice(1)}' at ${host || 'the default host'}`;
}

/** The server may give a statement up, or hang itself: then this side does, a little later. */
export function queryLimits(millis: number) {
  return millis === 0 ? {} : { statement_timeout: millis, query_timeout: millis + 1000 };
}

/** SQLSTATE of a server that has no connection left, or does not take any yet. */
const NO_CONNECTION = /^(53300|57P03)$/;
const AGAIN_MILLIS = 100;
const NEVER = new AbortController().signal;

/** Waits while the server has no connection left: others give theirs back. */
async function connectPatiently(pool: pg.Pool, patienceMillis: number): Promise<pg.PoolClient> {
  const until = monotonicClock() + patienceMillis;
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (!NO_CONNECTION.test(code) || monotonicClock() >= until) throw error;
      await sleep(AGAIN_MILLIS * (0.5 + Math.random()), NEVER);
    }
  }
}

function withOurErrors(pool: pg.Pool, where: string, patienceMillis: number): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await connectPatiently(pool, patienceMillis).catch((error: unknown) => {
        throw unusable(where, error);
      });
      let hangs = false;
      const fail = (error: unknown): never => {
        hangs ||= messageOf(error) === READ_TIMEOUT;
        throw toOurError(error, where);
      };
      return {
        query: (text: unknown, parameters?: readonly unknown[]) =>
          client.query(text as string, parameters as unknown[]).catch(fail) as never,
        // A connection whose answer may still come is of no use to the next.
        release: (discard?: boolean) => client.release(discard === true || hangs),
      };
    },
  };
}

function toOurError(error: unknown, where: string): unknown {
  const code = String((error as { code?: unknown }).code ?? '');
  const refused = REFUSED_TEXT[code];
  if (refused !== undefined) return new CanaryError('REQUEST_INVALID', refused, { cause: error });
  const broken = code === '' && /connection|timeout/i.test(messageOf(error));
  return broken || AWAY.test(code) ? unusable(where, error) : error;
}

/** What PgBouncer says to a connection with a time limit for statements. */
const REFUSED_LIMIT = 'unsupported startup parameter: statement_timeout';
const POOLER_REMEDY =
  'that is a PgBouncer: set store.queryTimeoutMillis to 0, or ignore_startup_parameters = statement_timeout in its ' +
  'configuration';
const USUAL_REMEDY = 'check store.url, and that the server is running and accepts this user';

function unusable(where: string, cause: unknown): CanaryError {
  const { code } = cause as { code?: string };
  const reason = messageOf(cause) || code;
  const remedy = reason?.includes(REFUSED_LIMIT) ? POOLER_REMEDY : USUAL_REMEDY;
  return new CanaryError('STORE_UNUSABLE', `${where} cannot be used: ${reason}; ${remedy}`, { cause });
}
