import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { CloudwatchAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, CloudwatchQuery, regionOf } from './query.ts';

/** Amazon CloudWatch: metrics, metric math, Metrics Insights. */
export const cloudwatch = defineProvider({
  type: 'cloudwatch',
  scopeChoosesStore: true,
  Query: CloudwatchQuery,
  Account: CloudwatchAccount,
  buildQuery,
  checkScope: (request) => {
    checkGrid(request);
    regionOf(request);
  },
  queryMetrics,
  getMetadata,
  searchedFields: ['namespace', 'name'],
  check,
  describeAccount: (account) =>
    describeHttpAccount(account, { region: account.region, roleArn: account.sigv4?.roleArn }),
});
