import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { VerdictReport } from '../../domain/verdict-report.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { ownAddress } from '../answer/own-address.ts';
import { findRun } from '../request/find-run.ts';
import { waitMillis } from '../request/wait.ts';
import type { HttpServer, RouteContext } from '../service.ts';

const Query = z.object({
  wait: z.string().optional().describe('how long to wait for the end: 30s, 500ms, 2m. Also as `Prefer: wait=30`'),
});
const Headers = z.looseObject({ prefer: z.string().optional().describe('`wait=30` is the same as `?wait=30s`') });
const DESCRIPTION =
  'The outcome for a pipeline to act on: less than 2 KB whatever the config, every field from the first second on. ' +
  'With `wait` it is held until the end, or until the time is up. With `Accept: text/plain` it is the verdict, ' +
  'the reason and the address of the report, a line each.';

/** `…/verdict`: what a pipeline needs to know of a run or an analysis, and nothing else. */
export function verdictRoutes(http: HttpServer, context: RouteContext): void {
  const { runs, analyses, verdicts, closing } = context;
  const response = { 200: VerdictReport, 400: ErrorResponse, 404: ErrorResponse };

  http.get(
    '/canary/:id/verdict',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'getCanaryVerdict',
        summary: 'Get the verdict of a run',
        description: DESCRIPTION,
        tags: ['Canary runs'],
        params: z.object({ id: z.string().describe('id of the run') }),
        querystring: Query,
        headers: Headers,
        response,
      },
    },
    async (request, reply) => {
      const millis = waitMillis(request.query.wait, request.headers.prefer) ?? 0;
      const { id } = await findRun(context, request.params.id);
      if (millis > 0) await runs.waitFor(id, millis, closing);
      return sendVerdict(request, reply, await verdicts.ofRun(id, ownAddress(request)));
    },
  );

  http.get(
    '/standalone_canary_analysis/:id/verdict',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'getStandaloneAnalysisVerdict',
        summary: 'Get the verdict of an analysis',
        description: `${DESCRIPTION} The last judgement decides, as the score of the analysis does.`,
        tags: ['Standalone analyses'],
        params: z.object({ id: z.string().describe('id of the analysis') }),
        querystring: Query,
        headers: Headers,
        response,
      },
    },
    async (request, reply) => {
      const millis = waitMillis(request.query.wait, request.headers.prefer) ?? 0;
      const { id } = await analyses.get(request.params.id);
      if (millis > 0) await analyses.waitFor(id, millis, closing);
      return sendVerdict(request, reply, await verdicts.ofAnalysis(id, ownAddress(request)));
    },
  );
}

/** As text for who accepts nothing else. Its `null` is written: a client may rely on every field. */
function sendVerdict({ headers }: FastifyRequest, reply: FastifyReply, report: VerdictReport): FastifyReply {
  reply.headers({ 'cache-control': 'no-store', vary: 'accept' });
  if (!/^text\/plain\b/i.test(headers.accept?.trim() ?? '')) {
    reply.type('application/json; charset=utf-8');
    return reply.serializer((body: VerdictReport) => JSON.stringify(body)).send(report);
  }
  const { verdict, reason, links } = report;
  return reply.type('text/plain; charset=utf-8').send(`${verdict}\n${reason}\n${links.report}\n`);
}
