import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { DatadogAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { linkTo } from './link.ts';
import { buildQuery, DatadogQuery, readFetchParameters } from './query.ts';

/** Datadog, through versions 1 and 2 of its query API. */
export const datadog = defineProvider({
  type: 'datadog',
  ownResolution: true,
  Query: DatadogQuery,
  Account: DatadogAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  readFetchParameters,
  check,
  describeAccount: (account) => describeHttpAccount(account, { site: account.site }),
  linkTo,
});
