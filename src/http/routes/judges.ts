import { z } from 'zod';
import { CanaryClassifierThresholdsConfig, CanaryConfig } from '../../domain/canary-config.ts';
import { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import { JudgeComparison } from '../../domain/judge-comparison.ts';
import { Look } from '../../domain/look.ts';
import { MetricSetPair, nullsAsZeros } from '../../domain/metric-set-pair.ts';
import { FiniteDouble } from '../../domain/values/double.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { ConfigurationAccount, StorageAccount } from '../request/account-parameters.ts';
import { clientSignal } from '../request/client-signal.ts';
import { ignoredParameters } from '../request/sent-parts.ts';
import { StartWarnings, toStartWarnings } from '../request/start-warnings.ts';
import type { HttpServer, Service } from '../service.ts';

const tags = ['Judges'];
const JudgeView = z
  .object({ name: z.string(), visible: z.boolean().describe('whether pickers show it') })
  .meta({ id: 'Judge' });
const InlineJudgeRequest = z
  .object({
    canaryConfig: CanaryConfig,
    scoreThresholds: CanaryClassifierThresholdsConfig,
    metricSetPairList: z.array(MetricSetPair),
    look: Look.optional().describe('which of several judgements of the same canary it is; absent: the only one'),
  })
  .meta({ id: 'RemoteJudgeRequest' });
const Compared = z.object({ canaryExecutionId: z.string(), warnings: StartWarnings });
const StoredJudgeQuery = ConfigurationAccount.extend(StorageAccount.shape).extend({
  canaryConfigId: z.string().describe('id of a stored config'),
  metricSetPairListId: z.string().describe('id of stored series'),
  passThreshold: FiniteDouble,
  marginalThreshold: FiniteDouble,
});

/** `/judges`, and `/judge`, which makes this service the remote judge of another. */
export function judgeRoutes(http: HttpServer, service: Service): void {
  const { judging } = service;
  http.get(
    '/judges',
    {
      config: { permission: 'configs.read', of: 'nothing' },
      schema: {
        operationId: 'listJudges',
        summary: 'List judges',
        description: "The valid names for a config's `judge.name`; the first is the default.",
        tags,
        response: { 200: z.array(JudgeView) },
      },
    },
    async () => judging.judges.map(({ name, visible }) => ({ name, visible })),
  );

  http.post(
    '/judge',
    {
      config: { permission: 'series.judge', of: 'nothing' },
      schema: {
        operationId: 'judge',
        summary: 'Judge the series in the request',
        description:
          "Judges with the config's judge and returns the result; stores nothing. Kayenta's RemoteJudge " +
          'calls this; `judge.judgeConfigurations.remoteJudge` then names the judge. A `null` sample is a gap, and 0 to ' +
          "Kayenta's judge.",
        tags,
        body: InlineJudgeRequest,
        response: { 200: CanaryJudgeResult, 400: ErrorResponse },
      },
      preValidation: async ({ body }) => {
        const config = CanaryConfig.safeParse((body as { canaryConfig?: unknown } | null)?.canaryConfig);
        if (config.success && judging.readsLikeKayenta(config.data)) nullsAsZeros(body);
      },
    },
    async ({ body: { canaryConfig: config, scoreThresholds: thresholds, metricSetPairList: pairs, look } }, reply) =>
      judging.judgeForService({ config, thresholds, pairs, look }, clientSignal(reply)),
  );

  storedSeriesRoutes(http, service);
}

function storedSeriesRoutes(http: HttpServer, service: Service): void {
  const { judgeComparisons } = service;
  http.post(
    '/judges/judge',
    {
      config: { permission: 'series.judge' },
      schema: {
        operationId: 'judgeStoredSeries',
        summary: 'Judge stored series again',
        description: 'Judges with a stored config and the given thresholds and returns the result; stores nothing.',
        tags,
        querystring: StoredJudgeQuery,
        response: { 200: CanaryJudgeResult, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ query }, reply) => service.judging.judge(await storedSeries(service, query), clientSignal(reply)),
  );

  http.post(
    '/judges/comparison',
    {
      config: { permission: 'series.judge' },
      schema: {
        operationId: 'compareJudges',
        summary: 'Judge stored series with two judges',
        description: "Returns the comparison's id. A judge without a name is the config's judge.",
        tags,
        querystring: StoredJudgeQuery.extend({
          overrideCanaryJudge1: z.string().optional(),
          overrideCanaryJudge2: z.string().optional(),
        }),
        response: { 200: Compared, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const series = await storedSeries(service, query);
      const names = [query.overrideCanaryJudge1, query.overrideCanaryJudge2] as const;
      const canaryExecutionId = await judgeComparisons.compare(series, names, clientSignal(reply));
      return { canaryExecutionId, ...toStartWarnings(ignoredParameters(request)) };
    },
  );

  http.get(
    '/judges/comparison/:canaryExecutionId',
    {
      config: { permission: 'series.read' },
      schema: {
        operationId: 'getJudgeComparison',
        summary: 'Get a judge comparison',
        description: 'Both results and the metrics the judges classify differently, or the exceptions by stage.',
        tags,
        params: z.object({ canaryExecutionId: z.string() }),
        response: { 200: JudgeComparison, 404: ErrorResponse },
      },
    },
    async ({ params }) => judgeComparisons.get(params.canaryExecutionId),
  );
}

async function storedSeries(
  { accounts, canaryConfigs, series }: Service,
  { canaryConfigId, metricSetPairListId, ...query }: z.infer<typeof StoredJudgeQuery>,
) {
  accounts.storage(query.configurationAccountName, 'CONFIGURATION_STORE');
  accounts.storage(query.storageAccountName, 'OBJECT_STORE');
  const config = await canaryConfigs.get(canaryConfigId);
  const pairs = await series.pairs.get(metricSetPairListId);
  const thresholds = { pass: query.passThreshold, marginal: query.marginalThreshold };
  return { config, pairs, thresholds, history: { canaryConfigId, config } };
}
