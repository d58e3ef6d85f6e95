import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { SignalFxAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, SignalFxQuery } from './query.ts';

/** SignalFx, now Splunk Observability Cloud. */
export const signalfx = defineProvider({
  type: 'signalfx',
  Query: SignalFxQuery,
  Account: SignalFxAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  searchedFields: [],
  check,
  describeAccount: (account) => describeHttpAccount(account, { realm: account.realm }),
});
