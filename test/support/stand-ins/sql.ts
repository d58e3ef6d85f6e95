import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

/**
 * ClickHouse: a table `latency` with the columns ts, value and zone, over HTTP. It reads no SQL, only what it is told of
 * the window in parameters. PostgreSQL is spoken to by its own protocol, and tested against a real one.
 */
const clickHouse: StoreStandIn = {
  about: 'ClickHouse',
  account: () => ({ dialect: 'clickhouse', username: 'reader', password: 'pa55-w0rd' }),
  secrets: ['pa55-w0rd', Buffer.from('reader:pa55-w0rd').toString('base64')],
  query: { query: 'select ts, value from latency where ts >= :startMillis and ts < :endMillis', timeUnit: 'ms' },
  groupedQuery: {
    query: 'select ts, value, zone from latency where ts >= :startMillis and ts < :endMillis',
    timeUnit: 'ms',
    tagColumns: ['zone'],
  },
  shownText: ({ url, body }) => {
    const values = [...url.searchParams].filter(([name]) => name.startsWith('param_'));
    return [body, ...values.map(([name, value]) => `-- {${name.slice('param_'.length)}} = ${value}`)].join('\n');
  },
  sendsParts: 'it shows a statement and its values, which are sent apart',
  answer({ url, body }, series) {
    if (body === 'select 1') return answerOf([['1', 'UInt8']], [[1]]);
    const [start, end] = ['param_startMillis', 'param_endMillis'].map((name) => Number(url.searchParams.get(name))) as [
      number,
      number,
    ];
    const rows = series.flatMap(({ tags, points }) =>
      rowsOf(points, start, end).map((row) => [...row, tags.zone ?? '']),
    );
    return answerOf(
      [
        ['ts', 'Int64'],
        ['value', 'Nullable(Float64)'],
        ['zone', 'String'],
      ],
      rows,
    );
  },
};

function rowsOf(points: StandInSeries['points'], start: number, end: number): unknown[][] {
  return points.filter(([millis]) => millis >= start && millis < end).map(([millis, value]) => [String(millis), value]);
}

function answerOf(columns: readonly (readonly [name: string, type: string])[], data: readonly unknown[][]) {
  const meta = columns.map(([name, type]) => ({ name, type }));
  return { body: JSON.stringify({ meta, data, rows: data.length, statistics: { elapsed: 0.001 } }) };
}

export const standIns = [clickHouse];
