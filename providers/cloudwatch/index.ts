import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { CloudwatchAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, CloudwatchQuery } from './query.ts';

/** Amazon CloudWatch: metrics, metric math, Metrics Insights. */
export const cloudwatch = defineProvider({
  type: 'cloudwatch',
  scopeChoosesStore: true,
  Query: CloudwatchQuery,
  Account: CloudwatchAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  searchedFields: ['namespace', 'name'],
  check,
  describeAccount: (account) =>
    describeHttpAccount(account, { region: account.region, roleArn: account.sigv4?.roleArn }),
});
