import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { answerAnalysis } from '../../engine/analyses/answer.ts';
import { toRunAnswer } from '../../engine/answers/run.ts';
import { CanaryError } from '../../errors.ts';
import { ErrorResponse } from '../answer/errors.ts';
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
  const { runs, analyses, closing, maxEventStreams } = context;
  const streams: Streams = { max: maxEventStreams, open: new Set(), closing };
  const endAll = () => {
    for (const latest of streams.open) latest.end();
  };
  closing.addEventListener('abort', endAll, { once: true });
  const ofRuns = new EventFeed({ watch: runs.watch, read: async (id) => toRunAnswer(await runs.get(id)) });
  const ofAnalyses = new EventFeed({
    watch: analyses.watch,
    read: async (id) => answerAnalysis(context, await analyses.get(id)),
  });
  const description =
    'Each event contains what GET on the resource returns. The stream ends with the run or analysis. ' +
    'With `server.maxEventStreams` streams open, a further one is a 503.';

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
    async ({ params }, reply) => stream(streams, reply, (onEvent) => ofRuns.follow(params.id, onEvent)),
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
    async ({ params }, reply) => stream(streams, reply, (onEvent) => ofAnalyses.follow(params.id, onEvent)),
  );
}

/** The open streams, of runs and analyses. */
interface Streams {
  readonly max: number;
  readonly open: Set<LatestEvent>;
  readonly closing: AbortSignal;
}

async function stream(streams: Streams, reply: FastifyReply, follow: Follow) {
  const { max, open, closing } = streams;
  if (open.size >= max) throw tooManyStreams(max);
  const latest = new LatestEvent();
  open.add(latest);
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
  return reply.send(Readable.from(events(latest), { objectMode: false }));
}

function tooManyStreams(max: number): CanaryError {
  const message = `There are ${max} streams of events, as many as server.maxEventStreams allows; poll, or try again later.`;
  return new CanaryError('LIMIT_REACHED', message, { retryAfterMillis: 5000 });
}

/** A client that reads slowly gets the latest state, not every one. */
async function* events(latest: LatestEvent): AsyncGenerator<Buffer | string> {
  let told: FeedEvent | undefined;
  while (!latest.ended) {
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
