import type { StandInAnswer, StandInRequest, StandInSeries, StoreStandIn } from '../describe-providers.ts';
import { standIns as prometheus } from './prometheus.ts';

const TOKEN = 'ya29.a0AfB_very-secret';
/** Google may give less than was asked for. */
const PAGE_SIZE = 1000;

const common = {
  account: () => ({ project: 'shop', bearerToken: TOKEN }),
  secrets: [TOKEN],
  noNulls: true,
} as const;

/** The interval is open at its start; an aligned point carries the end of its period; the newest come first. */
const timeSeries: StoreStandIn = {
  ...common,
  about: 'Google Cloud Monitoring, time series',
  query: { metricType: 'custom.googleapis.com/latency', resourceType: 'global' },
  groupedQuery: {
    metricType: 'custom.googleapis.com/latency',
    resourceType: 'global',
    groupByFields: ['metric.labels.zone'],
  },
  slotsAQuestion: PAGE_SIZE,
  answer: guarded(({ url }, series) => {
    if (url.pathname === '/v3/projects/shop/metricDescriptors') return { body: '{}' };
    if (url.pathname !== '/v3/projects/shop/timeSeries')
      return refusal(404, 'NOT_FOUND', 'Requested entity was not found.');
    const period = Number.parseInt(url.searchParams.get('aggregation.alignmentPeriod') ?? '', 10);
    if (!(period >= 60)) return refusal(400, 'INVALID_ARGUMENT', 'The alignment period must be at least 60 seconds.');
    return page(url, series, period * 1000);
  }),
};

function page({ searchParams }: URL, series: readonly StandInSeries[], periodMillis: number): StandInAnswer {
  const [start = 0, end = 0] = ['startTime', 'endTime'].map((name) =>
    Date.parse(searchParams.get(`interval.${name}`) ?? ''),
  );
  const aligned = series
    .map(({ tags, points }) => ({
      tags,
      points: points
        .filter(([millis, value]) => value !== null && millis + periodMillis > start && millis + periodMillis <= end)
        .sort(([a], [b]) => b - a),
    }))
    .filter(({ points }) => points.length > 0);
  const all = aligned.flatMap(({ tags, points }) => points.map((point) => ({ tags, point })));
  const from = Number(searchParams.get('pageToken') ?? 0);
  const asked = all.slice(from, from + PAGE_SIZE);
  const next = from + PAGE_SIZE < all.length ? { nextPageToken: String(from + PAGE_SIZE) } : {};
  const ofPage = aligned
    .map(({ tags }) => ({
      metric: { type: 'custom.googleapis.com/latency', labels: tags },
      resource: { type: 'global', labels: { project_id: 'shop' } },
      metricKind: 'GAUGE',
      valueType: 'DOUBLE',
      points: asked.filter((one) => one.tags === tags).map(({ point }) => pointOf(point[0] + periodMillis, point[1])),
    }))
    .filter(({ points }) => points.length > 0);
  return { body: JSON.stringify({ ...(ofPage.length === 0 ? {} : { timeSeries: ofPage }), ...next, unit: 's' }) };
}

function pointOf(endMillis: number, value: number | null) {
  const time = new Date(endMillis).toISOString();
  return { interval: { startTime: time, endTime: time }, value: { doubleValue: value } };
}

const [promqlAnswers] = prometheus;

const promql: StoreStandIn = {
  ...common,
  about: 'Google Cloud Monitoring, PromQL',
  query: { promql: 'avg(latency)' },
  groupedQuery: { promql: 'avg by (zone) (latency)' },
  slotsAQuestion: 10_000,
  answer: guarded((request, series) => {
    if (request.url.pathname === '/v3/projects/shop/metricDescriptors') return { body: '{}' };
    const [, path] = request.url.pathname.split('/v1/projects/shop/location/global/prometheus');
    if (path === undefined || promqlAnswers === undefined) return refusal(404, 'NOT_FOUND', 'not found');
    return promqlAnswers.answer({ ...request, url: new URL(path, request.url) }, series);
  }),
};

function guarded(answer: StoreStandIn['answer']): StoreStandIn['answer'] {
  return (request: StandInRequest, series) =>
    request.headers.authorization === `Bearer ${TOKEN}`
      ? answer(request, series)
      : refusal(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
}

function refusal(code: number, status: string, message: string): StandInAnswer {
  return { status: code, body: JSON.stringify({ error: { code, message, status } }) };
}

export const standIns = [timeSeries, promql];
