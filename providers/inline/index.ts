import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { InlineAccount } from './account.ts';
import { check, queryMetrics } from './ask.ts';
import { buildQuery, InlineQuery } from './query.ts';

/** Series contained in the query: no store is queried. */
export const inline = defineProvider({
  type: 'inline',
  builtInAccount: 'inline',
  holdsData: true,
  Query: InlineQuery,
  Account: InlineAccount,
  buildQuery,
  queryMetrics,
  check,
  describeAccount: () => ({}),
});
