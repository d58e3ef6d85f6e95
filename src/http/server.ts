import Fastify, { errorCodes, type FastifyBaseLogger, type FastifyRequest, LogController } from 'fastify';
import type { SizeLimits } from '../engine/size-limits.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { onePerTick } from '../waiting/one-per-tick.ts';
import { ROUTES } from './all-routes.ts';
import { answerClientError } from './answer/client-errors.ts';
import { handleError } from './answer/errors.ts';
import { measureAnswers } from './answer/measure-answers.ts';
import { sendSafeHeaders } from './answer/safe-headers.ts';
import { refuseUnknownRoutes } from './answer/unknown-routes.ts';
import { describeRoutes } from './document/describe-routes.ts';
import { noticeDisabledInstance } from './pages/disabled-notice.ts';
import { failAsPage } from './pages/page-plugin.ts';
import { showSession } from './pages/session-line.ts';
import { type AccessSettings, guardAccess } from './request/access-guard.ts';
import { guardOperatorRoutes } from './request/admin-guard.ts';
import { limitArrivingBodies } from './request/arriving-bodies.ts';
import { keepAudit } from './request/audit-trail.ts';
import { type BrowserGuardSettings, guardAgainstBrowsers } from './request/browser-guard.ts';
import { limitConnections } from './request/connection-limits.ts';
import { withoutPathToken } from './request/credentials.ts';
import { readForm } from './request/form-body.ts';
import { keepSentBodies } from './request/idempotency.ts';
import { parseJsonBody } from './request/json-body.ts';
import { parseQueryString } from './request/query-string.ts';
import { answerRequestId, requestIdOf } from './request/request-id.ts';
import { countRequests, type RateSettings } from './request/request-rate.ts';
import { requirePermissions } from './request/route-permissions.ts';
import { ignoredParameters } from './request/sent-parts.ts';
import { refuseLargeBodies } from './request/size-limits.ts';
import { traceRequests } from './request/trace-requests.ts';
import { limitUnreadAnswers } from './request/unread-answers.ts';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from './request/zod.ts';
import type { HttpServer, RouteContext, Service } from './service.ts';
import { type TlsFiles, tlsOptions } from './tls-options.ts';

const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
/** How often connections are looked over for requests that take too long to arrive. */
const LOOK_OVER_MILLIS = 5000;
const ROUTER_OPTIONS = {
  ignoreTrailingSlash: true,
  ignoreDuplicateSlashes: true,
  maxParamLength: 4096,
  querystringParser: parseQueryString,
};
/** Named at once, so that Fastify does not load its own, which are a fifth of all that a start would read. */
const COMPILERS = { buildValidator: () => validatorCompiler as never, buildSerializer: () => serializerCompiler };

export interface HttpServerSettings extends BrowserGuardSettings {
  readonly limits: SizeLimits & { readonly requestsPerMinute: RateSettings; readonly eventStreamsPerCaller: number };
  /** whether routes for operators answer to other machines */
  readonly remoteAdmin: boolean;
  /** whether `/metrics` needs no authentication */
  readonly openMetrics: boolean;
  /** what links begin with; absent: the address that the client used */
  readonly publicUrl?: string | undefined;
  /** absent: http */
  readonly tls?: TlsFiles | undefined;
  readonly maxConnections: number;
  readonly maxEventStreams: number;
  /** for the headers of a request to arrive */
  readonly headersTimeoutSeconds: number;
  /** for a request to arrive, with its body */
  readonly requestTimeoutSeconds: number;
  /** a client that reads nothing of its answer for so long is cut off */
  readonly stalledClientSeconds: number;
  /** of all answers together, what clients have not read yet */
  readonly maxUnreadMegabytes: number;
  /** of all requests together, what has to arrive */
  readonly maxArrivingMegabytes: number;
}

export interface HttpServerOptions {
  readonly log: FastifyBaseLogger;
  readonly version: string;
  readonly settings: HttpServerSettings;
  readonly access: Omit<AccessSettings, 'rates'>;
  /** absent: nothing is traced */
  readonly tracing?: Tracing | undefined;
}

/** The HTTP side of the service: every route, the OpenAPI document, one error shape. */
export async function createHttpServer(service: Service, options: HttpServerOptions): Promise<HttpServer> {
  const { log, version, settings } = options;
  const http = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    frameworkErrors: handleError,
    schemaController: { compilersFactory: COMPILERS },
    rewriteUrl: withoutPathToken,
    clientErrorHandler: answerClientError,
    ...arrivalLimits(settings),
    routerOptions: ROUTER_OPTIONS,
  }).withTypeProvider<ZodTypeProvider>();
  http.setErrorHandler(handleError);
  http.decorate('publicUrl', settings.publicUrl);
  const closing = noticeClosing(http);
  observe(http, service, options);
  tellIgnored(http);
  await guard(http, service, options);
  requirePermissions(http);
  sendSafeHeaders(http);
  noticeDisabledInstance(http, service);
  if (options.access.login !== undefined) showSession(http);
  readBodies(http);
  keepSentBodies(http);
  refuseUnknownRoutes(http, failAsPage);
  describeRoutes(http, {
    version,
    querySchemas: service.queryTypes.map(({ Query }) => Query),
    judges: service.judging.judges,
  });
  await http.register(async (scope) => {
    const context = contextOf(service, options, closing);
    for (const addRoutes of ROUTES) addRoutes(scope as unknown as HttpServer, context);
  });
  return http;
}

