import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type SqliteDatabase, type SqliteStatement, sql } from 'kysely';
import { CanaryError, messageOf } from '../errors.ts';
import { monotonicClock } from '../waiting/clocks.ts';
import type { Database } from './database.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { isDamage, onFile, RESTORE } from './sqlite-errors.ts';

/**
 * Opens the file of the embedded store; creates it if absent.
 *
 * WAL with `synchronous = FULL`: what was acknowledged survives SIGKILL and power loss. Syncing the disk blocks the
 * process for milliseconds, so unacknowledged writes do without. The file is locked for this process; a second process
 * is rejected.
 *
 * @throws CanaryError STORE_UNUSABLE saying which file and why
 */
export function openSqlite(dataDir: string): Database {
  const file = join(dataDir, 'haldane.sqlite');
  try {
    mkdirSync(dataDir, { recursive: true });
    keepToOwner(file);
    const database = openLocked(file);
    return {
      dialect: sqliteDialect({ database: adapt(database, file) }),
      now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
      leaseNow: sql<number>`monotonic_millis()`,
      check: sql`pragma user_version = 1`,
      bytes: 'blob',
      exclusive: true,
      usedBytes: sql`select (pages.page_count - free.freelist_count) * size.page_size as bytes
        from pragma_page_count as pages, pragma_freelist_count as free, pragma_page_size as size`,
      backup: async (target) => {
        closeSync(openSync(target, 'ax', OWNER_ONLY));
        await backup(database, target, { rate: BACKUP_PAGES });
      },
      soon: (db, write) =>
        db.connection().execute(async (connection) => {
          await sql`pragma synchronous = normal`.execute(connection);
          try {
            return await write(connection);
          } finally {
            await sql`pragma synchronous = full`.execute(connection);
          }
        }),
    };
  } catch (error) {
    const remedy = isDamage(error) ? RESTORE : "check the folder's owner and free space";
    const locked = /locked|busy/i.test(messageOf(error));
    throw new CanaryError(
      'STORE_UNUSABLE',
      locked
        ? `${file} is in use by another Haldane; stop that one, or give this one its own folder with HALDANE_DATA_DIR`
        : `${file} cannot be opened: ${messageOf(error)}; ${remedy}`,
      { cause: error },
    );
  }
}

/**
 * Only this user reads what is stored: it names queries and addresses. The log and index beside the file get the mode
 * of the file when they are created.
 */
function keepToOwner(file: string): void {
  closeSync(openSync(file, 'a', OWNER_ONLY));
  for (const one of [file, `${file}-wal`, `${file}-shm`].filter((name) => existsSync(name))) {
    const { mode, uid } = statSync(one);
    // Another's file that a group may write, as in some volumes of containers, is left as it is.
    if ((mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(one, OWNER_ONLY);
  }
}

const OWNER_ONLY = 0o600;

function openLocked(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 1000, enableForeignKeyConstraints: true });
  database.function('monotonic_millis', monotonicClock);
  database.exec('pragma locking_mode = exclusive');
  database.exec('pragma journal_mode = wal');
  // The first write takes the lock, so write something now; nothing depends on it, so it does not wait for the disk.
  database.exec('pragma synchronous = normal');
  database.exec('begin immediate; pragma user_version = 1; commit');
  database.exec('pragma synchronous = full');
  return database;
}

/** Pages copied at a time, in the background: requests are answered in between. */
const BACKUP_PAGES = 256;

const MOST_STATEMENTS = 200;

/** Statements are compiled once: values are bound, so there are few texts. */
function adapt(database: DatabaseSync, file: string): SqliteDatabase {
  const known = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = known.get(sql) ?? onFile(file, () => compile(database, file, sql));
      // Some pragmas take effect when compiled.
      if (known.size < MOST_STATEMENTS && !sql.startsWith('pragma')) known.set(sql, statement);
      return statement;
    },
  };
}

function compile(database: DatabaseSync, file: string, sql: string): SqliteStatement {
  // A full disk or a failed write has rolled the transaction back already.
  if (sql === 'rollback') return { ...rollback(database), iterate: () => [][Symbol.iterator]() };
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => onFile(file, () => statement.all(...(parameters as SQLInputValue[]))),
    run: (parameters) => onFile(file, () => statement.run(...(parameters as SQLInputValue[]))),
    iterate: (parameters) => onFile(file, () => statement.iterate(...(parameters as SQLInputValue[]))),
  };
}

function rollback(database: DatabaseSync) {
  const run = () => {
    if (database.isTransaction) database.exec('rollback');
    return { changes: 0, lastInsertRowid: 0 };
  };
  return { reader: false, run, all: () => [] };
}
