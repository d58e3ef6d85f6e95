import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { accountIdOf, apiOf, NewRelicAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, NewRelicQuery, readFetchParameters } from './query.ts';

/** New Relic, through NerdGraph or the older Insights API. */
export const newrelic = defineProvider({
  type: 'newrelic',
  Query: NewRelicQuery,
  Account: NewRelicAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  readFetchParameters,
  check,
  describeAccount: (account) =>
    describeHttpAccount(account, { accountId: accountIdOf(account), region: account.region, api: apiOf(account) }),
});
