import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { answerAnalysis } from '../../engine/analyses/answer.ts';
import { toRunAnswer } from '../../engine/answers/run.ts';
import { sleep } from '../../waiting/sleep.ts';
import { ErrorResponse } from '../answer/errors.ts';
import type { HttpServer, RouteContext } from '../service.ts';

const LOOK_MILLIS = 300;
/** Proxies close idle connections. */
const COMMENT_MILLIS = 15_000;
const EventStream = {
  description: 'Server-Sent Events: `status` for every change, `end` for the last',
  content: { 'text/event-stream': { schema: { type: 'string' } } },
};

/** What a client follows: the current state, and whether it is the last. */
type Look = () => Promise<{ readonly complete: boolean }>;

/** `…/events`: the progress of a run or analysis, as Server-Sent Events. */
export function eventRoutes(http: HttpServer, context: RouteContext): void {
  const { runs, analyses } = context;
  const description = 'Each event contains what GET on the resource returns. The stream ends with the run or analysis.';

  http.get(
    '/canary/:id/events',
    {
      schema: {
        operationId: 'followCanaryExecution',
        summary: 'Follow a run',
        description,
        tags: ['Canary runs'],
        params: z.object({ id: z.string().describe('id of the run') }),
        response: { 200: EventStream, 404: ErrorResponse },
      },
    },
    async (request, reply) =>
      stream(context, request, reply, async () => toRunAnswer(await runs.get(request.params.id))),
  );

  http.get(
    '/standalone_canary_analysis/:id/events',
    {
      schema: {
        operationId: 'followStandaloneAnalysis',
        summary: 'Follow an analysis',
        description,
        tags: ['Standalone analyses'],
        params: z.object({ id: z.string().describe('id of the analysis') }),
        response: { 200: EventStream, 404: ErrorResponse },
      },
    },
    async (request, reply) =>
      stream(context, request, reply, async () => answerAnalysis(context, await analyses.get(request.params.id))),
  );
}

async function stream({ closing }: RouteContext, request: FastifyRequest, reply: FastifyReply, look: Look) {
  await look(); // an unknown id is a 404, not an empty stream
  const signal = AbortSignal.any([closing, request.signal]);
  // Close the connection, so that it does not delay a shutdown.
  reply.headers({
    connection: 'close',
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  return reply.send(Readable.from(events(look, signal)));
}

async function* events(look: Look, signal: AbortSignal): AsyncGenerator<string> {
  let told = '';
  let lastTold = 0;
  while (!signal.aborted) {
    const state = await look();
    const data = toWireJson(state);
    if (state.complete) return yield `event: end\ndata: ${data}\n\n`;
    if (data !== told) yield `event: status\ndata: ${data}\n\n`;
    else if (Date.now() - lastTold > COMMENT_MILLIS) yield ': still there\n\n';
    else {
      await sleep(LOOK_MILLIS, signal).catch(() => {});
      continue;
    }
    told = data;
    lastTold = Date.now();
  }
}
