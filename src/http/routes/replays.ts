import { z } from 'zod';
import { JudgeDiff, JudgeDiffRequest, Replay } from '../../domain/judge-diff.ts';
import { instantMillis } from '../../domain/values/instant.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { clientSignal } from '../request/client-signal.ts';
import { readCursor, writeCursor } from '../request/cursor.ts';
import { findRun } from '../request/find-run.ts';
import { listedFor } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';

const tags = ['Judges'];

/** `/judges/diff`, `/canary/{id}/replay`: stored runs judged again, by another judge or as they were. */
export function replayRoutes(http: HttpServer, service: Service): void {
  http.post(
    '/judges/diff',
    {
      config: { permission: 'runs.read', of: 'chosen' },
      schema: {
        operationId: 'diffJudges',
        summary: 'Judge stored runs with two judges',
        description:
          'Which verdicts of stored runs would change under another judge, or under other settings, and why. Asks no ' +
          'metrics store and stores nothing. Answers after 20 seconds with what it has: `cursor` goes on from there.',
        tags,
        body: JudgeDiffRequest,
        response: { 200: JudgeDiff, 400: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { cursor, from, to, ...asked } = request.body;
      const within = listedFor(request, asked.application === undefined ? [] : [asked.application]);
      const position = cursor === undefined ? {} : { after: readCursor(cursor) };
      const times = {
        ...(from === undefined ? {} : { from: instantMillis(from) }),
        ...(to === undefined ? {} : { to: instantMillis(to) }),
      };
      const filter = { ...asked, ...times, ...position, within };
      const { next, ...diff } = await service.replays.compare(filter, clientSignal(reply));
      return { ...diff, ...(next && { cursor: writeCursor(next) }) };
    },
  );

  http.post(
    '/canary/:id/replay',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'replayCanaryExecution',
        summary: 'Judge a run again as it was',
        description:
          'Judges the stored series with the stored config and compares the result with the stored one, byte for byte. ' +
          'Stores nothing.',
        tags,
        params: z.object({ id: z.string().describe('id of the run') }),
        response: { 200: Replay, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      const { id } = await findRun(service, params.id);
      return service.replays.replay(id, clientSignal(reply));
    },
  );
}
