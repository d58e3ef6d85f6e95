import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { maskPath } from '../shared/http/path-secrets.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { AtlasAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { AtlasQuery, buildQuery, readFetchParameters } from './query.ts';

/** Atlas, one or many. */
export const atlas = defineProvider({
  type: 'atlas',
  scopeChoosesStore: true,
  Query: AtlasQuery,
  Account: AtlasAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  readFetchParameters,
  check,
  describeAccount: (account) =>
    describeHttpAccount(account, {
      backendsJsonBaseUrl:
        account.backendsJsonBaseUrl && maskPath(account.backendsJsonBaseUrl, account.backendsJsonBaseUrl),
      fetchId: account.fetchId,
    }),
});
