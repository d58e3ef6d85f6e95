import { z } from 'zod';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { CanaryAdhocExecutionRequest } from '../../domain/canary-execution-request.ts';
import { ConfigProblem } from '../../domain/config-problem.ts';
import { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { QueryPreview } from '../../domain/query-preview.ts';
import { SeriesForecast } from '../../domain/time-to-decision.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import type { SingleQuery } from '../../engine/fetching/metric-explorer.ts';
import { withUnread } from '../../engine/fetching/preview-warnings.ts';
import { CanaryError } from '../../errors.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { sendJsonList } from '../answer/json-list.ts';
import { MetricsAccount } from '../request/account-parameters.ts';
import { checkedRun } from '../request/checked-config.ts';
import { clientSignal } from '../request/client-signal.ts';
import { integerParameter } from '../request/query-string.ts';
import { requireAccounts } from '../request/scope.ts';
import { asSent, sentParameters } from '../request/sent-parts.ts';
import type { HttpServer, Service } from '../service.ts';

const tags = ['Canary configs'];
const PreviewedPair = MetricSetPair.extend({
  timeToDecision: SeriesForecast.optional().describe('absent where the series cannot be tested'),
}).meta({ id: 'PreviewedMetricSetPair' });
const Checked = z
  .object({
    valid: z.boolean().describe('whether the config can be stored'),
    problems: z.array(ConfigProblem).describe('problems that prevent saving come first'),
  })
  .meta({ id: 'CanaryConfigCheck' });

/** `/canaryConfig/validate`, `/canaryConfig/queries`, `/canaryConfig/series`: trying a config before it is stored. */
export function canaryConfigCheckRoutes(http: HttpServer, service: Service): void {
  http.post(
    '/canaryConfig/validate',
    {
      config: { permission: 'configs.read', of: 'nothing' },
      schema: {
        operationId: 'validateCanaryConfig',
        summary: 'Validate a canary config',
        description:
          'Every problem that storing or running the config would hit, with its field; nothing is stored. A ' +
          'config with an `id` is validated as the replacement of the stored one.',
        tags,
        querystring: MetricsAccount,
        body: z
          .record(z.string(), z.unknown())
          .describe('a config, valid or not; or, as for `POST /canary`, a `canaryConfig` with an `executionRequest`'),
        response: { 200: Checked, 400: ErrorResponse },
      },
    },
    async ({ body, query }) => {
      const problems = await checkedRun(service, body, query.metricsAccountName);
      return { valid: problems.every(({ prevents }) => prevents !== 'saving'), problems };
    },
  );

  previewRoutes(http, service);
}

/** Its config is looked into by itself. */
const AdhocParts = CanaryAdhocExecutionRequest.extend({ canaryConfig: z.unknown() });

function previewRoutes(http: HttpServer, service: Service): void {
  const { metricExplorer } = service;
  http.post(
    '/canaryConfig/queries',
    {
      config: { permission: 'configs.read', of: 'nothing' },
      schema: {
        operationId: 'previewCanaryQueries',
        summary: 'Show the queries of a config',
        description:
          'The exact query texts a run would send for every metric, or why one cannot be built; no query is sent.',
        tags,
        querystring: MetricsAccount,
        body: CanaryAdhocExecutionRequest,
        response: { 200: z.array(QueryPreview), 400: ErrorResponse },
      },
    },
    async (request) => {
      const { body, query } = request;
      requireAccounts(request, service, { ...query, config: body });
      const single = await toSingleQuery(service, body, query.metricsAccountName);
      const sent = asSent(body) as Partial<typeof body>;
      const unread = service.runs.unread({
        config: single.config,
        sentConfig: sent.canaryConfig,
        request: { Schema: AdhocParts, value: sent },
        parameters: sentParameters(request),
      });
      return withUnread(metricExplorer.preview(single), unread);
    },
  );

  http.post(
    '/canaryConfig/series',
    {
      config: { permission: 'queries.send', of: 'nothing' },
      schema: {
        operationId: 'previewCanarySeries',
        summary: 'Fetch the series of one metric of a config',
        description:
          'Both sides, as a judge would get them, with how long a window finds the allowed change at their noise. ' +
          'Queries the metrics store; stores nothing.',
        tags,
        querystring: MetricsAccount.extend({
          metric: integerParameter({ default: 0, min: 0, max: 1_000_000 }).describe(
            "the metric's index in the config, from 0",
          ),
          trafficPercent: integerParameter({ default: 50, min: 1, max: 99 }).describe(
            "the canary's share of the traffic in these series: the times of a ramp follow from it; 50: as much as the baseline",
          ),
        }),
        body: CanaryAdhocExecutionRequest,
        response: { 200: z.array(PreviewedPair), 400: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { body, query } = request;
      requireAccounts(request, service, { ...query, config: body });
      const single = await toSingleQuery(service, body, query.metricsAccountName);
      const signal = clientSignal(reply);
      const pairs = await metricExplorer.pairsOf(single, query.metric, signal);
      const { trafficPercent } = query;
      const forecasts = await service.judging.forecast({ config: single.config, pairs, trafficPercent }, signal);
      return sendJsonList(reply, textsOf(pairs, forecasts));
    },
  );
}

/** One at a time: all together may be larger than one text should be. */
function* textsOf(
  pairs: readonly MetricSetPair[],
  forecasts: readonly (SeriesForecast | undefined)[],
): Generator<string> {
  for (const [index, pair] of pairs.entries()) {
    const timeToDecision = forecasts[index];
    yield toWireJson(timeToDecision === undefined ? pair : { ...pair, timeToDecision });
  }
}

async function toSingleQuery(
  { templatePacks, runs }: Service,
  { canaryConfig, executionRequest }: z.infer<typeof CanaryAdhocExecutionRequest>,
  metricsAccountName: string | undefined,
): Promise<SingleQuery> {
  const config: CanaryConfig | undefined = canaryConfig && templatePacks.expand(canaryConfig);
  if (config === undefined) throw new CanaryError('REQUEST_INVALID', 'canaryConfig: missing; send the config');
  const place = { canaryConfigId: config.id ?? 'ad-hoc', application: config.applications?.[0] ?? 'ad-hoc' };
  const { request } = await runs.resolved({ ...place, config, request: executionRequest ?? {} });
  return { config, request, metricsAccountName };
}
