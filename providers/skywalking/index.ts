import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { SkyWalkingAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, SkyWalkingQuery } from './query.ts';

/** Apache SkyWalking, through the GraphQL of its OAP server. */
export const skywalking = defineProvider({
  type: 'skywalking',
  Query: SkyWalkingQuery,
  Account: SkyWalkingAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  check,
  describeAccount: describeHttpAccount,
});
