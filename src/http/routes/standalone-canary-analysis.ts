import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problemText } from '../../domain/config-problem.ts';
import {
  AnalysisLine,
  CanaryAnalysisAdhocExecutionRequest,
  CanaryAnalysisExecutionRequest,
  CanaryAnalysisExecutionStatusResponse,
} from '../../domain/standalone-analysis.ts';
import type { StartAnalysis } from '../../engine/analyses/analyses.ts';
import { answerAnalysis } from '../../engine/analyses/answer.ts';
import { toAnalysisLine } from '../../engine/answers/analysis.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { ReportUrl, reportUrl } from '../answer/report-url.ts';
import { withUnreadTold } from '../answer/with-unread-told.ts';
import { ConfigurationAccount, MetricsAccount, StorageAccount } from '../request/account-parameters.ts';
import { bothParts } from '../request/adhoc-body.ts';
import { noteObject } from '../request/audit-trail.ts';
import { CallbackUrl } from '../request/callback-parameter.ts';
import { IdempotencyHeader, startIdempotently } from '../request/idempotency.ts';
import { integerParameter } from '../request/query-string.ts';
import { listedFor, requireAccounts, requireApplications } from '../request/scope.ts';
import { asSent, sentParameters } from '../request/sent-parts.ts';
import { StartWarnings, toStartWarnings } from '../request/start-warnings.ts';
import type { HttpServer, RouteContext, Service } from '../service.ts';

const tags = ['Standalone analyses'];
const AdhocQuery = StorageAccount.extend(MetricsAccount.shape).extend({
  ...CallbackUrl.shape,
  user: z.string().default('anonymous').describe('returned unchanged'),
  application: z.string().default('ad-hoc'),
  parentPipelineExecutionId: z.string().optional().describe('returned unchanged'),
});
const ByConfigQuery = AdhocQuery.extend(ConfigurationAccount.shape);
const Id = z.object({ id: z.string().describe('id of the analysis') });
const Started = z
  .object({ canaryAnalysisExecutionId: z.string(), reportUrl: ReportUrl, warnings: StartWarnings })
  .meta({ id: 'CanaryAnalysisExecutionResponse' });

/** Its config is looked into by itself. */
const AdhocParts = CanaryAnalysisAdhocExecutionRequest.extend({ canaryConfig: z.unknown() });

/** `/standalone_canary_analysis`: an analysis over a lifetime, judged every interval. */
export function standaloneCanaryAnalysisRoutes(http: HttpServer, context: RouteContext): void {
  listRoute(http, context);
  startRoutes(http, context);
  singleAnalysisRoutes(http, context);
}

const ListQuery = StorageAccount.extend({
  application: z.string().default('*').describe('`*` lists the analyses of all applications'),
  limit: integerParameter({ default: 20, min: 1, max: 1000 }),
});

function listRoute(http: HttpServer, { analyses, accounts }: Service): void {
  http.get(
    '/standalone_canary_analysis',
    {
      config: { permission: 'runs.read', of: 'chosen' },
      schema: {
        operationId: 'listStandaloneAnalyses',
        summary: 'List analyses',
        description: 'Newest first, a line each; Kayenta has no such list.',
        tags,
        querystring: ListQuery,
        response: { 200: z.array(AnalysisLine), 400: ErrorResponse },
      },
    },
    async (request) => {
      const { application, limit, storageAccountName } = request.query;
      accounts.storage(storageAccountName, 'OBJECT_STORE');
      const asked = application === '*' ? [] : [application];
      const found = await analyses.list({ application: asked[0], within: listedFor(request, asked), limit });
      return found.map(toAnalysisLine);
    },
  );
}

