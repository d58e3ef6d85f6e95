import type { MetricDescriptor } from '../../../src/domain/metrics-provider.ts';
import { fetchText, type TextAnswer } from '../../shared/http/http.ts';
import type { Built } from '../../shared/query/query-fields.ts';
import type { Part } from '../../shared/series/grid.ts';
import type { StoreAnswer } from '../../shared/series/metric-sets.ts';
import { authorizeFor, type InfluxdbAccount } from '../account.ts';
import { type InfluxdbRequest, textOfPart } from '../query.ts';
import { readRefusal } from '../refusal.ts';
import { readSeries, readTables } from './answer.ts';
import { bucketOf, buildFlux, text } from './query.ts';

const DIALECT = { annotations: ['datatype', 'group', 'default'] };

/** Fetches one chunk of the window. @throws CanaryError METRICS_… */
export async function askFlux(
  request: Built<InfluxdbRequest>,
  part: Part,
  signal: AbortSignal,
): Promise<StoreAnswer[]> {
  const { account, metric } = request;
  const script = textOfPart(request, part, buildFlux);
  const answer = await send({ account, metricName: metric.name, script }, signal);
  return [{ series: readSeries(request, answer) }];
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

/** The measurements of the account's bucket; none without a bucket. */
export async function fluxMeasurements(account: InfluxdbAccount, signal: AbortSignal): Promise<MetricDescriptor[]> {
  const bucket = bucketOf(account);
  if (bucket === undefined) return [];
  const script = `import "influxdata/influxdb/schema"\n\nschema.measurements(bucket: ${text(bucket)})`;
  return readTables(await send({ account, script }, signal)).flatMap(({ columns, rows }) => {
    const index = columns.indexOf('_value');
    return rows.flatMap((row) => (row[index] ? [{ name: row[index] }] : []));
  });
}

/** A request that needs the account's bucket, if it has one. */
export async function checkFlux(account: InfluxdbAccount, signal: AbortSignal): Promise<void> {
  const bucket = bucketOf(account);
  const source = bucket === undefined ? 'buckets()' : `from(bucket: ${text(bucket)})\n  |> range(start: -1m)`;
  readTables(await send({ account, script: `${source}\n  |> limit(n: 1)` }, signal));
}
