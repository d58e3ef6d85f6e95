import type { MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { toInstant } from '../../src/domain/values/instant.ts';
import { fetchText, type TextAnswer } from '../shared/http/http.ts';
import type { Part } from '../shared/series/grid.ts';
import { authorizeFor, type InfluxdbAccount } from './account.ts';
import type { PartAnswer } from './ask-influxql.ts';
import { bucketOf, buildFlux, text } from './flux.ts';
import { readFluxSeries, readTables } from './flux-answer.ts';
import type { InfluxdbRequest } from './query.ts';
import { readRefusal } from './refusals.ts';

const DIALECT = { annotations: ['datatype', 'group', 'default'] };

/** Asks for one stretch of the window. @throws CanaryError METRICS_… */
export async function askFlux(request: InfluxdbRequest, part: Part, signal: AbortSignal): Promise<PartAnswer[]> {
  const { account, metric } = request;
  const scope = { ...request.scope, start: toInstant(part.startMillis), end: toInstant(part.endMillis) };
  const answer = await send({ account, metricName: metric.name, script: buildFlux({ ...request, scope }) }, signal);
  return [{ series: readFluxSeries(request, answer), warnings: [] }];
}

interface ScriptQuestion {
  readonly account: InfluxdbAccount;
  readonly metricName?: string | undefined;
  readonly script: string;
}

function send({ account, metricName, script }: ScriptQuestion, signal: AbortSignal): Promise<TextAnswer> {
  const { org } = account;
  return fetchText(
    {
      account,
      metricName,
      path: `/api/v2/query${org === undefined ? '' : `?${new URLSearchParams({ org })}`}`,
      json: { query: script, type: 'flux', dialect: DIALECT },
      accept: 'application/csv',
      authorize: authorizeFor(account, 'flux'),
      readRefusal,
    },
    signal,
  );
}

/** The measurements of the account's bucket; none when it names none. */
export async function fluxMeasurements(account: InfluxdbAccount, signal: AbortSignal): Promise<MetricDescriptor[]> {
  const bucket = bucketOf(account);
  if (bucket === undefined) return [];
  const script = `import "influxdata/influxdb/schema"\n\nschema.measurements(bucket: ${text(bucket)})`;
  return readTables(await send({ account, script }, signal)).flatMap(({ columns, rows }) => {
    const index = columns.indexOf('_value');
    return rows.flatMap((row) => (row[index] ? [{ name: row[index] }] : []));
  });
}

/** A question that needs the account's bucket, if it names one. */
export async function checkFlux(account: InfluxdbAccount, signal: AbortSignal): Promise<void> {
  const bucket = bucketOf(account);
  const source = bucket === undefined ? 'buckets()' : `from(bucket: ${text(bucket)})\n  |> range(start: -1m)`;
  readTables(await send({ account, script: `${source}\n  |> limit(n: 1)` }, signal));
}
