import type { RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startLoopback } from './loopback-server.ts';

/** How a metrics store can respond to one request. */
export const BEHAVIOURS = {
  /** 0, 1, 2, …: one series with a point for every step that was asked for */
  well: (response, form) => {
    response.setHeader('content-type', 'application/json').end(rangeAnswer(form));
  },
  /** never answers */
  hang: () => undefined,
  /** closes the connection without a response */
  reset: (response) => {
    response.destroy();
  },
  /** answers something that is not JSON */
  garbage: (response) => {
    response.end('<html>not what you asked for</html>');
  },
  /** sends `Retry-After` */
  busy: (response) => {
    response.writeHead(503, { 'retry-after': '0' }).end('{"status":"error","error":"overloaded"}');
  },
  /** sends a byte now and then, and never ends */
  drip: (response) => {
    const timer = setInterval(() => response.write(' '), 10);
    response.once('close', () => clearInterval(timer));
  },
} as const satisfies Record<string, (response: ServerResponse, form: URLSearchParams) => void>;
export type Behaviour = keyof typeof BEHAVIOURS;

export interface MisbehavingServer {
  readonly baseUrl: string;
  /** for the n-th request, counted from 0 */
  behave: (index: number) => Behaviour;
  /** the queries in order of arrival */
  readonly asked: string[];
  /** Resolves when this many requests have arrived. */
  untilAsked(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Implements Prometheus' range queries, and misbehaves as the test says. */
export async function startMisbehaving(first: Behaviour = 'well'): Promise<MisbehavingServer> {
  const waiting: { count: number; resolve: () => void }[] = [];
  const answer: RequestListener = async (request, response) => {
    // A client that disconnects gets no answer.
    const sent = await text(request).catch(() => undefined);
    if (sent === undefined) return;
    const form = new URLSearchParams(sent);
    const index = server.asked.push(form.get('query') ?? '') - 1;
    for (const { count, resolve } of waiting) if (server.asked.length >= count) resolve();
    BEHAVIOURS[server.behave(index)](response, form);
  };
  const { baseUrl, stop } = await startLoopback(answer);
  const server: MisbehavingServer = {
    baseUrl,
    stop,
    behave: () => first,
    asked: [],
    untilAsked: (count) =>
      server.asked.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  };
  return server;
}

/** The answer of a Prometheus that has one series, with a point for every step from `start` to `end`. */
export function rangeAnswer(form: URLSearchParams): string {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name))) as [number, number, number];
  const count = Math.floor((end - start) / step) + 1;
  const values = Array.from({ length: count }, (_, index) => [start + index * step, String(index % 7)]);
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } });
}
