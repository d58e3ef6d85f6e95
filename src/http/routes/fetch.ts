import { z } from 'zod';
import { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import { CanaryScope } from '../../domain/canary-scope.ts';
import { queried } from '../../domain/metric-query.ts';
import { Text } from '../../domain/values/text.ts';
import type { SingleQuery } from '../../engine/fetching/metric-explorer.ts';
import { CanaryError } from '../../errors.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { clientSignal } from '../request/client-signal.ts';
import { FORM_IS_QUERY } from '../request/form-body.ts';
import { requireAccounts } from '../request/scope.ts';
import { fieldProblems } from '../request/zod.ts';
import type { HttpServer, Service } from '../service.ts';

const text = z.string().optional();
const FetchQuery = z.looseObject({
  metricSetName: text.describe('the name of the series'),
  metricName: text,
  scope: text,
  location: text,
  start: text.describe('instant; also as `startTimeIso`'),
  end: text.describe('instant; also as `endTimeIso`'),
  startTimeIso: text,
  endTimeIso: text,
  step: text.describe('seconds between points'),
  customFilter: text.describe('a query template'),
  dryRun: z.enum(['true', 'false']).default('false').describe('`true`: return the query without sending it'),
  metricsAccountName: text,
  storageAccountName: text,
});
/** As in Kayenta's route for New Relic: the body contains the whole metric, and nothing of it is a parameter. */
const WholeMetric = z.object({
  canaryMetricConfig: CanaryMetricConfig,
  extendedScopeParams: z.record(z.string(), Text).optional(),
  canaryConfig: CanaryConfig.optional().describe('whose `templates` the metric may name'),
});
const Answer = z
  .union([z.object({ metricSetListId: z.string() }), z.object({ query: z.string() })])
  .describe('id of the stored series; with `dryRun` the query');

/** `/fetch/{provider}/query`: one metric, fetched within the request. */
export function fetchRoutes(http: HttpServer, { metricExplorer, accounts }: Service): void {
  http.post(
    '/fetch/:provider/query',
    {
      config: { ...FORM_IS_QUERY, permission: 'queries.send' },
      schema: {
        operationId: 'fetchMetric',
        summary: 'Query a metrics store for one metric',
        description:
          'Stores the series; read it at `/metricSetList/{id}`. Other fields of the query are parameters too.',
        tags: ['Stored series'],
        params: z.object({ provider: z.string().describe("the metrics store's type") }),
        querystring: FetchQuery,
        body: z
          .union([WholeMetric, z.record(z.string(), z.string())])
          .optional()
          .describe('further scope variables, or the whole metric'),
        response: { 200: Answer, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { params, query, body } = request;
      requireAccounts(request, { accounts }, { metricsAccountName: query.metricsAccountName, config: [query, body] });
      const provider = metricExplorer.provider(params.provider);
      const fetched = provider.readFetchParameters?.(query as Record<string, string>);
      if (fetched === undefined) throw noFetch(params.provider);
      accounts.storage(query.storageAccountName, 'OBJECT_STORE');
      const single = singleQueryOf(params.provider, { query, fetched, body });
      try {
        if (query.dryRun === 'true') return { query: metricExplorer.dryRun(single) };
        return { metricSetListId: await metricExplorer.fetch(single, clientSignal(reply)) };
      } catch (error) {
        throw inParameters(error);
      }
    },
  );
}

/** Kayenta has the route for its own stores alone. */
function noFetch(type: string): CanaryError {
  const message = `There is no /fetch/${type}/query; POST /canaryConfig/series fetches a metric of any store.`;
  return new CanaryError('ROUTE_NOT_FOUND', message);
}

/** What is a field of a query elsewhere is a parameter here, of another name. */
function inParameters(error: unknown): unknown {
  if (!(error instanceof CanaryError) || error.code !== 'METRICS_QUERY_INVALID') return error;
  if (!error.message.includes('customInlineTemplate')) return error;
  return new CanaryError(error.code, `${error.message}; the parameter for customInlineTemplate is customFilter`);
}

type Fetched = ReturnType<NonNullable<ReturnType<Service['metricExplorer']['provider']>['readFetchParameters']>>;

type Parameters = z.infer<typeof FetchQuery>;
type Body = z.infer<typeof WholeMetric> | Record<string, string> | undefined;

function singleQueryOf(
  type: string,
  { query, fetched, body = {} }: { query: Parameters; fetched: Fetched; body: Body },
): SingleQuery {
  if (isWhole(body)) {
    const { canaryMetricConfig: metric, canaryConfig, extendedScopeParams = {} } = body;
    const scope = scopeOf(query, { ...fetched, extendedScopeParams });
    return toSingleQuery(query, { ...metric, query: { ...queried(metric).query, type } }, scope, canaryConfig);
  }
  if (query.metricSetName === undefined) {
    throw new CanaryError('REQUEST_INVALID', 'metricSetName: missing; give the series a name');
  }
  const scope = scopeOf(query, { ...fetched, extendedScopeParams: { ...fetched.extendedScopeParams, ...body } });
  const template = query.customFilter === undefined ? {} : { customInlineTemplate: query.customFilter };
  const asked = { ...template, ...fetched.query, type, serviceType: type };
  return toSingleQuery(query, { name: query.metricSetName, query: asked }, scope, undefined);
}

function isWhole(body: NonNullable<Body>): body is z.infer<typeof WholeMetric> {
  return typeof body.canaryMetricConfig === 'object';
}

function scopeOf(parameters: Parameters, fetched: Fetched): CanaryScope {
  const written = {
    scope: parameters.scope,
    location: parameters.location,
    start: parameters.start ?? parameters.startTimeIso,
    end: parameters.end ?? parameters.endTimeIso,
    step: fetched.step ?? parameters.step,
    extendedScopeParams: fetched.extendedScopeParams,
  };
  const scope = CanaryScope.safeParse(written);
  if (scope.success) return scope.data;
  const [problem] = fieldProblems(CanaryScope, written);
  throw new CanaryError('REQUEST_INVALID', `${problem?.path}: ${problem?.message}`);
}

function toSingleQuery(
  { metricsAccountName }: Parameters,
  metric: CanaryMetricConfig,
  scope: CanaryScope,
  config: CanaryConfig = {},
): SingleQuery {
  return {
    config: { ...config, metrics: [{ ...metric, scopeName: 'default' }] },
    request: { scopes: { default: { controlScope: scope, experimentScope: scope } } },
    metricsAccountName,
  };
}
