import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { ElasticsearchAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { ElasticsearchQuery } from './query.ts';
import { buildQuery } from './search.ts';

/** Elasticsearch, and OpenSearch, which answers the same searches. */
export const elasticsearch = defineProvider({
  type: 'elasticsearch',
  Query: ElasticsearchQuery,
  Account: ElasticsearchAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  check,
  describeAccount: (account) => describeHttpAccount(account, { index: account.index }),
});
