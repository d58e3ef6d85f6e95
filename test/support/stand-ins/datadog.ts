import type { StandInRequest, StandInSeries, StoreStandIn } from '../describe-providers.ts';

const common = {
  account: () => ({ apiKey: 'dd-api-k3y', applicationKey: 'dd-app-k3y' }),
  secrets: ['dd-api-k3y', 'dd-app-k3y'],
  query: { metricName: 'avg:latency' },
  groupedQuery: { customInlineTemplate: 'avg:latency{${scope}} by {zone}' },
  scope: { scope: 'version:canary' },
  epochAligned: true,
} as const;

/** Chooses how far apart points are by the length of the window. */
const v1: StoreStandIn = {
  ...common,
  about: 'v1',
  slotsAQuestion: 240,
  answer(request, series) {
    if (request.url.pathname !== '/api/v1/query') return answerOther(request);
    const [from, to] = ['from', 'to'].map((name) => Number(request.url.searchParams.get(name)) * 1000) as [
      number,
      number,
    ];
    const intervalMillis = to - from > 4 * 3_600_000 ? 300_000 : 60_000;
    const answered = series
      .map(({ tags, points }) => ({
        metric: 'latency',
        tag_set: tagSetOf(tags),
        interval: intervalMillis / 1000,
        pointlist: bucketsOf(points, { from, to, intervalMillis }),
      }))
      .filter(({ pointlist }) => pointlist.length > 0);
    return { body: JSON.stringify({ status: 'ok', res_type: 'time_series', series: answered }) };
  },
};

/** Keeps to the interval that is asked for up to 1500 points. */
const v2: StoreStandIn = {
  ...common,
  about: 'v2',
  query: { ...common.query, apiVersion: 'v2' },
  groupedQuery: { ...common.groupedQuery, apiVersion: 'v2' },
  slotsAQuestion: 1200,
  answer(request, series) {
    if (request.url.pathname !== '/api/v2/query/timeseries') return answerOther(request);
    const { from, to, interval } = JSON.parse(request.body).data.attributes;
    const intervalMillis = (to - from) / interval > 1500 ? interval * 5 : interval;
    const all = series.map(({ points }) => new Map(bucketsOf(points, { from, to, intervalMillis })));
    const times = [...new Set(all.flatMap((one) => [...one.keys()]))];
    const attributes = {
      times,
      values: all.map((one) => times.map((time) => one.get(time) ?? null)),
      series: series.map(({ tags }) => ({ group_tags: tagSetOf(tags), query_index: 0, unit: null })),
    };
    return { body: JSON.stringify({ data: { type: 'timeseries_response', attributes } }) };
  },
};

function answerOther({ url }: StandInRequest) {
  if (url.pathname === '/api/v2/validate_keys') return { body: '{"status":"ok"}' };
  return { status: 404, body: '{"errors":["Not found"]}' };
}

function tagSetOf(tags: StandInSeries['tags']): string[] {
  return Object.entries(tags).map(([name, value]) => `${name}:${value}`);
}

interface Buckets {
  readonly from: number;
  readonly to: number;
  readonly intervalMillis: number;
}

/** The average of each bucket; buckets begin at multiples of the interval. */
function bucketsOf(points: StandInSeries['points'], { from, to, intervalMillis }: Buckets): [number, number | null][] {
  const inside = points.filter(([millis]) => millis >= from && millis < to);
  const buckets = Map.groupBy(inside, ([millis]) => Math.floor(millis / intervalMillis) * intervalMillis);
  return [...buckets].map(([start, bucket]) => {
    const values = bucket.flatMap(([, value]) => value ?? []);
    return [start, values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length];
  });
}

export const standIns = [v1, v2];
