import { describe, expect, test } from 'vitest';
import { rangeOfQuery, rangesOfQuery } from '../../src/domain/range-of-query.ts';

const STEP = 60;

describe('the range that a query names', () => {
  test.each([
    // PromQL, LogQL, MetricsQL
    ['rate(http_requests_total{app="web"}[15m])', 900],
    ['histogram_quantile(0.99, sum by (le) (rate(x[5m])))', 300],
    ['max_over_time(rate(x[1m])[1h30m:30s])', 5400],
    ['rate(a[30s]) / rate(b[2m])', 120],
    ['increase(x[1d])', 86_400],
    ['rate(x[500ms])', 0.5],
    ['rate(x[10i])', 600],
    ['sum(rate({app="web"} |= "error" [10m]))', 600],
    ['quantile_over_time(0.99, {app="web"} | unwrap latency [1m30s]) by (app)', 90],
    // Graphite
    ["movingAverage(web.latency, '15min')", 900],
    ['movingMedian(web.latency,"1hour")', 3600],
    ["movingAverage(aliasByNode(scale(web.latency,0.1),'a'),'5min')", 300],
    ['movingAverage(web.*.latency, 15)', 900],
    ["summarize(web.requests, '10min', 'sum', false)", 600],
    ["hitcount(web.requests,'1h')", 3600],
    // InfluxQL and Flux
    ['SELECT mean("v") FROM "m" WHERE time >= 1ms GROUP BY "host", time(5m) fill(previous)', 300],
    ['SELECT MOVING_AVERAGE(mean("v"), 10) FROM "m" GROUP BY time(1m)', 600],
    ['from(bucket: "b") |> range(start: -1h) |> aggregateWindow(every: 5m, fn: mean)', 300],
    ['from(bucket: "b") |> timedMovingAverage(every: 1m, period: 20m)', 1200],
    ['from(bucket: "b") |> movingAverage(n: 5)', 300],
    // Datadog
    ['avg:system.cpu.user{host:a}.rollup(avg, 900)', 900],
    ['avg:system.cpu.user{host:a}.rollup(300)', 300],
    ["moving_rollup(avg:latency{*}, 600, 'avg')", 600],
    ['ewma_10(avg:latency{*})', 600],
    // SignalFlow
    ["data('latency').mean(over='10m').publish()", 600],
    // NRQL, Splunk, Wavefront
    ['SELECT average(duration) FROM Transaction TIMESERIES 5 minutes SLIDE BY 1 minute', 300],
    ['search index=web | timechart span=10m avg(latency)', 600],
    ['search index=web | streamstats window=15 avg(latency)', 900],
    ['mavg(15m, ts("latency", app="web"))', 900],
    ['align(5m, mean, ts("latency"))', 300],
    // Elasticsearch, CloudWatch, Azure Monitor, Cloud Monitoring, Dynatrace
    ['{"aggs":{"t":{"date_histogram":{"field":"@timestamp","fixed_interval":"5m"}}}}', 300],
    ['{"moving_fn":{"buckets_path":"v","window":10,"script":"MovingFunctions.unweightedAvg(values)"}}', 600],
    ['[{"Id":"m","MetricStat":{"Metric":{},"Period":300,"Stat":"Average"}}]', 300],
    ['metricnames=Latency&interval=PT15M&aggregation=Average', 900],
    ['fetch gce_instance::cpu | align rate(15m) | every 1m', 900],
    ['metric.type="x" aggregation.alignmentPeriod=300s', 300],
    ['builtin:service.response.time:avg:rollup(avg,15m)', 900],
    ['timeseries avg(latency), interval: 5m', 300],
    // SQL and Atlas
    ["SELECT time_bucket('15 minutes', ts), avg(v) FROM m GROUP BY 1", 900],
    ['SELECT toStartOfInterval(ts, INTERVAL 5 minute), avg(v) FROM m GROUP BY 1', 300],
    ["avg(v) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '10 minutes' PRECEDING AND CURRENT ROW)", 600],
    ['avg(v) OVER (ORDER BY ts ROWS BETWEEN 14 PRECEDING AND CURRENT ROW)', 900],
    ['name,latency,:eq,:avg,10,:rolling-mean', 600],
    // no range
    ['up{job="a[5m]b"}', undefined],
    ['avg:system.cpu.user{host:a}', undefined],
    ['series[0]', undefined],
    ['x[${interval}]', undefined],
    ['SELECT v FROM m WHERE hour(ts) > 5', undefined],
    ['((((', undefined],
    ['', undefined],
  ])('is read from %s as %s seconds', (text, seconds) => {
    expect(rangeOfQuery(text, STEP)).toBe(seconds);
  });

  test.each([
    ['rate(x[15m])', { sliding: 900 }],
    ['SELECT mean(v) FROM m GROUP BY time(5m)', { bucket: 300 }],
    ['SELECT MOVING_AVERAGE(mean(v), 10) FROM m GROUP BY time(1m)', { sliding: 600, bucket: 60 }],
    ['SELECT average(d) FROM T TIMESERIES 5 minutes SLIDE BY 1 minute', { sliding: 300 }],
    ['SELECT average(d) FROM T TIMESERIES 5 minutes', { bucket: 300 }],
    ['avg:x{*}.rollup(avg, 900)', { bucket: 900 }],
    ["summarize(web.requests, '10min')", { bucket: 600 }],
    ["movingAverage(web.requests, '10min')", { sliding: 600 }],
  ])('tells windows that move on from buckets: %s', (text, ranges) => {
    expect(rangesOfQuery(text, STEP)).toEqual(ranges);
  });

  test('is looked for in a bounded part of a text, however long', () => {
    expect(rangeOfQuery('group by ('.repeat(100_000), STEP)).toBeUndefined();
    expect(rangeOfQuery(`rate(x[5m])${' '.repeat(1_000_000)}`, STEP)).toBe(300);
  });
});
