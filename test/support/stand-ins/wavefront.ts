import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** Cuts time at multiples of its unit; a unit without points is left out. */
const wavefront: StoreStandIn = {
  about: 'Wavefront',
  account: () => ({ apiToken: 'wf-t0ken' }),
  secrets: ['wf-t0ken'],
  query: { metricName: 'latency', aggregate: 'avg' },
  groupedQuery: { customInlineTemplate: 'avg(ts(latency, ${scope}), zone)' },
  scope: { scope: 'version=canary' },
  epochAligned: true,
  noNulls: true,
  answer({ url }, series) {
    const parameter = (name: string) => url.searchParams.get(name) ?? '';
    const granularity = UNIT_SECONDS[parameter('g')] ?? 0;
    const window = { start: Number(parameter('s')), end: Number(parameter('e') || Date.now()), granularity };
    const timeseries = series
      .map(({ tags, points }) => ({ label: 'latency', tags, data: dataOf(points, window) }))
      .filter(({ data }) => data.length > 0);
    const found = timeseries.length === 0 ? {} : { timeseries };
    return { body: JSON.stringify({ name: parameter('n'), query: parameter('q'), granularity, ...found }) };
  },
};

interface Window {
  readonly start: number;
  readonly end: number;
  readonly granularity: number;
}

function dataOf(points: StandInSeries['points'], { start, end, granularity }: Window): [number, number][] {
  const inside = points.filter(([millis, value]) => value !== null && millis >= start && millis < end);
  const units = Map.groupBy(inside, ([millis]) => Math.floor(millis / 1000 / granularity) * granularity);
  return [...units].map(([seconds, unit]) => [
    seconds,
    unit.reduce((sum, [, value]) => sum + (value ?? 0), 0) / unit.length,
  ]);
}

export const standIns = [wavefront];
