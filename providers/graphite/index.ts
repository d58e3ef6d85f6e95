import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { GraphiteAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { linkTo } from './link.ts';
import { buildQuery, GraphiteQuery, readFetchParameters } from './query.ts';

/** Graphite, and everything with its `/render` API: carbonapi, go-graphite, Metrictank, Hosted Graphite. */
export const graphite = defineProvider({
  type: 'graphite',
  Query: GraphiteQuery,
  Account: GraphiteAccount,
  buildQuery,
  // Kayenta leaves the step to Graphite, and its clients leave it out.
  checkScope: ({ scope }) => checkGrid({ scope: { ...scope, step: scope.step ?? 1 } }),
  queryMetrics,
  getMetadata,
  searchedFields: [],
  readFetchParameters,
  check,
  describeAccount: describeHttpAccount,
  linkTo,
});
