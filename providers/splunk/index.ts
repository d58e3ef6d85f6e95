import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { SplunkAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, SplunkQuery } from './query.ts';

/** Splunk Enterprise and Splunk Cloud Platform; Splunk Observability is `signalfx`. */
export const splunk = defineProvider({
  type: 'splunk',
  Query: SplunkQuery,
  Account: SplunkAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  check,
  describeAccount: describeHttpAccount,
});
