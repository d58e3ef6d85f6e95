import type { MetricSet } from '../../src/domain/metric-set.ts';
import { MAX_NAMES, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { gridOf } from '../shared/series/grid.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import type { Dialect, SqlAccount } from './account.ts';
import { type SqlTable, seriesOf } from './answer.ts';
import { type Bound, bind } from './bind-parameters.ts';
import { askClickHouse } from './clickhouse/ask.ts';
import { askPostgres } from './postgres/ask.ts';
import { buildStatement, type SqlRequest } from './query.ts';
import { readStatement } from './statement.ts';

export async function queryMetrics(request: Built<SqlRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, metric, query } = request;
  const asked = gridOf(request.scope);
  const table = await ask({ account, metricName: metric.name }, buildStatement(request), signal);
  const answer = { series: seriesOf(request, table), warnings: table.notices };
  return toMetricSets({ request, asked, answer, label: 'start', combine: query.combine });
}

interface Asked {
  readonly account: SqlAccount;
  readonly metricName?: string | undefined;
}

function ask(asked: Asked, statement: Bound, signal: AbortSignal): Promise<SqlTable> {
  return (asked.account.dialect === 'postgres' ? askPostgres : askClickHouse)(asked, statement, signal);
}

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

export async function getMetadata(
  account: SqlAccount,
  filter: string,
  signal: AbortSignal,
): Promise<MetricDescriptor[]> {
  const statement = bind(
    readStatement(COLUMNS[account.dialect], account.dialect),
    new Map([['filter', filter]]),
    account,
  );
  const { rows } = await ask({ account }, statement, signal);
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
}

export async function check(account: SqlAccount, signal: AbortSignal): Promise<void> {
  await ask({ account }, { text: 'select 1', values: [] }, signal);
}
