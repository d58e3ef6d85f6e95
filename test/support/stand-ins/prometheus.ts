import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

/** Evaluates at instants, both ends of a range included; series without points are left out. */
const prometheus: StoreStandIn = {
  about: 'Prometheus',
  account: () => ({ username: 'reader', password: 'pa55-w0rd' }),
  secrets: ['pa55-w0rd', Buffer.from('reader:pa55-w0rd').toString('base64')],
  query: { expr: 'latency' },
  groupedQuery: { expr: 'avg by (zone) (latency)' },
  slotsAQuestion: 10_000,
  noNulls: true,
  answer({ url, body }, series) {
    const form = new URLSearchParams(body);
    if (url.pathname === '/api/v1/query') return success({ resultType: 'vector', result: [] });
    if (url.pathname === '/api/v1/label/__name__/values') return success(['latency']);
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name))) as [
      number,
      number,
      number,
    ];
    if ((end - start) / step > 11_000) return { status: 400, body: '{"error":"exceeded maximum resolution"}' };
    const result = series
      .map(({ tags, points }) => ({ metric: tags, values: valuesOf(points, start, end) }))
      .filter(({ values }) => values.length > 0);
    return success({ resultType: 'matrix', result });
  },
};

function valuesOf(points: StandInSeries['points'], start: number, end: number) {
  return points.flatMap(([millis, value]) => {
    const seconds = millis / 1000;
    return value === null || seconds < start || seconds > end ? [] : [[seconds, String(value)]];
  });
}

function success(data: unknown) {
  return { body: JSON.stringify({ status: 'success', data }) };
}

export const standIns = [prometheus];
