import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

const MOST_POINTS = 11_000n;

/**
 * Answers from the multiple of the step before the start to the one after the end, to which its query frontend widens
 * every window; a series exists only where there are log lines.
 */
const loki: StoreStandIn = {
  about: 'Loki',
  account: () => ({ username: 'reader', password: 'pa55-w0rd', tenantId: 'team-a' }),
  secrets: ['pa55-w0rd', Buffer.from('reader:pa55-w0rd').toString('base64')],
  query: { expr: 'sum(count_over_time({app="shop"}[1m]))' },
  groupedQuery: { expr: 'sum by (zone) (count_over_time({app="shop"}[1m]))' },
  slotsAQuestion: 10_000,
  noNulls: true,
  answer({ url, headers }, series) {
    if (headers['x-scope-orgid'] !== 'team-a') return { status: 401, body: 'no org id' };
    if (url.pathname === '/loki/api/v1/labels') return success(['app', 'zone']);
    if (url.pathname !== '/loki/api/v1/query_range') return { status: 404, body: '404 page not found' };
    const [start, end] = ['start', 'end'].map((name) => BigInt(url.searchParams.get(name) ?? '')) as [bigint, bigint];
    const step = BigInt(url.searchParams.get('step') ?? '') * 1_000_000_000n;
    if ((end - start) / step > MOST_POINTS)
      return { status: 400, body: 'exceeded maximum resolution of 11,000 points' };
    const window = { from: start - (start % step), to: end + ((step - (end % step)) % step) };
    const result = series
      .map(({ tags, points }) => ({ metric: tags, values: valuesOf(points, window) }))
      .filter(({ values }) => values.length > 0);
    return success({ resultType: 'matrix', result, stats: {} });
  },
};

function valuesOf(points: StandInSeries['points'], { from, to }: { readonly from: bigint; readonly to: bigint }) {
  return points.flatMap(([millis, value]) => {
    const nanos = BigInt(millis) * 1_000_000n;
    return value === null || nanos < from || nanos > to ? [] : [[millis / 1000, String(value)]];
  });
}

function success(data: unknown) {
  return { body: JSON.stringify({ status: 'success', data }) };
}

export const standIns = [loki];
