import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { SqlAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, SqlQuery } from './query.ts';

/** PostgreSQL, databases with its protocol, and ClickHouse. */
export const sql = defineProvider({
  type: 'sql',
  Query: SqlQuery,
  Account: SqlAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  searchedFields: [],
  check,
  describeAccount: ({ dialect, database, ...account }) =>
    describeHttpAccount(account, {
      ...{ dialect, database },
      // The path of PostgreSQL's address is the database.
      ...(dialect === 'postgres' ? { endpoint: account.endpoint } : {}),
    }),
});
