import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

/** Cuts time at multiples of the resolution, and names each step by its end. */
const signalfx: StoreStandIn = {
  about: 'SignalFlow',
  account: (baseUrl) => ({ accessToken: 'sfx-t0ken', apiUrl: baseUrl, defaultScopeKey: 'version' }),
  secrets: ['sfx-t0ken'],
  query: { metricName: 'latency' },
  groupedQuery: { customInlineTemplate: "data('latency').mean(by=['zone', 'version']).publish()" },
  scope: { scope: 'canary' },
  epochAligned: true,
  noNulls: true,
  answer({ url }, series) {
    if (url.pathname === '/v2/metric') return { body: '{"count":1,"results":[{"name":"latency"}]}' };
    const [start, stop, resolution] = ['start', 'stop', 'resolution'].map((name) => Number(url.searchParams.get(name)));
    const events = eventsOf(series, { start: start ?? 0, stop: stop ?? 0, resolutionMs: resolution ?? 0 });
    return { body: events.map(written).join(''), headers: { 'content-type': 'text/event-stream' } };
  },
};

type Event = readonly [name: string, payload: object];

interface Job {
  readonly start: number;
  readonly stop: number;
  readonly resolutionMs: number;
}

function eventsOf(series: readonly StandInSeries[], { start, stop, resolutionMs }: Job): Event[] {
  const first = Math.floor(start / resolutionMs) * resolutionMs;
  const message = { messageCode: 'JOB_RUNNING_RESOLUTION', contents: { resolutionMs }, timestampMs: first };
  return [
    ['control-message', { event: 'STREAM_START', timestampMs: 1 }],
    ['control-message', { event: 'JOB_START', handle: 'A', timestampMs: 1 }],
    ...series.map(({ tags }, index): Event => ['metadata', { tsId: `ts${index}`, properties: propertiesOf(tags) }]),
    ['message', { logicalTimestampMs: first + resolutionMs, message }],
    ...Array.from({ length: Math.ceil((stop - first) / resolutionMs) }, (_, slot): Event => {
      const from = first + slot * resolutionMs;
      return ['data', { data: dataOf(series, from, resolutionMs), logicalTimestampMs: from + resolutionMs }];
    }),
    ['control-message', { event: 'END_OF_CHANNEL', timestampMs: 2 }],
  ];
}

function propertiesOf(tags: StandInSeries['tags']) {
  const keys = [...Object.keys(tags), 'version', 'sf_metric', 'computationId'];
  return { ...tags, version: 'canary', sf_metric: 'm', computationId: 'A', sf_key: keys, sf_resolutionMs: 1000 };
}

function dataOf(series: readonly StandInSeries[], from: number, resolutionMs: number) {
  return series.flatMap(({ points }, index) => {
    const values = points.flatMap(([millis, value]) =>
      value !== null && millis >= from && millis < from + resolutionMs ? [value] : [],
    );
    const sum = values.reduce((total, value) => total + value, 0);
    return values.length === 0 ? [] : [{ tsId: `ts${index}`, value: sum / values.length }];
  });
}

/** As the store writes them: JSON over many lines. */
function written([name, payload]: Event): string {
  const lines = JSON.stringify(payload, null, 2).split('\n');
  return [`event: ${name}`, ...lines.map((line) => `data: ${line}`), '', ''].join('\n');
}

export const standIns = [signalfx];
