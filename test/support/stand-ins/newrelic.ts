import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

/** Cuts time from SINCE on, and answers every bucket; at most 366 of them. */
const nerdgraph: StoreStandIn = {
  about: 'NerdGraph',
  account: () => ({ accountId: 1, userKey: 'NRAK-s3cret', defaultScopeKey: 'version' }),
  secrets: ['NRAK-s3cret'],
  query: { select: 'average(latency) FROM Sample' },
  groupedQuery: { select: 'average(latency) FROM Sample', facets: ['zone'] },
  scope: { scope: 'canary' },
  slotsAQuestion: 366,
  answer({ body }, series) {
    const { q } = JSON.parse(body).variables;
    if (q.startsWith('SHOW EVENT TYPES')) return nerdGraphAnswer([{ eventType: 'Sample' }]);
    const window = windowOf(q);
    if (typeof window === 'string') return { body: JSON.stringify({ data: null, errors: [{ message: window }] }) };
    const facets = /FACET (\w+)/.exec(q)?.slice(1);
    const results = series.flatMap(({ tags, points }) =>
      bucketsOf(points, window).map(({ value, ...bucket }) => ({
        ...bucket,
        ...(facets === undefined ? {} : { facet: tags[facets[0] ?? ''], ...tags }),
        'average.latency': value,
      })),
    );
    return nerdGraphAnswer(results, facets);
  },
};

const insights: StoreStandIn = {
  about: 'Insights',
  account: () => ({ applicationKey: 1, apiKey: 'NRIQ-s3cret', defaultScopeKey: 'version' }),
  secrets: ['NRIQ-s3cret'],
  query: { select: 'average(latency) FROM Sample' },
  scope: { scope: 'canary' },
  slotsAQuestion: 366,
  answer({ url }, series) {
    const nrql = url.searchParams.get('nrql') ?? '';
    if (nrql.startsWith('SHOW EVENT TYPES')) return { body: '{"results":[{"eventTypes":["Sample"]}]}' };
    const window = windowOf(nrql);
    if (typeof window === 'string') return { status: 400, body: JSON.stringify({ error: window }) };
    const timeSeries = bucketsOf(series[0]?.points ?? [], window).map(({ value, ...bucket }) => ({
      ...bucket,
      inspectedCount: value === null ? 0 : 1,
      results: [{ average: value ?? 0 }],
    }));
    return { body: JSON.stringify({ timeSeries, metadata: {} }) };
  },
};

function nerdGraphAnswer(results: readonly object[], facets: readonly string[] | null = null) {
  const nrql = { results, metadata: { facets, messages: [] } };
  return { body: JSON.stringify({ data: { actor: { account: { nrql } } } }) };
}

interface Buckets {
  readonly since: number;
  readonly until: number;
  readonly step: number;
}

/** The window, or what is wrong with it. */
function windowOf(nrql: string): Buckets | string {
  const [step = 0, since = 0, until = 0] = (/TIMESERIES (\d+) seconds SINCE (\d+) UNTIL (\d+)/.exec(nrql) ?? [])
    .slice(1)
    .map(Number);
  if (step > until - since) return 'TIMESERIES step size is larger than the current time window.';
  if ((until - since) / step > 366) return 'TIMESERIES supports a maximum of 366 buckets';
  return { step, since, until };
}

function bucketsOf(points: StandInSeries['points'], { since, until, step }: Buckets) {
  const inside = points.filter(([millis]) => millis >= since * 1000 && millis < until * 1000);
  const byBucket = Map.groupBy(inside, ([millis]) => Math.floor((millis / 1000 - since) / step));
  return Array.from({ length: Math.ceil((until - since) / step) }, (_, index) => {
    const values = (byBucket.get(index) ?? []).flatMap(([, value]) => value ?? []);
    const value = values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
    const begin = since + index * step;
    return { beginTimeSeconds: begin, endTimeSeconds: Math.min(begin + step, until), value };
  });
}

export const standIns = [nerdgraph, insights];
