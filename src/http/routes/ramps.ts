import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { NextStep, RampStepRequest } from '../../domain/ramp.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { ownAddress } from '../answer/own-address.ts';
import { waitMillis } from '../request/wait.ts';
import type { HttpServer, RouteContext } from '../service.ts';

const tags = ['Standalone analyses'];
const params = z.object({ id: z.string().describe('id of an analysis that was started with `ramp`') });
const KEY = 'idempotency-key';
const AnnounceHeaders = z.looseObject({
  [KEY]: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'the same key announces once. Absent: the share that was announced last is no new step. With another key ' +
        'it is watched longer and judged again, together with what was seen of it before',
    ),
});
const Query = z.object({
  wait: z
    .string()
    .optional()
    .describe('how long to wait while the answer is `wait`: 30s, 2m. Also as `Prefer: wait=30`'),
});
const WaitHeaders = z.looseObject({ prefer: z.string().optional().describe('`wait=30` is the same as `?wait=30s`') });

/** `/analyses/{id}`: the steps of a ramp. */
export function rampRoutes(http: HttpServer, { ramps, closing }: RouteContext): void {
  http.post(
    '/analyses/:id/steps',
    {
      config: { permission: 'runs.start', of: 'execution' },
      schema: {
        operationId: 'announceRampStep',
        summary: 'Announce the next traffic share of a ramp',
        description:
          'From now on the canary gets this share of the traffic. It is judged after the given minutes, together with ' +
          'the evidence of all steps before. 409 when the ramp has ended, when the share falls, and when the step ' +
          'before has not passed, unless `override` is true.',
        tags,
        params,
        headers: AnnounceHeaders,
        body: RampStepRequest,
        response: {
          200: NextStep.describe('it was announced before'),
          201: NextStep.describe('it is a new step'),
          ...{ 400: ErrorResponse, 404: ErrorResponse, 409: ErrorResponse },
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const key = request.headers[KEY];
      const isNew = await ramps.announce(id, { ...request.body, ...(typeof key === 'string' ? { key } : {}) });
      return sendStep(reply.code(isNew ? 201 : 200), await ramps.nextStep(id, ownAddress(request)));
    },
  );

  http.get(
    '/analyses/:id/next-step',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'getNextRampStep',
        summary: 'May the ramp go on?',
        description:
          '200 whatever the answer; less than 2 KB, every field from the first second on. `go` is `yes` only when the ' +
          'latest step was judged, and passed. With `wait` it is held until there is more to say, or the time is up.',
        tags,
        params,
        querystring: Query,
        headers: WaitHeaders,
        response: { 200: NextStep, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const millis = waitMillis(request.query.wait, request.headers.prefer) ?? 0;
      if (millis > 0) await ramps.waitFor(id, millis, closing);
      return sendStep(reply, await ramps.nextStep(id, ownAddress(request)));
    },
  );
}

/** Its `null` is written: a client may rely on every field. */
function sendStep(reply: FastifyReply, step: NextStep): FastifyReply {
  reply.headers({ 'cache-control': 'no-store' }).type('application/json; charset=utf-8');
  return reply.serializer((body: NextStep) => JSON.stringify(body)).send(step);
}
