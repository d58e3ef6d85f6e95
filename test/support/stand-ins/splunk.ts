import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

const TOKEN = 'eyJraWQiOiJzcGx1bmsuc2VjcmV0In0.eyJpc3MiOiJhZG1pbiJ9.c2lnbmF0dXJl';
const MAX_BUCKETS = 50_000;

/** A search that ends with `timechart`: a row for every bucket, columns only where there are values. */
const splunk: StoreStandIn = {
  about: 'Splunk',
  account: () => ({ bearerToken: TOKEN }),
  secrets: [TOKEN],
  query: { search: 'index=web', aggregation: 'avg', field: 'latency' },
  groupedQuery: { search: 'index=web', aggregation: 'avg', field: 'latency', groupBy: 'zone' },
  slotsAQuestion: 10_000,
  answer({ url, headers, body }, series) {
    if (headers.authorization !== `Bearer ${TOKEN}`) return refusal(401, 'call not properly authenticated');
    if (url.pathname === '/services/authentication/current-context') return { body: '{"entry":[{"content":{}}]}' };
    const form = new URLSearchParams(body);
    const [earliest, latest] = ['earliest_time', 'latest_time'].map((name) => Number(form.get(name)) * 1000) as [
      number,
      number,
    ];
    const [, span, groups] =
      /timechart span=(\d+)s aligntime=earliest .*AS value( BY zone)? \| eval/.exec(form.get('search') ?? '') ?? [];
    const step = Number(span) * 1000;
    const size = Math.ceil((latest - earliest) / step);
    if (size > MAX_BUCKETS) return refusal(400, 'The specified span would result in too many (>50000) rows.');
    const columns = series.map((one) => columnOf(one, groups === undefined ? 'value' : one.tags.zone));
    const lines = Array.from({ length: size }, (_, index) => {
      const millis = earliest + index * step;
      const values = columns.map(({ name, values }) => [name, values.get(millis)?.toString()] as const);
      return {
        preview: false,
        offset: index,
        ...(index === size - 1 ? { lastrow: true } : {}),
        result: {
          _time: `${new Date(millis).toISOString().replace('T', ' ').replace('Z', '')} CET`,
          ...Object.fromEntries(values.filter(([, value]) => value !== undefined)),
          _span: span,
          haldane_time: String(millis / 1000),
        },
      };
    });
    return { body: lines.map((line) => `${JSON.stringify(line)}\n`).join('') };
  },
};

function columnOf({ points }: StandInSeries, name: string | undefined) {
  return { name: name ?? 'value', values: new Map(points) };
}

function refusal(status: number, text: string) {
  return { status, body: JSON.stringify({ messages: [{ type: status === 401 ? 'WARN' : 'FATAL', text }] }) };
}

export const standIns = [splunk];
