import { z } from 'zod';
import { EXECUTION_STATUS } from '../../domain/canary-execution.ts';
import {
  CanaryAnalysisAdhocExecutionRequest,
  CanaryAnalysisExecutionRequest,
  CanaryAnalysisExecutionStatusResponse,
  type StandaloneAnalysis,
} from '../../domain/standalone-analysis.ts';
import { toAnalysisResponse } from '../../engine/standalone-response.ts';
import { analysisResult } from '../../engine/standalone-result.ts';
import { CanaryError } from '../../errors.ts';
import { ConfigurationAccount, MetricsAccount, StorageAccount } from '../account-parameters.ts';
import { ErrorResponse } from '../errors.ts';
import type { HttpServer, Service } from '../service.ts';

const tags = ['Standalone analyses'];
const AdhocQuery = StorageAccount.extend(MetricsAccount.shape).extend({
  user: z.string().default('anonymous').describe('given back as it came'),
  application: z.string().default('ad-hoc'),
  parentPipelineExecutionId: z.string().optional().describe('given back as it came'),
});
const ByConfigQuery = AdhocQuery.extend(ConfigurationAccount.shape);
const Id = z.object({ canaryAnalysisExecutionId: z.string() });
const Started = Id.meta({ id: 'CanaryAnalysisExecutionResponse' });

/** `/standalone_canary_analysis`: an analysis over a lifetime, judged every interval. */
export function standaloneCanaryAnalysisRoutes(http: HttpServer, service: Service): void {
  const { standaloneAnalyses, canaryConfigs, accounts } = service;

  http.post(
    '/standalone_canary_analysis',
    {
      schema: {
        operationId: 'startAdhocStandaloneAnalysis',
        summary: 'Start an analysis with a config of its own',
        description: 'Checks the request, stores the analysis and answers its id. It goes on over restarts.',
        tags,
        querystring: AdhocQuery,
        body: CanaryAnalysisAdhocExecutionRequest,
        response: { 200: Started, 400: ErrorResponse },
      },
    },
    async ({ body: { canaryConfig, executionRequest }, query }) => {
      if (canaryConfig === undefined) missing('canaryConfig must be provided for ad-hoc requests');
      if (executionRequest === undefined) missing('executionRequest must be provided for ad-hoc requests');
      const start = { ...query, config: canaryConfig, request: executionRequest };
      return { canaryAnalysisExecutionId: await standaloneAnalyses.start(start) };
    },
  );

  http.post(
    '/standalone_canary_analysis/:canaryConfigId',
    {
      schema: {
        operationId: 'startStandaloneAnalysis',
        summary: 'Start an analysis with a stored config',
        description: 'As the one without; the analysis keeps its own copy of the config.',
        tags,
        params: z.object({ canaryConfigId: z.string() }),
        querystring: ByConfigQuery,
        body: CanaryAnalysisExecutionRequest,
        response: { 200: Started, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params: { canaryConfigId }, body: request, query }) => {
      const configurationAccountName = accounts.storage(query.configurationAccountName, 'CONFIGURATION_STORE');
      const config = await canaryConfigs.get(canaryConfigId);
      const start = { ...query, configurationAccountName, config, canaryConfigId, request };
      return { canaryAnalysisExecutionId: await standaloneAnalyses.start(start) };
    },
  );

  singleAnalysisRoutes(http, service);
}

function singleAnalysisRoutes(http: HttpServer, service: Service): void {
  const { standaloneAnalyses, accounts } = service;
  http.get(
    '/standalone_canary_analysis/:canaryAnalysisExecutionId',
    {
      schema: {
        operationId: 'getStandaloneAnalysis',
        summary: 'Get an analysis',
        description: 'How it stands, with every stage; `resultsSoFar` while it runs, its result once it has closed.',
        tags,
        params: Id,
        querystring: StorageAccount,
        response: { 200: CanaryAnalysisExecutionStatusResponse, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params, query }) => {
      accounts.storage(query.storageAccountName, 'OBJECT_STORE');
      return answer(service, await standaloneAnalyses.get(params.canaryAnalysisExecutionId));
    },
  );

  http.put(
    '/standalone_canary_analysis/:canaryAnalysisExecutionId/cancel',
    {
      schema: {
        operationId: 'cancelStandaloneAnalysis',
        summary: 'Cancel an analysis',
        description: 'The analysis and the run it waits for are `canceled` at once; one that has ended stays as it is.',
        tags,
        params: Id,
        response: { 202: z.undefined().describe('accepted'), 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await standaloneAnalyses.get(params.canaryAnalysisExecutionId);
      await standaloneAnalyses.cancel(params.canaryAnalysisExecutionId);
      return reply.code(202).send();
    },
  );

  http.delete(
    '/standalone_canary_analysis/:canaryAnalysisExecutionId',
    {
      schema: {
        operationId: 'deleteStandaloneAnalysis',
        summary: 'Delete an analysis',
        description: 'Only one that has ended, else 401. Its runs stay.',
        tags,
        params: Id,
        response: { 204: z.undefined().describe('deleted'), 401: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params }, reply) => {
      await standaloneAnalyses.delete(params.canaryAnalysisExecutionId);
      return reply.code(204).send();
    },
  );
}

async function answer({ standaloneAnalyses, accounts }: Service, analysis: StandaloneAnalysis) {
  if (EXECUTION_STATUS[analysis.status].complete) return toAnalysisResponse(analysis, undefined);
  const ended = (await standaloneAnalyses.judgements(analysis)).filter(
    ({ execution }) => EXECUTION_STATUS[execution.status].complete,
  );
  const metricsAccountType = accounts.views().find(({ name }) => name === analysis.metricsAccountName)?.type ?? '';
  return toAnalysisResponse(
    analysis,
    analysisResult({ request: analysis.request, judgements: ended, metricsAccountType }),
  );
}

function missing(message: string): never {
  throw new CanaryError('REQUEST_INVALID', message);
}
