import { z } from 'zod';
import { BacktestAnswer, BacktestLine, BacktestRequest } from '../../domain/backtest.ts';
import { problemText } from '../../domain/config-problem.ts';
import { answerBacktest, toBacktestLine } from '../../engine/backtest/answer.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { withUnreadTold } from '../answer/with-unread-told.ts';
import { MetricsAccount } from '../request/account-parameters.ts';
import { bothParts } from '../request/adhoc-body.ts';
import { noteObject } from '../request/audit-trail.ts';
import { integerParameter } from '../request/query-string.ts';
import { applicationFor, configFor, listedFor, requireAccounts } from '../request/scope.ts';
import { asSent, sentParameters } from '../request/sent-parts.ts';
import type { HttpServer, RouteContext, Service } from '../service.ts';

const tags = ['Backtests'];
const Id = z.object({ id: z.string().describe('id of the backtest') });
const StartQuery = MetricsAccount.extend({
  application: z
    .string()
    .optional()
    .describe("the application that lists the backtest; default: the config's first, or `ad-hoc`"),
});

const Started = z
  .object({
    backtestId: z.string(),
    warnings: z.array(z.string()).optional().describe('what nobody reads in the request; absent: nothing'),
  })
  .meta({ id: 'BacktestId' });

/** Its config is looked into by itself. */
const Parts = BacktestRequest.extend({ canaryConfig: z.unknown() });

/** `/canaryConfig/backtest`, `/backtests`: how often a config alarms without a reason, and what it finds. */
export function backtestRoutes(http: HttpServer, context: RouteContext): void {
  startRoute(http, context);
  readRoutes(http, context);
  endRoutes(http, context);
}

function startRoute(http: HttpServer, context: RouteContext): void {
  const { backtests, runs, templatePacks } = context;
  http.post(
    '/canaryConfig/backtest',
    {
      config: { permission: 'runs.start-own-config', of: 'chosen' },
      schema: {
        operationId: 'startBacktest',
        summary: 'Try a config on the past',
        description:
          'Judges many past windows in which nothing changed, and the same with known changes: how often the config ' +
          'alarms without a reason, what it finds, how long it needs. Returns the id at once; survives restarts.',
        tags,
        querystring: StartQuery,
        body: BacktestRequest,
        response: { 200: Started, 400: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { metricsAccountName } = request.query;
      const { canaryConfigId } = request.body;
      const stored = canaryConfigId === undefined ? undefined : await configFor(context, request, canaryConfigId);
      const { canaryConfig, executionRequest } = bothParts({ canaryConfig: stored, ...request.body });
      const config = templatePacks.expand(canaryConfig);
      const application = applicationFor(request, request.query.application, config);
      requireAccounts(request, context, { config, metricsAccountName });
      const sent = asSent(request.body) as Partial<typeof request.body>;
      const parameters = sentParameters(request);
      const asked = { Schema: Parts, value: sent };
      const unread = runs.unread({ config, sentConfig: sent.canaryConfig, request: asked, parameters });
      const options = request.body.backtest;
      const within = listedFor(request, []);
      const of = { application, canaryConfigId, within, config };
      const start = { ...of, request: executionRequest, options, metricsAccountName };
      const warnings = unread.map(problemText);
      const backtestId = await withUnreadTold(warnings, () => backtests.start(start));
      reply.header('location', `/backtests/${backtestId}`);
      noteObject(request, backtestId);
      return { backtestId, ...(warnings.length === 0 ? {} : { warnings }) };
    },
  );
}

function readRoutes(http: HttpServer, { backtests }: Service): void {
  http.get(
    '/backtests',
    {
      config: { permission: 'runs.read', of: 'chosen' },
      schema: {
        operationId: 'listBacktests',
        summary: 'List backtests',
        description: 'Newest first, a line each.',
        tags,
        querystring: z.object({
          application: z.string().optional().describe('absent: all applications'),
          canaryConfigId: z.string().optional().describe('only those of this stored config'),
          limit: integerParameter({ default: 20, min: 1, max: 1000 }),
        }),
        response: { 200: z.array(BacktestLine), 400: ErrorResponse },
      },
    },
    async (request) => {
      const { application, canaryConfigId, limit } = request.query;
      const within = listedFor(request, application === undefined ? [] : [application]);
      return (await backtests.list({ within, canaryConfigId, limit })).map(toBacktestLine);
    },
  );

  http.get(
    '/backtests/:id',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'getBacktest',
        summary: 'Get a backtest',
        description: 'How far it is, and its report of the windows so far.',
        tags,
        params: Id,
        response: { 200: BacktestAnswer, 404: ErrorResponse },
      },
    },
    async ({ params }) => answerBacktest(await backtests.get(params.id)),
  );
}

function endRoutes(http: HttpServer, { backtests }: Service): void {
  http.put(
    '/backtests/:id/cancel',
    {
      config: { permission: 'runs.start', of: 'execution' },
      schema: {
        operationId: 'cancelBacktest',
        summary: 'Cancel a backtest',
        description: 'At once; its report is of the windows so far. One that has ended does not change.',
        tags,
        params: Id,
        response: { 202: z.undefined().describe('accepted'), 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await backtests.cancel(params.id);
      return reply.code(202).send();
    },
  );

  http.delete(
    '/backtests/:id',
    {
      config: { permission: 'runs.delete', of: 'execution' },
      schema: {
        operationId: 'deleteBacktest',
        summary: 'Delete a backtest',
        description: 'Deletes one that has ended; 401 while it is active.',
        tags,
        params: Id,
        response: { 204: z.undefined().describe('deleted'), 401: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await backtests.delete(params.id);
      return reply.code(204).send();
    },
  );
}
