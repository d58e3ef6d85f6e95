import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { coarserGrid, type Grid, gridOf, type PointLabel, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { InfluxdbAccount } from './account.ts';
import { askFlux, checkFlux, fluxMeasurements } from './ask-flux.ts';
import { askInfluxql, checkInfluxql, influxqlMeasurements } from './ask-influxql.ts';
import { bucketMillis } from './bucket-length.ts';
import { buildFlux } from './flux.ts';
import { buildInfluxql } from './influxql.ts';
import { InfluxdbQuery, type InfluxdbRequest, languageOf, readFetchParameters } from './query.ts';

/** InfluxDB 1, 2 and 3: InfluxQL at `/query`, Flux at `/api/v2/query`. */
export const influxdb = defineProvider({
  type: 'influxdb',
  Query: InfluxdbQuery,
  Account: InfluxdbAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  readFetchParameters,
  check,
  describeAccount,
});

/** Buckets of one question: far below what servers limit, where they do. */
const MAX_SLOTS_A_QUESTION = 10_000;
/** More than a picker can show. */
const MAX_NAMES = 5000;

function buildQuery(request: InfluxdbRequest): string {
  return languageOf(request) === 'flux' ? buildFlux(request) : buildInfluxql(request);
}

async function queryMetrics(request: InfluxdbRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const query = buildQuery(request);
  const asked = gridOf(request.scope);
  const ask = languageOf(request) === 'flux' ? askFlux : askInfluxql;
  const joined = new JoinedSeries();
  const warnings = new Set<string>();
  for (const part of partsOf(asked, MAX_SLOTS_A_QUESTION)) {
    for (const answer of await ask(request, part, signal)) {
      joined.add(answer.series);
      for (const warning of answer.warnings) warnings.add(warning);
      refuseTooMany(request, asked, joined.size);
    }
  }
  const grid = gridOfBuckets(asked, query);
  if (grid !== asked)
    warnings.add(`the query makes a point every ${grid.stepMillis / 1000} s, not every ${asked.stepMillis / 1000} s`);
  const attributes = { query, ...(warnings.size === 0 ? {} : { warnings: [...warnings].join('\n') }) };
  const label = labelOf(request, query);
  return toMetricSets({ request, grid, series: joined.series, label, combine: 'mean', attributes });
}

/** A query written whole may make longer buckets than the step. */
function gridOfBuckets(grid: Grid, query: string): Grid {
  const millis = bucketMillis(query) ?? 0;
  return millis > grid.stepMillis ? coarserGrid(grid, millis) : grid;
}

/** Flux names buckets by their end, unless told otherwise. */
function labelOf(request: InfluxdbRequest, query: string): PointLabel {
  const byEnd =
    languageOf(request) === 'flux' && query.includes('aggregateWindow(') && !/timeSrc\s*:\s*"_start"/.test(query);
  return byEnd ? 'end' : 'start';
}

async function getMetadata(account: InfluxdbAccount, filter: string, signal: AbortSignal): Promise<MetricDescriptor[]> {
  const names = await (account.version === 2 ? fluxMeasurements : influxqlMeasurements)(account, signal);
  const wanted = filter.toLowerCase();
  return names.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, MAX_NAMES);
}

function check(account: InfluxdbAccount, signal: AbortSignal): Promise<void> {
  return (account.version === 2 ? checkFlux : checkInfluxql)(account, signal);
}

function describeAccount(account: InfluxdbAccount): Record<string, unknown> {
  const { database, org, bucket } = account;
  return {
    ...describeHttpAccount(account),
    ...Object.fromEntries(Object.entries({ database, org, bucket }).filter(([, value]) => value !== undefined)),
  };
}
