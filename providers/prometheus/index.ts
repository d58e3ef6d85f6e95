import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { PrometheusAccount } from './account.ts';
import { check, getMetadata, getSeries, queryMetrics } from './ask.ts';
import { linkTo } from './link.ts';
import { buildQuery, PrometheusQuery, readFetchParameters } from './query.ts';
import { queryProblems } from './query-problems.ts';

/** Prometheus, and everything with its API: Thanos, Mimir, Cortex, Grafana Cloud, VictoriaMetrics. */
export const prometheus = defineProvider({
  type: 'prometheus',
  Query: PrometheusQuery,
  Account: PrometheusAccount,
  buildQuery,
  queryProblems,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  getSeries,
  readFetchParameters,
  check,
  describeAccount: describeHttpAccount,
  linkTo,
});
