import type { StandInAnswer, StandInRequest, StandInSeries, StoreStandIn } from '../describe-providers.ts';

/** InfluxDB 1.x: buckets of the whole range, null where nothing was; series without points are left out. */
const influxql: StoreStandIn = {
  about: 'InfluxQL',
  account: () => ({ database: 'shop', username: 'reader', password: 'pa55-w0rd' }),
  secrets: ['pa55-w0rd', Buffer.from('reader:pa55-w0rd').toString('base64')],
  query: { metricName: 'latency', fields: ['value'], aggregation: 'mean' },
  groupedQuery: { metricName: 'latency', fields: ['value'], aggregation: 'mean', groupBy: ['zone'] },
  slotsAQuestion: 10_000,
  answer(request, series) {
    const { text, startMillis, endMillis } = read(request);
    if (!text.includes('FROM latency')) return json([]);
    const [, step = '', offset = '0s'] = /time\((\d+s)(?:, (\w+))?\)/.exec(text) ?? [];
    const window = { startMillis, endMillis, stepMillis: millisOf(step), offsetMillis: millisOf(offset) };
    return json(
      series
        .filter(({ points }) => bucketValues(points, window).some(([, value]) => value !== null))
        .map(({ tags, points }) => ({
          name: 'latency',
          ...(Object.keys(tags).length === 0 ? {} : { tags }),
          columns: ['time', 'value'],
          values: bucketValues(points, window),
        })),
    );
  },
};

/** InfluxDB 2: annotated CSV, a table for each series, an empty line at the end. */
const flux: StoreStandIn = {
  about: 'Flux',
  account: () => ({ version: 2, org: 'acme', bucket: 'shop', token: 't0k-en_Zz9==' }),
  secrets: ['t0k-en_Zz9=='],
  query: { metricName: 'latency', fields: ['value'], aggregation: 'mean' },
  groupedQuery: { metricName: 'latency', fields: ['value'], aggregation: 'mean', groupBy: ['zone'] },
  slotsAQuestion: 10_000,
  cutUnseen: 'an answer that ends after a row is CSV as well; only HTTP knows that more was to come',
  answer(request, series) {
    const { text, startMillis, endMillis } = read(request);
    if (!text.includes('aggregateWindow')) return { body: '\r\n' };
    const [, step = '', offset = '0s'] = /every: (\w+),.* offset: (\w+),/.exec(text) ?? [];
    const window = { startMillis, endMillis, stepMillis: millisOf(step), offsetMillis: millisOf(offset) };
    const names = [...new Set(series.flatMap(({ tags }) => Object.keys(tags)))];
    const rows = series.flatMap(({ tags, points }, table) =>
      bucketValues(points, window).map(([millis, value]) => {
        const time = new Date(millis).toISOString();
        return ['', '', table, time, value ?? '', ...names.map((name) => tags[name])].join(',');
      }),
    );
    const lines = [
      `#datatype,string,long,dateTime:RFC3339,double${',string'.repeat(names.length)}`,
      `#group,false,false,false,false${',true'.repeat(names.length)}`,
      `#default,_result,,,${','.repeat(names.length)}`,
      ['', 'result', 'table', '_time', '_value', ...names].join(','),
      ...rows,
    ];
    return {
      body: rows.length === 0 ? '\r\n' : `${lines.join('\r\n')}\r\n\r\n`,
      headers: { 'content-type': 'text/csv' },
    };
  },
};

function read({ url, body }: StandInRequest) {
  const text =
    url.pathname === '/query' ? (new URLSearchParams(body || url.search).get('q') ?? '') : JSON.parse(body).query;
  const [startMillis = 0, endMillis = 0] = [...text.matchAll(/(?:time [<>]=? '|st(?:art|op): )([\dTZ:.-]+)/g)].map(
    ([, instant = '']) => Date.parse(instant),
  );
  return { text, startMillis, endMillis };
}

interface Window {
  readonly startMillis: number;
  readonly endMillis: number;
  readonly stepMillis: number;
  readonly offsetMillis: number;
}

/** The mean of each bucket that begins before the end, or null. */
function bucketValues(points: StandInSeries['points'], { startMillis, endMillis, stepMillis, offsetMillis }: Window) {
  const first = Math.floor((startMillis - offsetMillis) / stepMillis) * stepMillis + offsetMillis;
  const count = Math.ceil((endMillis - first) / stepMillis);
  const buckets = Array.from({ length: count }, () => [] as number[]);
  for (const [millis, value] of points) {
    if (value === null || millis < startMillis || millis >= endMillis) continue;
    buckets[Math.floor((millis - first) / stepMillis)]?.push(value);
  }
  return buckets.map((values, index) => {
    const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
    return [first + index * stepMillis, mean] as const;
  });
}

function millisOf(duration: string): number {
  return duration.endsWith('ms') ? Number(duration.slice(0, -2)) : Number(duration.slice(0, -1)) * 1000;
}

function json(series: readonly object[]): StandInAnswer {
  const result = { statement_id: 0, ...(series.length === 0 ? {} : { series }) };
  return { body: JSON.stringify({ results: [result] }) };
}

export const standIns = [influxql, flux];
