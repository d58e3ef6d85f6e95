import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { startLoopback } from './loopback-server.ts';

/** @returns the value at a time, in seconds since 1970; undefined: no point there; 'refused': the query is a 400 */
type ValueAt = (query: string, seconds: number) => number | undefined | 'refused';

export interface RangeStandIn {
  readonly baseUrl: string;
  valueAt: ValueAt;
  /** answers wait for it */
  holds: Promise<void> | undefined;
  /** called with each range query, before it is answered */
  onQuery: (request: IncomingMessage) => void | Promise<void>;
  stop(): Promise<void>;
}

/** Speaks as much of Prometheus as range queries need: both ends inclusive, missing points left out. */
export async function startRangeStandIn(valueAt: ValueAt): Promise<RangeStandIn> {
  const server = await startLoopback(async (request, response) => {
    const body = new URLSearchParams(await text(request));
    const url = new URL(request.url ?? '/', 'http://prometheus');
    const isRange = url.pathname.endsWith('/query_range');
    if (isRange) await standIn.onQuery(request);
    await standIn.holds;
    const form = body.size > 0 ? body : url.searchParams;
    const { status, ...answer } = isRange ? range(form, standIn.valueAt) : NOTHING;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  const standIn: RangeStandIn = {
    baseUrl: server.baseUrl,
    valueAt,
    holds: undefined,
    onQuery: () => {},
    stop: () => server.stop(),
  };
  return standIn;
}

const NOTHING = { status: 200, body: { status: 'success', data: { resultType: 'vector', result: [] } } };

function range(form: URLSearchParams, valueAt: ValueAt) {
  const [start = 0, end = 0, step = 60] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
  const found = times.map((time) => [time, valueAt(form.get('query') ?? '', time)] as const);
  if (found.some(([, value]) => value === 'refused')) {
    return { status: 400, body: { status: 'error', errorType: 'bad_data', error: 'unknown function' } };
  }
  const values = found.flatMap(([time, value]) => (value === undefined ? [] : [[time, String(value)]]));
  const result = values.length === 0 ? [] : [{ metric: {}, values }];
  return { status: 200, body: { status: 'success', data: { resultType: 'matrix', result } } };
}
