import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { LokiAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildQuery, LokiQuery, queryProblems } from './query.ts';

/** Grafana Loki, through its metric queries. */
export const loki = defineProvider({
  type: 'loki',
  Query: LokiQuery,
  Account: LokiAccount,
  buildQuery,
  queryProblems,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  check,
  describeAccount: describeHttpAccount,
});
