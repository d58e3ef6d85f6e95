import type { IncomingHttpHeaders } from 'node:http';
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_SERVICE_NAME,
  ATTR_URL_FULL,
} from '@opentelemetry/semantic-conventions';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type CallbackReceiver, startReceiver } from '../support/http/callback-receiver.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { writeConfiguration } from '../support/http/written-configuration.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/servers/otlp-receiver.ts';
import { SERIES_ANSWER } from '../support/servers/series-stand-in.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const ABOVE = 'b7ad6b7169203331';
const KINDS = { internal: 1, server: 2, client: 3, consumer: 5 };

let store: LoopbackServer;
let asked: IncomingHttpHeaders[] = [];
let storeStatus = 200;
let otlp: OtlpReceiver;
let callbacks: CallbackReceiver;
let service: ServiceProcess;

beforeAll(async () => {
  store = await startLoopback((request, response) => {
    request.resume();
    if (request.url?.includes('/query_range')) asked.push(request.headers);
    response.writeHead(storeStatus, { 'content-type': 'application/json' }).end(SERIES_ANSWER);
  });
  otlp = await startOtlpReceiver();
  callbacks = await startReceiver();
});
afterEach(async () => {
  await service?.stop();
  [asked, storeStatus] = [[], 200];
  otlp.spans.splice(0);
  otlp.headers.splice(0);
});
afterAll(() => Promise.all([store.stop(), otlp.stop(), callbacks.stop()]));

async function serviceWith(telemetry: object, environment: Record<string, string> = {}): Promise<void> {
  const endpoint = { baseUrl: `${store.baseUrl}/a-secret-key` };
  const accounts = [{ name: 'prom', type: 'prometheus', endpoint, username: 'reader', password: 'a-secret-password' }];
  const retry = { attempts: 1 };
  const settings = { server: { port: 0 }, callbacks: { allowPrivate: true }, metrics: { retry }, accounts, telemetry };
  service = await startService({ HALDANE_CONFIG: writeConfiguration(settings), ...environment });
}

function twoMetrics() {
  const metrics = ['latency', 'errors'].map((name) => ({
    ...{ name, groups: ['group'], scopeName: 'default' },
    query: {
      type: 'prometheus',
      serviceType: 'prometheus',
      customInlineTemplate: `PromQL:${name}{version="\${scope}"}`,
    },
  }));
  return configOf(0, { judge: { name: 'NetflixACAJudge-v1.0' }, metrics });
}

