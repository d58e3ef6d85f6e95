import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { DynatraceAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, DynatraceQuery } from './query.ts';

/** Dynatrace SaaS and Managed, through version 2 of the metrics API. */
export const dynatrace = defineProvider({
  type: 'dynatrace',
  Query: DynatraceQuery,
  Account: DynatraceAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  searchedFields: ['name', 'displayName'],
  check,
  describeAccount: describeHttpAccount,
});