function startRoutes(http: HttpServer, context: RouteContext): void {
  const { analyses, runs, canaryConfigs, accounts, templatePacks } = context;
  const startAnalysis = async (request: FastifyRequest, reply: FastifyReply, start: StartAnalysis) => {
    const canaryAnalysisExecutionId = await startIdempotently(context, request, {
      reply,
      exists: (id) => analyses.has(id),
      start: (id) => analyses.start({ ...start, id }),
    });
    reply.header('location', `/standalone_canary_analysis/${canaryAnalysisExecutionId}`);
    noteObject(request, canaryAnalysisExecutionId);
    const warnings = toStartWarnings(await analyses.warnings(start));
    return { canaryAnalysisExecutionId, reportUrl: reportUrl(request, canaryAnalysisExecutionId), ...warnings };
  };

  http.post(
    '/standalone_canary_analysis',
    {
      config: { permission: 'runs.start-own-config', of: 'chosen' },
      schema: {
        operationId: 'startAdhocStandaloneAnalysis',
        summary: 'Start an analysis with the config in the request',
        description: 'Validates the request, stores the analysis and returns its id. Analyses survive restarts.',
        tags,
        querystring: AdhocQuery,
        headers: IdempotencyHeader,
        body: CanaryAnalysisAdhocExecutionRequest,
        response: { 200: Started, 400: ErrorResponse, 409: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { canaryConfig, executionRequest } = bothParts(request.body);
      const config = templatePacks.expand(canaryConfig);
      requireApplications(request, [request.query.application]);
      requireAccounts(request, context, { config, ...request.query });
      const sent = asSent(request.body) as Partial<typeof request.body>;
      const ofRequest = { Schema: AdhocParts, value: sent };
      const parameters = sentParameters(request);
      const unread = runs.unread({ config, sentConfig: sent.canaryConfig, request: ofRequest, parameters });
      const warnings = unread.map(problemText);
      const start = { ...request.query, config, request: executionRequest, warnings };
      return withUnreadTold(warnings, () => startAnalysis(request, reply, start));
    },
  );

  http.post(
    '/standalone_canary_analysis/:id',
    {
      config: { permission: 'runs.start', of: 'config' },
      schema: {
        operationId: 'startStandaloneAnalysis',
        summary: 'Start an analysis with a stored config',
        description:
          'Like `POST /standalone_canary_analysis`, with a stored config; the analysis keeps its own copy of it.',
        tags,
        params: z.object({ id: z.string().describe('id of the stored config') }),
        querystring: ByConfigQuery,
        headers: IdempotencyHeader,
        body: CanaryAnalysisExecutionRequest,
        response: { 200: Started, 400: ErrorResponse, 404: ErrorResponse, 409: ErrorResponse },
      },
    },
    async (request, reply) => {
      const canaryConfigId = request.params.id;
      const configurationAccountName = accounts.storage(request.query.configurationAccountName, 'CONFIGURATION_STORE');
      const config = await canaryConfigs.get(canaryConfigId);
      requireApplications(request, [request.query.application]);
      requireAccounts(request, context, { config, ...request.query });
      const ofRequest = { Schema: CanaryAnalysisExecutionRequest, value: asSent(request.body) };
      const parameters = sentParameters(request);
      const warnings = runs.unread({ config, request: ofRequest, parameters }).map(problemText);
      const start = {
        ...request.query,
        ...{ configurationAccountName, config, canaryConfigId, request: request.body, warnings },
      };
      return withUnreadTold(warnings, () => startAnalysis(request, reply, start));
    },
  );
}

function singleAnalysisRoutes(http: HttpServer, service: Service): void {
  const { analyses, accounts } = service;
  http.get(
    '/standalone_canary_analysis/:id',
    {
      config: { permission: 'runs.read', of: 'execution' },
      schema: {
        operationId: 'getStandaloneAnalysis',
        summary: 'Get an analysis',
        description:
          "The analysis's status and stages; `resultsSoFar` while it is running, its result once it has ended.",
        tags,
        params: Id,
        querystring: StorageAccount,
        response: { 200: CanaryAnalysisExecutionStatusResponse, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params, query }) => {
      accounts.storage(query.storageAccountName, 'OBJECT_STORE');
      return answerAnalysis(service, await analyses.get(params.id));
    },
  );

  http.put(
    '/standalone_canary_analysis/:id/cancel',
    {
      config: { permission: 'runs.start', of: 'execution' },
      schema: {
        operationId: 'cancelStandaloneAnalysis',
        summary: 'Cancel an analysis',
        description:
          'Sets the analysis and its current run to `canceled` at once; an analysis that has ended does not change.',
        tags,
        params: Id,
        response: { 202: z.undefined().describe('accepted'), 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await analyses.get(params.id);
      await analyses.cancel(params.id);
      return reply.code(202).send();
    },
  );

  http.delete(
    '/standalone_canary_analysis/:id',
    {
      config: { permission: 'runs.delete', of: 'execution' },
      schema: {
        operationId: 'deleteStandaloneAnalysis',
        summary: 'Delete an analysis',
        description: 'Deletes an analysis that has ended; 401 while it is active. Its runs stay.',
        tags,
        params: Id,
        response: { 204: z.undefined().describe('deleted'), 401: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await analyses.delete(params.id);
      return reply.code(204).send();
    },
  );
}
