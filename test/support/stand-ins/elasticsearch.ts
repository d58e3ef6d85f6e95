import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

const API_KEY = 'VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==';
const MAX_BUCKETS = 65_536;

interface SearchBody {
  readonly query: { readonly bool?: { readonly filter: readonly [{ readonly range: Record<string, Range> }] } };
  readonly aggs?: { readonly t?: Histogram; readonly g?: { readonly aggs: { readonly t: Histogram } } };
}
type Range = { readonly gte: number; readonly lt: number };
type Histogram = { readonly date_histogram: DateHistogram };
interface DateHistogram {
  readonly fixed_interval: string;
  readonly offset: string;
  readonly extended_bounds: { readonly min: number; readonly max: number };
}

/** Documents of a range in buckets: one for each interval up to the bounds, empty or not. */
const elasticsearch: StoreStandIn = {
  about: 'Elasticsearch',
  account: () => ({ apiKey: API_KEY, index: 'logs-*' }),
  secrets: [API_KEY],
  query: { query: 'version:canary', aggregation: 'avg', field: 'latency' },
  groupedQuery: { query: 'version:canary', aggregation: 'avg', field: 'latency', groupBy: 'zone' },
  slotsAQuestion: 10_000,
  shownText: ({ url, body }) => `POST ${decodeURIComponent(url.pathname)}\n${body}`,
  answer({ headers, body }, series) {
    if (headers.authorization !== `ApiKey ${API_KEY}`)
      return refusal(401, 'security_exception', 'unable to authenticate');
    const { query, aggs } = JSON.parse(body) as SearchBody;
    if (query.bool === undefined) return success({});
    const range = query.bool.filter[0].range['@timestamp'] as Range;
    const asked = (aggs?.g?.aggs.t ?? aggs?.t) as Histogram;
    const { date_histogram: histogram } = asked;
    const found = (aggs?.g ? series : series.slice(0, 1)).map((one) => ({
      key: one.tags.zone,
      t: { buckets: bucketsOf(one.points, range, histogram) },
    }));
    const buckets = found.flatMap(({ t }) => t.buckets);
    if (buckets.length > MAX_BUCKETS)
      return refusal(400, 'too_many_buckets_exception', 'Trying to create too many buckets');
    if (aggs?.g) return success({ g: { buckets: found } });
    return success({ t: found[0]?.t ?? { buckets: bucketsOf([], range, histogram) } });
  },
};

function bucketsOf(points: StandInSeries['points'], { gte, lt }: Range, histogram: DateHistogram) {
  const { fixed_interval: interval, offset, extended_bounds: bounds } = histogram;
  const step = Number.parseInt(interval, 10) * 1000;
  const shift = Number.parseInt(offset, 10) % step;
  const keyOf = (millis: number) => Math.floor((millis - shift) / step) * step + shift;
  const found = new Map(
    points.filter(([millis]) => millis >= gte && millis < lt).map(([at, value]) => [keyOf(at), value]),
  );
  const size = (keyOf(bounds.max) - keyOf(bounds.min)) / step + 1;
  return Array.from({ length: size }, (_, index) => {
    const key = keyOf(bounds.min) + index * step;
    return {
      key_as_string: new Date(key).toISOString(),
      key,
      doc_count: found.has(key) ? 1 : 0,
      v: { value: found.get(key) ?? null },
    };
  });
}

function success(aggregations: unknown) {
  const shards = { total: 5, successful: 5, skipped: 0, failed: 0 };
  return { body: JSON.stringify({ took: 3, timed_out: false, _shards: shards, hits: { hits: [] }, aggregations }) };
}

function refusal(status: number, type: string, reason: string) {
  return { status, body: JSON.stringify({ error: { root_cause: [{ type, reason }], type, reason }, status }) };
}

export const standIns = [elasticsearch];
