import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { InlineAccount } from './account.ts';
import { check, queryMetrics } from './ask.ts';
import { buildQuery, InlineQuery } from './query.ts';

/** Series that come with the query: nobody is asked. */
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
