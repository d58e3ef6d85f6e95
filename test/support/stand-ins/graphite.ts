import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

/** What is between two points of the stand-in's archive. */
const INTERVAL_SECONDS = 60;

/** A whisper file answers with a point for every interval of the range, without a value where it has none. */
const graphite: StoreStandIn = {
  about: 'graphite-web',
  account: () => ({ username: 'reader', password: 'pa55-w0rd' }),
  secrets: ['pa55-w0rd', Buffer.from('reader:pa55-w0rd').toString('base64')],
  query: { metricName: 'shop.latency' },
  groupedQuery: { metricName: "seriesByTag('name=latency')" },
  answer({ url, body }, series) {
    if (url.pathname === '/metrics/find') return success({ metrics: [{ path: 'shop.', name: 'shop', is_leaf: '0' }] });
    const parameters = new URLSearchParams(body === '' ? url.search : body);
    const [from, until] = [Number(parameters.get('from')), Number(parameters.get('until'))];
    return success(
      series.map(({ tags, points }) => ({
        target: ['latency', ...Object.entries(tags).map((tag) => tag.join('='))].join(';'),
        tags: { name: 'latency', ...tags },
        datapoints: datapointsOf(points, from, until),
      })),
    );
  },
};

/** After `from`, up to `until`. The intervals begin where the points do. */
function datapointsOf(points: StandInSeries['points'], from: number, until: number) {
  const values = new Map(points.map(([millis, value]) => [millis / 1000, value]));
  const [first = from + 1] = values.keys();
  const offset = first % INTERVAL_SECONDS;
  const begin = Math.ceil((from + 1 - offset) / INTERVAL_SECONDS) * INTERVAL_SECONDS + offset;
  const count = Math.max(0, Math.floor((until - begin) / INTERVAL_SECONDS) + 1);
  const seconds = Array.from({ length: count }, (_, index) => begin + index * INTERVAL_SECONDS);
  const listed = [...values.keys()].some((one, index, all) => one < (all[index - 1] ?? one))
    ? seconds.toReversed()
    : seconds;
  return listed.map((one) => [values.get(one) ?? null, one]);
}

function success(answer: unknown) {
  return { body: JSON.stringify(answer) };
}

export const standIns = [graphite];
