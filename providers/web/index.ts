import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { WebAccount } from './account.ts';
import { check, queryMetrics } from './ask.ts';
import { buildQuery, WebQuery } from './query.ts';

/** Any HTTP API that returns JSON. */
export const web = defineProvider({
  type: 'web',
  Query: WebQuery,
  Account: WebAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  check,
  describeAccount: (account) => describeHttpAccount(account, { allowedUrlPatterns: account.allowedUrlPatterns }),
});
