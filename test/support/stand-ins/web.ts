import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

/** A service of one's own, that answers what it has from `from` on, before `to`. */
const service: StoreStandIn = {
  about: 'points in pages of 500',
  account: () => ({ bearerToken: 't0ken-0f-ours', headers: { 'X-Api-Key': 'k3y-0f-ours' } }),
  secrets: ['t0ken-0f-ours', 'k3y-0f-ours'],
  query: {
    url: 'points?from=${startEpochMillis}&to=${endEpochMillis}',
    jsonPath: '$.series[*].points[*]',
    timePath: '$.at',
    valuePath: '$.avg',
    timeUnit: 'iso',
    nextUrlPath: '$.next',
  },
  groupedQuery: {
    url: 'points?from=${startEpochMillis}&to=${endEpochMillis}',
    seriesPath: '$.series',
    tagsPath: '$.labels',
    jsonPath: '$.points',
    timePath: '$.at',
    valuePath: '$.avg',
    timeUnit: 'iso',
  },
  slotsAQuestion: 500,
  shownText: ({ method, url }) => `${method} ${url.href}`,
  sendsParts: 'it shows address, headers and body',
  answer({ url }, series) {
    if (url.pathname !== '/points') return { status: 404, body: 'only /points' };
    const [from, to, offset] = ['from', 'to', 'offset'].map((name) => Number(url.searchParams.get(name))) as [
      number,
      number,
      number,
    ];
    const held = series.map(({ tags, points }) => ({ labels: tags, points: pointsOf(points, from, to) }));
    const page = held.map(({ labels, points }) => ({ labels, points: points.slice(offset, offset + PAGE) }));
    const more = held.some(({ points }) => points.length > offset + PAGE);
    url.searchParams.set('offset', String(offset + PAGE));
    return { body: JSON.stringify({ series: page, next: more ? `/points${url.search}` : null }) };
  },
};

const PAGE = 500;

function pointsOf(points: StandInSeries['points'], from: number, to: number) {
  return points
    .filter(([millis]) => millis >= from && millis < to)
    .map(([millis, avg]) => ({ at: new Date(millis).toISOString(), avg }));
}

/** Times and values apart, in milliseconds and as text. */
const columns: StoreStandIn = {
  about: 'columns',
  account: () => ({ username: 'reader', password: 'pa55-w0rd' }),
  secrets: ['pa55-w0rd'],
  query: {
    method: 'POST',
    url: 'columns',
    jsonBody: '{"from": ${startEpochMillis}, "to": ${endEpochMillis}}',
    mode: 'columns',
    jsonPath: '$[*]',
    timesPath: '$.times',
    valuesPath: '$.values',
    timeUnit: 'ms',
  },
  shownText: ({ method, url, headers, body }) =>
    `${method} ${url.href}\nContent-Type: ${headers['content-type']}\n\n${body}`,
  sendsParts: 'it shows address, headers and body',
  answer({ body }, series) {
    if (body === '') return { status: 405, body: 'POST something' };
    const { from, to } = JSON.parse(body) as { from: number; to: number };
    const held = series.map(({ points }) => points.filter(([millis]) => millis >= from && millis < to));
    return {
      body: JSON.stringify(
        held.map((points) => ({
          times: points.map(([millis]) => millis),
          values: points.map(([, value]) => (value === null ? null : String(value))),
        })),
      ),
    };
  },
};

export const standIns = [service, columns];
