import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

/** Points of one message. */
const CHUNK = 60;

interface Window {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** A stream of events: series in chunks, without those that hold nothing. */
const atlas: StoreStandIn = {
  about: 'Atlas',
  account: () => ({ username: 'reader', password: 'pa55-w0rd' }),
  secrets: ['pa55-w0rd', Buffer.from('reader:pa55-w0rd').toString('base64')],
  query: { q: 'name,latency,:eq,:avg' },
  groupedQuery: { q: 'name,latency,:eq,:avg,(,zone,),:by' },
  scope: { scope: 'shop' },
  epochAligned: true,
  answer({ url }, series) {
    if (url.pathname === '/api/v1/tags/name') return { body: '["latency"]' };
    const [start, end] = ['s', 'e'].map((name) => Number(url.searchParams.get(name))) as [number, number];
    const window = { start, end, step: millisOf(url.searchParams.get('step') ?? '') };
    const messages = [
      { type: 'info', message: 'heartbeat' },
      ...series.flatMap((one) => chunksOf(one, window)),
      { type: 'close', message: 'operation complete' },
    ];
    const body = messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join('');
    return { headers: { 'content-type': 'text/event-stream' }, body };
  },
};

function chunksOf({ tags, points }: StandInSeries, { start, end, step }: Window) {
  const values = new Map(points);
  const size = Math.floor((end - start) / step);
  const all = Array.from({ length: size }, (_, index) => values.get(start + index * step) ?? 'NaN');
  return Array.from({ length: Math.ceil(size / CHUNK) }, (_, index) => ({
    type: 'timeseries',
    id: JSON.stringify(tags),
    query: 'name,latency,:eq,:avg',
    groupByKeys: Object.keys(tags),
    label: 'latency',
    tags: { ...tags, name: 'latency', 'nf.cluster': 'shop', 'atlas.offset': '0w' },
    start: start + index * CHUNK * step,
    end: start + Math.min((index + 1) * CHUNK, size) * step,
    step,
    data: { type: 'array', values: all.slice(index * CHUNK, (index + 1) * CHUNK) },
  })).filter(({ data }) => data.values.some((value) => value !== 'NaN'));
}

function millisOf(duration: string): number {
  const [, hours, minutes, seconds] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration) ?? [];
  return (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
}

export const standIns = [atlas];
