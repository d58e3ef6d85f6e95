import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { WebAccount } from './account.ts';
import { check, queryMetrics } from './ask.ts';
import { buildQuery, WebQuery } from './query.ts';

/** Anything that answers a request over HTTP with JSON. */
export const web = defineProvider({
  type: 'web',
  Query: WebQuery,
  Account: WebAccount,
  buildQuery,
  queryMetrics,
  check,
  describeAccount: (account) => describeHttpAccount(account, { allowedUrlPatterns: account.allowedUrlPatterns }),
});
