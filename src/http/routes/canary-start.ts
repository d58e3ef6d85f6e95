import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CanaryAdhocExecutionRequest, CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import { problemText } from '../../domain/config-problem.ts';
import { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { toRunAnswer } from '../../engine/answers/run.ts';
import type { StartRun } from '../../engine/runs/runs.ts';
import { windowWaitSentence } from '../../reports/open-window.ts';
import { wallClock } from '../../waiting/clocks.ts';
import { onePerTick } from '../../waiting/one-per-tick.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { ReportUrl, reportUrl } from '../answer/report-url.ts';
import { withUnreadTold } from '../answer/with-unread-told.ts';
import { ConfigurationAccount, MetricsAccount, StorageAccount } from '../request/account-parameters.ts';
import { bothParts } from '../request/adhoc-body.ts';
import { noteObject } from '../request/audit-trail.ts';
import { CallbackUrl } from '../request/callback-parameter.ts';
import { IdempotencyHeader, startIdempotently } from '../request/idempotency.ts';
import { applicationFor, requireAccounts, requireApplications } from '../request/scope.ts';
import { asSent, sentParameters } from '../request/sent-parts.ts';
import { StartWarnings, toStartWarnings } from '../request/start-warnings.ts';
import { waitMillis } from '../request/wait.ts';
import type { HttpServer, RouteContext } from '../service.ts';

const tags = ['Canary runs'];
const StartQuery = StorageAccount.extend(MetricsAccount.shape).extend({
  ...CallbackUrl.shape,
  application: z
    .string()
    .optional()
    .describe("the application that lists the run; default: the config's first, or `ad-hoc`"),
  parentPipelineExecutionId: z.string().optional().describe('returned unchanged'),
  wait: z.string().optional().describe('how long to wait for the end: 30s, 500ms, 2m. Also as `Prefer: wait=30`'),
  partial: z
    .enum(['true', 'false'])
    .optional()
    .describe(
      '`true` judges a window that has not ended at once, on what there is; otherwise the run waits for its end',
    ),
});
const ByConfigQuery = StartQuery.extend(ConfigurationAccount.shape);
const StartHeaders = IdempotencyHeader.extend({
  prefer: z.string().optional().describe('`wait=30` is the same as `?wait=30s`'),
});
const CanaryExecutionId = z
  .object({
    canaryExecutionId: z.string(),
    reportUrl: ReportUrl,
    waitsUntilIso: z.string().optional().describe('only of a run that waits for the end of its window'),
    waiting: z.string().optional().describe('the same as a sentence'),
    warnings: StartWarnings,
  })
  .meta({ id: 'CanaryExecutionResponse', description: 'a flat object of texts: Orca and Argo decode nothing else' });
const Started = z
  .union([CanaryExecutionId, CanaryExecutionStatusResponse])
  .describe(
    'without `wait` the id; with it the run as it then stands, whether or not it has ended. A run that waits longer ' +
      'than `wait` for the end of its window is returned at once',
  );

/** A run to start, and for how many milliseconds to wait for its end; absent: its id is all that is wanted. */
type StartAndWait = StartRun & { readonly millis: number | undefined };

/** Its config is looked into by itself. */
const AdhocParts = CanaryAdhocExecutionRequest.extend({ canaryConfig: z.unknown() });

/** `POST /canary`: starts runs, with a stored config or the one in the request. */
export function canaryStartRoutes(http: HttpServer, context: RouteContext): void {
  const { runs, canaryConfigs, accounts, templatePacks, closing } = context;
  /** Before anything else, as in Kayenta, so that a wrong name is the error the client sees. */
  const checkAccounts = (query: Pick<StartRun, 'metricsAccountName' | 'storageAccountName'>) => {
    accounts.metricsStore(query.metricsAccountName);
    accounts.storage(query.storageAccountName, 'OBJECT_STORE');
  };
  const startAndWait = async (request: FastifyRequest, reply: FastifyReply, { millis, ...asked }: StartAndWait) => {
    const start = await runs.resolved(asked);
    const canaryExecutionId = await startIdempotently(context, request, {
      reply,
      exists: async (id) => (await runs.find(id)) !== undefined,
      start: (id) => runs.start({ ...start, id }),
    });
    reply.header('location', `/canary/${canaryExecutionId}`);
    noteObject(request, canaryExecutionId);
    const waitsUntil = runs.windowWait(start).waitsUntil && (await runs.get(canaryExecutionId)).waitsUntil;
    if (millis === undefined) {
      const warnings = toStartWarnings(runs.warnings(start));
      const waiting = toStartWait(waitsUntil);
      return { canaryExecutionId, reportUrl: reportUrl(request, canaryExecutionId), ...waiting, ...warnings };
    }
    const canEnd = waitsUntil === undefined || waitsUntil < wallClock() + millis;
    if (millis > 0 && canEnd) await runs.waitFor(canaryExecutionId, millis, closing);
    // Hundreds that wait may stop waiting together.
    await onePerTick();
    return toRunAnswer(await runs.get(canaryExecutionId));
  };

  http.post(
    '/canary',
    {
      config: { permission: 'runs.start-own-config', of: 'chosen' },
      schema: {
        operationId: 'startAdhocCanary',
        summary: 'Start a run with the config in the request',
        description:
          'Validates the request, stores the run and returns its id before any query is sent; `Location` is the run.',
        tags,
        querystring: StartQuery,
        headers: StartHeaders,
        body: CanaryAdhocExecutionRequest,
        response: { 200: Started, 400: ErrorResponse, 409: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { wait, partial, ...query } = request.query;
      const millis = waitMillis(wait, request.headers.prefer);
      checkAccounts(query);
      const { canaryConfig, executionRequest } = bothParts(request.body);
      const config = templatePacks.expand(canaryConfig);
      const application = query.application ?? 'ad-hoc';
      requireApplications(request, [application]);
      requireAccounts(request, context, { config, ...query });
      const sent = asSent(request.body) as Partial<typeof request.body>;
      const ofRequest = { Schema: AdhocParts, value: sent };
      const parameters = sentParameters(request);
      const unread = runs.unread({ config, sentConfig: sent.canaryConfig, request: ofRequest, parameters });
      const warnings = unread.map(problemText);
      const start = { ...query, application, config, canaryConfigId: 'ad-hoc', request: executionRequest };
      const asked = { ...start, ...whileOpen(partial), warnings, millis };
      return withUnreadTold(warnings, () => startAndWait(request, reply, asked));
    },
  );

  http.post(
    '/canary/:id',
    {
      config: { permission: 'runs.start', of: 'config' },
      schema: {
        operationId: 'startCanary',
        summary: 'Start a run with a stored config',
        description: 'Like `POST /canary`, with a stored config; the run keeps its own copy of it.',
        tags,
        params: z.object({ id: z.string().describe('id of the stored config') }),
        querystring: ByConfigQuery,
        headers: StartHeaders,
        body: CanaryExecutionRequest,
        response: { 200: Started, 400: ErrorResponse, 404: ErrorResponse, 409: ErrorResponse },
      },
    },
    async (request, reply) => {
      const canaryConfigId = request.params.id;
      const { wait, partial, ...query } = request.query;
      const millis = waitMillis(wait, request.headers.prefer);
      checkAccounts(query);
      const configurationAccountName = accounts.storage(query.configurationAccountName, 'CONFIGURATION_STORE');
      const config = await canaryConfigs.get(canaryConfigId);
      const application = applicationFor(request, query.application, config);
      requireAccounts(request, context, { config, ...query });
      const ofRequest = { Schema: CanaryExecutionRequest, value: asSent(request.body) };
      const parameters = sentParameters(request);
      const warnings = runs.unread({ config, request: ofRequest, parameters }).map(problemText);
      const start = { ...query, application, configurationAccountName, config, canaryConfigId, request: request.body };
      const asked = { ...start, ...whileOpen(partial), warnings, millis };
      return withUnreadTold(warnings, () => startAndWait(request, reply, asked));
    },
  );
}

function whileOpen(partial: 'true' | 'false' | undefined): Pick<StartRun, 'openWindow'> {
  return { openWindow: partial === 'true' ? 'partial' : 'wait' };
}

/** Texts, as everything in the answer to a start. */
function toStartWait(waitsUntil: number | undefined): { waitsUntilIso?: string; waiting?: string } {
  if (waitsUntil === undefined) return {};
  return { waitsUntilIso: toInstant(waitsUntil), waiting: windowWaitSentence(waitsUntil) };
}