async function judge(traceparent?: string) {
  const callbackUrl = `${callbacks.baseUrl}/a-secret-path`;
  const before = callbacks.received.length;
  const answer = await fetch(`${service.baseUrl}/canary?application=shop&wait=30s&callbackUrl=${callbackUrl}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(traceparent === undefined ? {} : { traceparent }) },
    body: JSON.stringify({ canaryConfig: twoMetrics(), executionRequest: requestOf() }),
  });
  const run = (await answer.json()) as { status: string; pipelineId: string };
  await callbacks.until(before + 1);
  // What is left is sent when the service stops.
  await service.stop();
  return run;
}

/** Names from the span above all others down to this one. */
function path(span: ReceivedSpan): string {
  const above = otlp.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return above === undefined ? span.name : `${path(above)} > ${span.name}`;
}

const toStore = () => otlp.spans.filter((span) => path(span).endsWith('query prometheus > POST'));
const named = (name: string) => otlp.spans.filter((span) => span.name === name);

it('is one trace from the request to the verdict and the callback, which goes in and out by traceparent', async () => {
  const traces = { endpoint: `${otlp.baseUrl}/v1/traces`, headers: { 'x-key': 'k' }, resource: { team: 'shop' } };
  await serviceWith({ traces });
  const run = await judge(`00-${TRACE}-${ABOVE}-01`);
  expect(run.status).toBe('succeeded');
  expect(new Set(otlp.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(
    [...new Set(otlp.spans.map(path))].filter((one) => !/ (SELECT|INSERT|UPDATE|DELETE|OTHER)\b/.test(one)),
  ).toEqual(
    expect.arrayContaining([
      'POST /canary',
      'POST /canary > run',
      'POST /canary > run > fetch',
      'POST /canary > run > fetch > query prometheus',
      'POST /canary > run > fetch > query prometheus > POST',
      'POST /canary > run > judge',
      'POST /canary > callback',
      'POST /canary > callback > POST',
    ]),
  );
  const [request] = named('POST /canary');
  expect(request).toMatchObject({
    parentSpanId: ABOVE,
    kind: KINDS.server,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: 'POST',
      [ATTR_HTTP_ROUTE]: '/canary',
      [ATTR_HTTP_RESPONSE_STATUS_CODE]: 200,
    },
    resource: { [ATTR_SERVICE_NAME]: 'haldane', team: 'shop' },
  });
  expect(named('run')).toMatchObject([
    {
      kind: KINDS.consumer,
      attributes: {
        ...{ 'haldane.run.id': run.pipelineId, 'haldane.application': 'shop' },
        ...{ 'haldane.verdict': 'Pass', 'haldane.score': 100, 'haldane.attempt': 1 },
      },
    },
  ]);
  expect(
    named('query prometheus')
      .map(({ attributes }) => attributes['haldane.side'])
      .sort(),
  ).toEqual([...['control', 'control', 'experiment', 'experiment']]);
  const sent = toStore();
  expect(sent[0]).toMatchObject({
    kind: KINDS.client,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: 'POST',
      [ATTR_HTTP_RESPONSE_STATUS_CODE]: 200,
      [ATTR_SERVER_ADDRESS]: '127.0.0.1',
      [ATTR_SERVER_PORT]: Number(new URL(store.baseUrl).port),
      [ATTR_URL_FULL]: `${store.baseUrl}/***/api/v1/query_range`,
    },
  });
  expect(asked.map(({ traceparent }) => traceparent).sort()).toEqual(
    sent.map(({ spanId }) => `00-${TRACE}-${spanId}-01`).sort(),
  );
  const [posted] = otlp.spans.filter((span) => path(span) === 'POST /canary > callback > POST');
  expect(callbacks.received.at(-1)?.headers.traceparent).toBe(`00-${TRACE}-${posted?.spanId}-01`);
  const statement = otlp.spans.find(({ name }) => name === 'INSERT canary_execution');
  expect(statement?.attributes).toEqual({
    [ATTR_DB_SYSTEM_NAME]: 'sqlite',
    [ATTR_DB_OPERATION_NAME]: 'INSERT',
    [ATTR_DB_COLLECTION_NAME]: 'canary_execution',
  });
  for (const { startNanos, endNanos } of otlp.spans) expect(endNanos).toBeGreaterThanOrEqual(startNanos);
  expect(otlp.headers[0]).toMatchObject({ path: '/v1/traces', 'x-key': 'k' });
  expect(JSON.stringify(otlp.spans, (_key, value) => (typeof value === 'bigint' ? '' : value))).not.toContain('secret');
});

it('is one for all judgements of an analysis', async () => {
  await serviceWith({ traces: { endpoint: `${otlp.baseUrl}/v1/traces` } });
  const window = { startTimeIso: '2026-01-01T00:00:00Z', endTimeIso: '2026-01-01T01:00:00Z', step: 60 };
  const executionRequest = {
    scopes: [{ ...window, controlScope: 'v1', experimentScope: 'v2' }],
    analysisIntervalMins: 30,
    thresholds: { pass: 95, marginal: 75 },
  };
  const before = callbacks.received.length;
  const query = `application=shop&callbackUrl=${callbacks.baseUrl}/done`;
  const answer = await fetch(`${service.baseUrl}/standalone_canary_analysis?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${TRACE}-${ABOVE}-01` },
    body: JSON.stringify({ canaryConfig: twoMetrics(), executionRequest }),
  });
  expect(answer.status).toBe(200);
  await callbacks.until(before + 1);
  await service.stop();
  const paths = otlp.spans.filter(({ name }) => name === 'run' || name === 'callback').map(path);
  const request = 'POST /standalone_canary_analysis';
  expect(paths.toSorted()).toEqual([`${request} > callback`, `${request} > run`, `${request} > run`]);
  expect(new Set(otlp.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
});

it('begins a trace where the request has none, by the variables that every program has', async () => {
  const headers = 'x-key=from%20the%20environment';
  const ofService = { OTEL_SERVICE_NAME: 'canaries', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=prod' };
  await serviceWith(
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.baseUrl, OTEL_EXPORTER_OTLP_HEADERS: headers, ...ofService },
  );
  await judge('no trace');
  const [request] = named('POST /canary');
  expect(request).toMatchObject({
    parentSpanId: '',
    resource: { [ATTR_SERVICE_NAME]: 'canaries', 'deployment.environment.name': 'prod' },
  });
  expect(named('run')[0]?.traceId).toBe(request?.traceId);
  expect(otlp.headers[0]).toMatchObject({ path: '/v1/traces', 'x-key': 'from the environment' });
});

it('says of what failed how', async () => {
  storeStatus = 503;
  await serviceWith({ traces: { endpoint: `${otlp.baseUrl}/v1/traces` } });
  expect((await judge()).status).toBe('terminal');
  expect(toStore()[0]).toMatchObject({ status: 2, attributes: { [ATTR_ERROR_TYPE]: '503' } });
  const unavailable = { status: 2, attributes: { [ATTR_ERROR_TYPE]: 'METRICS_STORE_UNAVAILABLE' } };
  for (const name of ['query prometheus', 'fetch', 'run']) expect(named(name)[0]).toMatchObject(unavailable);
});

it('leaves it to the caller whether its trace is kept, and goes on with it all the same', async () => {
  await serviceWith({ traces: { endpoint: `${otlp.baseUrl}/v1/traces` } });
  await judge(`00-${TRACE}-${ABOVE}-00`);
  expect(otlp.spans).toEqual([]);
  expect(asked[0]?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
});

it('is off unless it is told where to', async () => {
  await serviceWith({});
  await judge(`00-${TRACE}-${ABOVE}-01`);
  expect(asked.map(({ traceparent }) => traceparent)).toEqual([undefined, undefined, undefined, undefined]);
  expect(otlp.headers).toEqual([]);
});
