import type { StandInAnswer, StandInSeries, StoreStandIn } from '../describe-providers.ts';

const MINUTE = 60_000;
/** A server in Kolkata. */
const OFFSET_MILLIS = 330 * MINUTE;
/** after the first */
const MOST_UNITS = 500;

/** Minutes by the server's own clock, the first and the last included; a minute without a value is null. */
const skywalking: StoreStandIn = {
  about: 'SkyWalking',
  account: () => ({ username: 'reader', password: 'pa55-w0rd' }),
  secrets: ['pa55-w0rd', Buffer.from('reader:pa55-w0rd').toString('base64')],
  query: { expression: 'service_resp_time' },
  groupedQuery: { expression: "meter_latency{zone='a,b,c'}" },
  scope: { scope: 'shop' },
  epochAligned: true,
  slotsAQuestion: 500,
  shownText: ({ body }) => {
    const { expression, entity } = JSON.parse(body).variables;
    return JSON.stringify({ expression, entity });
  },
  answer({ url, body }, series) {
    if (url.pathname !== '/graphql') return { status: 404, body: 'Not Found' };
    const { query, variables } = JSON.parse(body);
    if (query.includes('getTimeInfo')) return answer({ getTimeInfo: { timezone: '+0530' } });
    if (query.includes('listMetrics'))
      return answer({ listMetrics: [{ name: 'service_resp_time', type: 'REGULAR_VALUE' }] });
    const [start, end] = [momentOf(variables.duration.start), momentOf(variables.duration.end)];
    const units = (end - start) / MINUTE;
    // As the server counts: it looks for the end from the second unit on.
    if (units < 1 || units > MOST_UNITS) return refusal(`can't exceed ${MOST_UNITS} minutes`);
    const results = series.map(({ tags, points }) => ({
      metric: { labels: Object.entries(tags).map(([key, value]) => ({ key, value })) },
      values: valuesOf(points, start, units + 1),
    }));
    return answer({ execExpression: { type: 'TIME_SERIES_VALUES', error: null, results } });
  },
};

function momentOf(text: string): number {
  const [, day, hours, minutes] = /^(\d{4}-\d\d-\d\d) (\d\d)(\d\d)$/.exec(text) ?? [];
  return Date.parse(`${day}T${hours}:${minutes}:00Z`) - OFFSET_MILLIS;
}

function valuesOf(points: StandInSeries['points'], start: number, count: number) {
  const byMinute = new Map(points);
  return Array.from({ length: count }, (_, index) => {
    const millis = start + index * MINUTE;
    const value = byMinute.get(millis) ?? null;
    return { id: String(millis), value: value === null ? null : String(value) };
  });
}

function answer(data: unknown): StandInAnswer {
  return { body: JSON.stringify({ data }) };
}

function refusal(message: string): StandInAnswer {
  return { body: JSON.stringify({ data: null, errors: [{ message: `Duration data error, ${message}` }] }) };
}

export const standIns = [skywalking];
