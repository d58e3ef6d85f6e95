import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { gridOf } from '../shared/series/grid.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { type Dialect, SqlAccount } from './account.ts';
import { type Bound, bind, textOf } from './bound.ts';
import { askClickHouse } from './clickhouse.ts';
import { askPostgres } from './postgres.ts';
import { buildStatement, SqlQuery, type SqlRequest } from './query.ts';
import { readStatement } from './statement.ts';
import { type SqlTable, seriesOf } from './table.ts';

/** PostgreSQL, what speaks its protocol, and ClickHouse. */
export const sql = defineProvider({
  type: 'sql',
  Query: SqlQuery,
  Account: SqlAccount,
  buildQuery: (request) => textOf(buildStatement(request), request.account),
  queryMetrics,
  getMetadata,
  check: async (account, signal) => void (await ask({ account }, { text: 'select 1', values: [] }, signal)),
  describeAccount: (account) => ({
    ...describeHttpAccount(account),
    dialect: account.dialect,
    ...(account.database === undefined ? {} : { database: account.database }),
  }),
});

async function queryMetrics(request: SqlRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, metric, query } = request;
  const statement = buildStatement(request);
  const grid = gridOf(request.scope);
  const table = await ask({ account, metricName: metric.name }, statement, signal);
  const series = seriesOf(request, table);
  const attributes = { query: textOf(statement, account) };
  return toMetricSets({ request, grid, series, label: 'start', combine: query.combine, attributes });
}

interface Asked {
  readonly account: SqlAccount;
  readonly metricName?: string | undefined;
}

function ask(asked: Asked, statement: Bound, signal: AbortSignal): Promise<SqlTable> {
  return (asked.account.dialect === 'postgres' ? askPostgres : askClickHouse)(asked, statement, signal);
}

/** More than a picker can show. */
const MAX_NAMES = 5000;

/** The columns the user may read. */
const COLUMNS: Readonly<Record<Dialect, string>> = {
  postgres:
    "select table_schema || '.' || table_name || '.' || column_name as name, data_type as type " +
    "from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema') " +
    "and position(lower(:filter) in lower(table_schema || '.' || table_name || '.' || column_name)) > 0 " +
    `order by 1 limit ${MAX_NAMES}`,
  clickhouse:
    "select concat(database, '.', table, '.', name) as name, type from system.columns where database != 'system' " +
    "and position(lower(concat(database, '.', table, '.', name)), lower(:filter)) > 0 " +
    `order by name limit ${MAX_NAMES}`,
};

async function getMetadata(account: SqlAccount, filter: string, signal: AbortSignal): Promise<MetricDescriptor[]> {
  const statement = bind(
    readStatement(COLUMNS[account.dialect], account.dialect),
    new Map([['filter', filter]]),
    account,
  );
  const { rows } = await ask({ account }, statement, signal);
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
}
