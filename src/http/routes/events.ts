import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { answerAnalysis } from '../../engine/analyses/answer.ts';
import { toRunAnswer } from '../../engine/answers/run.ts';
import { CanaryError } from '../../errors.ts';
import { monotonicClock } from '../../waiting/clocks.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { principalOf, stillMay } from '../request/principal.ts';
import type { HttpServer, RouteContext } from '../service.ts';
import { EventFeed, type FeedEvent } from './event-feed.ts';

/** Proxies close idle connections. */
const COMMENT_MILLIS = 15_000;
const EventStream = {
  description: 'Server-Sent Events: `status` for every change, `end` for the last',
  content: { 'text/event-stream': { schema: { type: 'string' } } },
};

type Follow = (onEvent: (event: FeedEvent | undefined) => void) => Promise<() => void>;

/** `…/events`: the progress of a run or analysis, as Server-Sent Events. */
export function eventRoutes(http: HttpServer, context: RouteContext): void {
  const { runs, analyses, closing, maxEventStreams, maxEventStreamsPerCaller } = context;
  const limits = { max: maxEventStreams, maxOfCaller: maxEventStreamsPerCaller };
  const streams: Streams = { ...limits, open: new Map(), closing };
  context.metrics.watch(() => ({ haldane_event_streams: [[{}, streams.open.size]] }));
  const endAll = () => {
    for (const latest of streams.open.keys()) latest.end();
  };
  closing.addEventListener('abort', endAll, { once: true });
  const ofRuns = new EventFeed({ watch: runs.watch, read: async (id) => toRunAnswer(await runs.get(id)) });
  const ofAnalyses = new EventFeed({
    watch: analyses.watch,
    read: async (id) => answerAnalysis(context, await analyses.get(id)),
  });
  const description =
    'Each event contains what GET on the resource returns. The stream ends with the run or analysis. ' +
    'With `server.maxEventStreams` streams open, a further one is a 503; with `limits.eventStreamsPerCaller` of one ' +
    'caller, a 429.';

  http.get(
    '/canary/:id/events',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'followCanaryExecution',
        summary: 'Follow a run',
        description,
        tags: ['Canary runs'],
        params: z.object({ id: z.string().describe('id of the run') }),
        response: { 200: EventStream, 404: ErrorResponse, 503: ErrorResponse },
      },
    },
    async (request, reply) => stream(streams, request, reply, (onEvent) => ofRuns.follow(request.params.id, onEvent)),
  );

  http.get(
    '/standalone_canary_analysis/:id/events',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'followStandaloneAnalysis',
        summary: 'Follow an analysis',
        description,
        tags: ['Standalone analyses'],
        params: z.object({ id: z.string().describe('id of the analysis') }),
        response: { 200: EventStream, 404: ErrorResponse, 503: ErrorResponse },
      },
    },
    async (request, reply) =>
      stream(streams, request, reply, (onEvent) => ofAnalyses.follow(request.params.id, onEvent)),
  );
}

/** The open streams, of runs and analyses. */
interface Streams {
  readonly max: number;
  /** of one who is known */
  readonly maxOfCaller: number;
  /** and whose each is */
  readonly open: Map<LatestEvent, string>;
  readonly closing: AbortSignal;
}

async function stream(streams: Streams, request: FastifyRequest, reply: FastifyReply, follow: Follow) {
  const { open, closing } = streams;
  const caller = callerOf(request);
  refuseMore(streams, caller);
  const latest = new LatestEvent();
  open.set(latest, caller);
  try {
    // An unknown id is a 404, not an empty stream.
    const leave = await follow((event) => latest.put(event));
    const end = () => {
      open.delete(latest);
      leave();
      latest.end();
    };
    if (reply.raw.destroyed || closing.aborted) end();
    else reply.raw.once('close', end);
  } catch (error) {
    open.delete(latest);
    throw error;
  }
  // Close the connection, so that it does not delay a shutdown.
  reply.headers({
    connection: 'close',
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  return reply.send(
    Readable.from(
      events(latest, () => stillMay(request)),
      { objectMode: false },
    ),
  );
}

/** Empty where nobody is known. */
function callerOf(request: FastifyRequest): string {
  const { kind, name } = principalOf(request);
  return kind === 'anyone' ? '' : `${kind} ${name}`;
}

/** @throws CanaryError LIMIT_REACHED, RATE_LIMITED with the name of the limit */
function refuseMore({ max, maxOfCaller, open }: Streams, caller: string): void {
  const later = { retryAfterMillis: 5000 };
  if (open.size >= max) {
    const message = `There are ${max} streams of events, as many as server.maxEventStreams allows; poll, or try again later.`;
    throw new CanaryError('LIMIT_REACHED', message, later);
  }
  if (caller === '') return;
  const own = [...open.values()].filter((one) => one === caller).length;
  if (own < maxOfCaller) return;
  const message = `${caller} has ${own} streams of events, as many as limits.eventStreamsPerCaller allows; close one, or poll.`;
  throw new CanaryError('RATE_LIMITED', message, later);
}

/** A client that reads slowly gets the latest state, not every one; one that may no longer read gets no more. */
async function* events(latest: LatestEvent, mayRead: () => Promise<boolean>): AsyncGenerator<Buffer | string> {
  let told: FeedEvent | undefined;
  let askAgainAt = monotonicClock() + COMMENT_MILLIS;
  while (!latest.ended) {
    if (monotonicClock() >= askAgainAt) {
      if (!(await mayRead())) return;
      askAgainAt = monotonicClock() + COMMENT_MILLIS;
    }
    const { event } = latest;
    if (event === undefined) return;
    if (event !== told) {
      told = event;
      yield event.chunk;
      if (event.complete) return;
    } else if (!(await latest.changed(COMMENT_MILLIS))) {
      yield ': still there\n\n';
    }
  }
}

class LatestEvent {
  event: FeedEvent | undefined;
  ended = false;
  #wake = () => {};

  put(event: FeedEvent | undefined): void {
    this.event = event;
    this.#wake();
  }

  /** The client has gone, or the service closes. */
  end(): void {
    this.ended = true;
    this.#wake();
  }

  /** @returns whether there was a change before the time was up */
  changed(millis: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), millis);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
