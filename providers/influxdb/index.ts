import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { InfluxdbAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { buildFlux } from './flux/query.ts';
import { buildInfluxql } from './influxql/query.ts';
import { InfluxdbQuery, languageOf, readFetchParameters } from './query.ts';

/** InfluxDB 1, 2 and 3: InfluxQL at `/query`, Flux at `/api/v2/query`. */
export const influxdb = defineProvider({
  type: 'influxdb',
  Query: InfluxdbQuery,
  Account: InfluxdbAccount,
  buildQuery: (request) => (languageOf(request) === 'flux' ? buildFlux : buildInfluxql)(request),
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  readFetchParameters,
  check,
  describeAccount: (account) =>
    describeHttpAccount(account, { database: account.database, org: account.org, bucket: account.bucket }),
});
