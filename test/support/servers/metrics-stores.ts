import { startPostgresSamples } from '../samples/postgres-samples.ts';
import { startClickHouse } from './clickhouse-server.ts';
import { startGraphite } from './graphite-server.ts';
import { INFLUX_DATABASE, startInflux } from './influx-server.ts';
import { type RunningServer, startPrometheus } from './prometheus-server.ts';
import { startVictoriaMetrics } from './victoria-metrics-server.ts';

/** How a store combines the samples of a step. */
export type Aggregation = 'mean' | 'max' | 'min' | 'sum';

export interface RunningStore {
  /** fields of its account besides the name */
  readonly account: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** A real metrics store that holds the gauges of `samples.ts`. */
export interface MetricsStore {
  /** also of its account */
  readonly name: string;
  /** what `install-debian.sh` gets */
  readonly program: string;
  /** undefined when the program is not installed */
  readonly start: () => Promise<RunningStore | undefined>;
  /** queries a gauge of the version named by the scope */
  readonly query: (gauge: string, aggregation: Aggregation) => Readonly<Record<string, unknown>>;
}

/** One entry for each store whose real server the tests can start. */
export const METRICS_STORES: readonly MetricsStore[] = [
  {
    name: 'Prometheus',
    program: 'prometheus',
    start: () => running(startPrometheus(), { type: 'prometheus' }),
    query: promql,
  },
  {
    name: 'VictoriaMetrics',
    program: 'victoria-metrics',
    start: () => running(startVictoriaMetrics(), { type: 'prometheus', flavor: 'victoriametrics' }),
    query: promql,
  },
  {
    name: 'InfluxDB',
    program: 'influxd',
    start: () => running(startInflux(), { type: 'influxdb', database: INFLUX_DATABASE }),
    query: (metricName, aggregation) => ({
      type: 'influxdb',
      metricName,
      fields: ['value'],
      scopeTag: 'version',
      aggregation,
    }),
  },
  {
    name: 'Graphite',
    program: 'graphite-manage',
    start: () => running(startGraphite(), { type: 'graphite' }),
    query: (gauge, aggregation) => ({
      type: 'graphite',
      metricName: `shop.$scope.${gauge}`,
      summarize: aggregation === 'mean' ? 'avg' : aggregation,
    }),
  },
  {
    name: 'PostgreSQL',
    program: 'postgres',
    start: () => running(startPostgresSamples(), { type: 'sql', dialect: 'postgres', username: 'haldane' }),
    query: (gauge, aggregation) => ({
      type: 'sql',
      query:
        `select date_bin(make_interval(secs => :step), time, to_timestamp(:start)) as ts, ${inSql(aggregation)}(value) as value ` +
        `from samples where gauge = '${gauge}' and version = :scope ` +
        'and time >= to_timestamp(:start) and time < to_timestamp(:end) group by 1',
    }),
  },
  {
    name: 'ClickHouse',
    program: 'clickhouse-server',
    start: () => running(startClickHouse(), { type: 'sql', dialect: 'clickhouse', legacy: true }),
    query: (gauge, aggregation) => ({
      type: 'sql',
      query:
        `select intDiv(toUnixTimestamp(time) - :start, :step) * :step + :start as ts, ${inSql(aggregation)}(value) as value ` +
        `from samples where gauge = '${gauge}' and version = :scope ` +
        'and time >= toDateTime(:start) and time < toDateTime(:end) group by ts',
    }),
  },
];

function inSql(aggregation: Aggregation): string {
  return aggregation === 'mean' ? 'avg' : aggregation;
}

async function running(
  server: Promise<RunningServer | undefined>,
  fields: Readonly<Record<string, unknown>>,
): Promise<RunningStore | undefined> {
  const started = await server;
  if (started === undefined) return undefined;
  const { baseUrl, stop } = started;
  return { account: { ...fields, endpoint: { baseUrl } }, stop };
}

/**
 * Of exactly the step: a range has its end in it, and in Prometheus 2 its start as well, so both are a millisecond
 * earlier than the step.
 */
function promql(gauge: string, aggregation: Aggregation) {
  const overTime = `${aggregation === 'mean' ? 'avg' : aggregation}_over_time`;
  const expr = `${overTime}(${gauge}{version="\${scope}"}[\${step}s] offset 1ms)`;
  return { type: 'prometheus', expr, evaluateAt: 'end', seriesMode: 'single' };
}
