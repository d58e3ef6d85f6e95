import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { StackdriverAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, queryProblems, readFetchParameters, StackdriverQuery } from './query.ts';

/** Google Cloud Monitoring, formerly Stackdriver: its time series and its PromQL. */
export const stackdriver = defineProvider({
  type: 'stackdriver',
  scopeChoosesStore: true,
  Query: StackdriverQuery,
  Account: StackdriverAccount,
  buildQuery,
  queryProblems,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  searchedFields: ['type'],
  readFetchParameters,
  check,
  describeAccount: (account) => describeHttpAccount(account, { project: account.project }),
});
