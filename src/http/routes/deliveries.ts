import { z } from 'zod';
import { DeliveryReport } from '../../domain/verdict-delivery.ts';
import { CanaryError } from '../../errors.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { findRun } from '../request/find-run.ts';
import type { HttpServer, RouteContext } from '../service.ts';

/** Its value is not repeated: a path or a user may be secret. */
const NOT_A_HOST =
  'receiver: must be a host or the name of a tool, without path, user and spaces, such as api.github.com.';

/** `/canary/{id}/deliveries`: what became of a verdict that somebody else hands on. */
export function deliveryRoutes(http: HttpServer, context: RouteContext): void {
  http.post(
    '/canary/:id/deliveries',
    {
      config: { permission: 'runs.start', of: 'execution' },
      schema: {
        operationId: 'reportDelivery',
        summary: 'Report that a verdict was handed on',
        description:
          'For the small processes between Haldane and another tool, so that the run shows whom they told, and whether ' +
          'it was taken. The last 50 are kept.',
        tags: ['Canary runs'],
        params: z.object({ id: z.string().describe('id of the run') }),
        body: DeliveryReport,
        response: { 204: z.undefined().describe('noted'), 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params, body }, reply) => {
      if (/[\s/?#@\\]/.test(body.receiver)) throw new CanaryError('REQUEST_INVALID', NOT_A_HOST);
      const { id } = await findRun(context, params.id);
      await context.runs.noteDelivery(id, body);
      return reply.code(204).send();
    },
  );
}