/** Aborts when the server closes; from then on no connection is kept. */
function noticeClosing(http: HttpServer): AbortSignal {
  const closing = new AbortController();
  http.addHook('preClose', async () => closing.abort());
  http.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });
  return closing.signal;
}

function contextOf(service: Service, { settings, access }: HttpServerOptions, closing: AbortSignal): RouteContext {
  const { maxEventStreams, limits, openMetrics: metricsAreOpen } = settings;
  const streams = { maxEventStreams, maxEventStreamsPerCaller: limits.eventStreamsPerCaller };
  return { ...service, ...streams, metricsAreOpen, closing, login: access.login };
}

function observe(http: HttpServer, { metrics }: Service, { tracing }: HttpServerOptions): void {
  answerRequestId(http);
  measureAnswers(http, metrics);
  if (tracing !== undefined) traceRequests(http, tracing);
}

/** What nobody reads of a request is told in a header. */
function tellIgnored(http: HttpServer): void {
  http.addHook('preValidation', async (request, reply) => {
    const ignored = ignoredParameters(request).join(' ');
    if (ignored !== '') reply.header('x-haldane-warnings', ignored.replaceAll(/[^ -~]/g, '?'));
  });
}

/** Who is let in, before anything else looks at a request. */
async function guard(http: HttpServer, service: Service, { settings, access }: HttpServerOptions): Promise<void> {
  limitConnections(http, settings.maxConnections);
  limitArrivingBodies(http, { ...settings, bodyLimitBytes: BODY_LIMIT_BYTES });
  const maxUnreadBytes = settings.maxUnreadMegabytes * 1024 * 1024;
  limitUnreadAnswers(http, { stalledMillis: settings.stalledClientSeconds * 1000, maxUnreadBytes });
  guardAgainstBrowsers(http, settings);
  const rates = access.authenticate && (await countRequests(http, settings.limits.requestsPerMinute));
  guardAccess(http, service, { ...access, rates });
  keepAudit(http, service.audit);
  refuseLargeBodies(http, settings.limits);
  // Where everybody is known, the permission is enough.
  guardOperatorRoutes(http, settings.remoteAdmin || access.authenticate !== undefined);
}

/** A client that sends byte by byte would hold a connection forever. */
function arrivalLimits({ headersTimeoutSeconds, requestTimeoutSeconds, tls }: HttpServerSettings) {
  const headersTimeout = Math.min(headersTimeoutSeconds, requestTimeoutSeconds) * 1000;
  const connectionsCheckingInterval = Math.min(LOOK_OVER_MILLIS, headersTimeout);
  const server = { headersTimeout, connectionsCheckingInterval };
  const requestTimeout = requestTimeoutSeconds * 1000;
  // Typed as http: what routes use of a request is the same.
  if (tls !== undefined) return { requestTimeout, https: { ...tlsOptions(tls), ...server } } as never;
  return { requestTimeout, http: server };
}

/** To validate and check a config of a few metrics takes a few milliseconds. */
const LARGE_BODY_BYTES = 4096;

/**
 * Of many large requests that arrive together, one goes on a turn, and others have a turn before it is worked on: five
 * hundred starts at once are not felt as one of two seconds.
 */
function takeTurns(http: HttpServer): void {
  const takeTurn = ({ headers }: FastifyRequest, _reply: unknown, done: (error?: Error) => void) => {
    const isOfUnknownLength = headers['transfer-encoding'] !== undefined;
    if (Number(headers['content-length'] ?? 0) < LARGE_BODY_BYTES && !isOfUnknownLength) done();
    else onePerTick().then(() => done(), done);
  };
  http.addHook('preValidation', takeTurn);
  http.addHook('preHandler', takeTurn);
}

/** Routes without a body ignore any body of any content type: curl and Orca send one. */
function readBodies(http: HttpServer): void {
  takeTurns(http);
  const reads = ({ routeOptions }: FastifyRequest) => routeOptions.schema?.body !== undefined;
  http.removeAllContentTypeParsers();
  http.addContentTypeParser(
    /^application\/([\w.-]+\+)?json\b/i,
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => (reads(request) ? parseJsonBody(body) : undefined),
  );
  http.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (readForm(request, body)) return;
    if (reads(request) && body.length > 0) throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE();
  });
}
