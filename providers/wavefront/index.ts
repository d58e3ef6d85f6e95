import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { WavefrontAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, readFetchParameters, WavefrontQuery } from './query.ts';

/** Wavefront, later Tanzu Observability and VMware Aria Operations for Applications. */
export const wavefront = defineProvider({
  type: 'wavefront',
  Query: WavefrontQuery,
  Account: WavefrontAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  searchedFields: [],
  readFetchParameters,
  check,
  describeAccount: describeHttpAccount,
});
