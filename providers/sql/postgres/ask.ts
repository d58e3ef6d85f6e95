import type pg from 'pg';
import { CanaryError, messageOf } from '../../../src/errors.ts';
import { readAccountFile, readCredentials } from '../../shared/credentials/authorize.ts';
import { canceledError, excerptOf, requestLabel, timeoutError } from '../../shared/http/failures.ts';
import { databaseOf, type SqlAccount } from '../account.ts';
import { MAX_ROWS, type SqlTable } from '../answer.ts';
import type { Bound } from '../bind-parameters.ts';
import { limitBytes } from './limit-bytes.ts';
import { readFailure, TooMuch } from './refusal.ts';

interface Asked {
  readonly account: SqlAccount;
  readonly metricName?: string | undefined;
}

/** Values as PostgreSQL writes them; no driver parsing that depends on this process's settings. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as pg.CustomTypesConfig;
const CANCEL_WITHIN_MILLIS = 5000;

/**
 * Runs one statement in a read-only transaction, on its own connection. The database limits it to the account's
 * `statementTimeoutMillis`; here `timeoutMillis` or `signal` ends it and cancels the statement.
 *
 * @throws CanaryError METRICS_…, or EXECUTION_CANCELED
 */
export async function askPostgres(asked: Asked, statement: Bound, signal: AbortSignal): Promise<SqlTable> {
  const { account } = asked;
  if (signal.aborted) throw canceledError(asked);
  const { redact } = await readCredentials(account);
  const session = new Session(await configOf(account), await import('pg'), signal);
  const expired = AbortSignal.timeout(account.timeoutMillis);
  try {
    return await session.run(statement, account.statementTimeoutMillis, AbortSignal.any([signal, expired]));
  } catch (error) {
    if (signal.aborted) throw canceledError(asked);
    if (expired.aborted) throw timeoutError(asked, `no answer within ${account.timeoutMillis} ms`);
    throw postgresError(asked, error, redact);
  }
}

function postgresError(asked: Asked, error: unknown, redact: (text: string) => string): CanaryError {
  if (error instanceof CanaryError) return error;
  const { code, remedy } = readFailure(error);
  const said = excerptOf(messageOf(error), redact);
  return new CanaryError(
    code,
    `${requestLabel(asked)}: PostgreSQL: ${said}${remedy === undefined ? '' : ` - ${remedy}`}`,
  );
}

/** One connection, for one statement. */
class Session {
  readonly #config: pg.ClientConfig;
  readonly #pg: typeof pg;
  readonly #client: pg.Client;
  /** the query's own */
  readonly #signal: AbortSignal;
  #processId: string | undefined;

  constructor(config: pg.ClientConfig, library: { readonly default: typeof pg }, signal: AbortSignal) {
    this.#config = config;
    this.#signal = signal;
    this.#pg = library.default;
    this.#client = new this.#pg.Client(config);
    // The running statement reports a broken connection.
    this.#client.on('error', () => {});
  }

  async run(statement: Bound, timeoutMillis: number, signal: AbortSignal): Promise<SqlTable> {
    const aborted = new Promise<never>((_, reject) => {
      const stop = () => {
        this.#cancel();
        reject(signal.reason);
      };
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([aborted, this.#read(statement, timeoutMillis)]);
    } catch (error) {
      if (error instanceof TooMuch) this.#cancel();
      throw error;
    } finally {
      this.#client.end().catch(() => {});
    }
  }

  async #read(statement: Bound, timeoutMillis: number): Promise<SqlTable> {
    await this.#client.connect();
    const begun: unknown = await this.#client.query(
      `begin read only; set local statement_timeout = ${timeoutMillis}; set local timezone = 'UTC'; ` +
        "set local datestyle = 'ISO'; select pg_backend_pid() as pid",
    );
    this.#processId = (begun as readonly pg.QueryResult<{ pid: string }>[]).at(-1)?.rows[0]?.pid;
    return this.#rows(statement);
  }

  /** Uses the extended protocol, which accepts only a single statement, with or without values. */
  #rows({ text, values }: Bound): Promise<SqlTable> {
    const config = {
      ...{ text, values: values.map(({ value }) => String(value)) },
      ...{ rowMode: 'array', queryMode: 'extended', types: AS_TEXT },
    };
    return new Promise((resolve, reject) => {
      const rows: unknown[][] = [];
      const notices: string[] = [];
      this.#client.on('notice', ({ severity, message }) => notices.push(`${severity}: ${message}`));
      limitBytes(this.#client, this.#signal, () => reject(new TooMuch('64 MiB')));
      const query = new this.#pg.Query<unknown[]>(config);
      query.on('row', (row) => {
        if (rows.push(row) > MAX_ROWS) reject(new TooMuch(`${MAX_ROWS} rows`));
      });
      query.on('error', reject);
      query.on('end', ({ fields }) => resolve({ columns: fields.map(({ name }) => name), rows, notices }));
      this.#client.query(query);
    });
  }

  /** The database keeps running a statement whose client is gone, so cancel it explicitly. Not awaited. */
  #cancel(): void {
    const processId = this.#processId;
    if (processId === undefined) return;
    const messenger = new this.#pg.Client({ ...this.#config, connectionTimeoutMillis: CANCEL_WITHIN_MILLIS });
    messenger.on('error', () => {});
    messenger
      .connect()
      .then(() => messenger.query('select pg_cancel_backend($1)', [processId]))
      .catch(() => {})
      .finally(() => messenger.end().catch(() => {}));
  }
}

async function configOf(account: SqlAccount): Promise<pg.ClientConfig> {
  const { hostname, port } = new URL(account.endpoint.baseUrl);
  const { user, password } = await userOf(account);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 5432),
    user,
    // A function: for an absent password the driver would search the environment and files.
    password: () => password,
    database: databaseOf(account),
    ssl: await tlsOf(account),
    application_name: 'haldane',
    client_encoding: 'UTF8',
    connectionTimeoutMillis: account.timeoutMillis,
  };
}

async function userOf(account: SqlAccount): Promise<{ user: string; password: string }> {
  const { usernamePasswordFile: path, username = '', password = '' } = account;
  if (!path) return { user: username, password };
  const text = (await readAccountFile(account, 'usernamePasswordFile', path)).trim();
  const [, user = '', rest = ''] = /^([^:]*):?(.*)$/s.exec(text) ?? [];
  return { user, password: rest };
}

/** Not encrypted, unless the account has `tls`. */
async function tlsOf(account: SqlAccount): Promise<pg.ClientConfig['ssl']> {
  if (account.tls === undefined) return false;
  const { caFile, certFile, keyFile, insecureSkipVerify } = account.tls;
  const read = async (field: string, path: string | undefined) =>
    path === undefined ? {} : { [field]: await readAccountFile(account, `tls.${field}File`, path) };
  return {
    rejectUnauthorized: !insecureSkipVerify,
    ...(await read('ca', caFile)),
    ...(await read('cert', certFile)),
    ...(await read('key', keyFile)),
  };
}
