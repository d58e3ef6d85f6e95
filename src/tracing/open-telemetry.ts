import {
  type Context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Log } from '../domain/log.ts';
import type { TraceHeaders } from '../domain/trace-headers.ts';
import { CanaryError } from '../errors.ts';
import {
  asCurrent,
  type CurrentSpan,
  type OutgoingTrace,
  type SpanAttributes,
  type SpanShape,
} from './current-span.ts';
import type { MaybeTraced, OpenSpan, RootShape, Tracing } from './tracing.ts';

export interface TracingSettings {
  /** where OTLP over HTTP is spoken, path included */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** of traces that begin here; who asks decides about its own */
  readonly sampleRatio: number;
  readonly resource: Readonly<Record<string, string>>;
}

interface OpenTelemetryParts {
  readonly settings: TracingSettings;
  readonly version: string;
  readonly log: Log;
}

const KINDS = { client: SpanKind.CLIENT, server: SpanKind.SERVER, consumer: SpanKind.CONSUMER } as const;
/** A shutdown does not wait longer for a receiver that is away. */
const CLOSE_MILLIS = 2000;
const propagator = new W3CTraceContextPropagator();

/** Spans by OpenTelemetry, sent in batches by OTLP over HTTP. What cannot be sent is dropped, and the log says so. */
export function openTelemetry({ settings, version, log }: OpenTelemetryParts): Tracing {
  diag.setLogger(diagLog(log), DiagLogLevel.WARN);
  const { url, headers, sampleRatio, resource } = settings;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.version': version, ...resource }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url, headers: { ...headers } }) })],
  });
  const tracer = provider.getTracer('haldane', version);
  const start = ({ parent = {}, ...shape }: RootShape) => new OpenTelemetrySpan(tracer, shape, contextOf(parent));
  return {
    start,
    begin: (shape, work) => runIn(start(shape), work),
    async close() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSE_MILLIS);
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}

/** Headers that are no trace begin a new one. */
function contextOf(headers: MaybeTraced): Context {
  const get = (carrier: MaybeTraced, key: string) => carrier[key as keyof TraceHeaders];
  return propagator.extract(ROOT_CONTEXT, headers, { get, keys: Object.keys });
}

async function runIn<T>(span: OpenTelemetrySpan, work: (span: CurrentSpan) => Promise<T>): Promise<T> {
  try {
    return await asCurrent(span, () => work(span));
  } catch (error) {
    // The message of a defect may say anything.
    const known = [error, (error as Error).cause].find((one) => one instanceof CanaryError);
    if (known === undefined) span.fail('INTERNAL');
    else span.fail(known.code, known.message);
    throw error;
  } finally {
    span.end();
  }
}

class OpenTelemetrySpan implements OpenSpan {
  readonly headers: OutgoingTrace;
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;

  constructor(tracer: Tracer, { name, kind, attributes = {} }: SpanShape, above: Context) {
    this.#tracer = tracer;
    this.#span = tracer.startSpan(name, { kind: kindOf(kind), attributes: { ...attributes } }, above);
    this.#context = trace.setSpan(above, this.#span);
    this.headers = headersOf(this.#context);
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes({ ...attributes });
  }

  fail(type: string, message?: string): void {
    this.#span.setAttribute('error.type', type);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
  }

  within<T>(shape: SpanShape, work: (span: CurrentSpan) => Promise<T>): Promise<T> {
    return runIn(new OpenTelemetrySpan(this.#tracer, shape, this.#context), work);
  }

  past({ name, kind, attributes = {} }: SpanShape, seconds: number, failed: boolean): void {
    const startTime = performance.timeOrigin + performance.now() - seconds * 1000;
    const options = { kind: kindOf(kind), attributes: { ...attributes }, startTime };
    const span = this.#tracer.startSpan(name, options, this.#context);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  end(): void {
    this.#span.end();
  }
}

function kindOf(kind: SpanShape['kind']): SpanKind {
  return kind === undefined ? SpanKind.INTERNAL : KINDS[kind];
}

function headersOf(within: Context): OutgoingTrace {
  const headers = { traceparent: '' };
  propagator.inject(within, headers, { set: (carrier, key, value) => void Object.assign(carrier, { [key]: value }) });
  return headers;
}

/** The library's words, which name the receiver and never a header. */
function diagLog(log: Log) {
  const tell = (said: string) => log.warn({ said: said.slice(0, 500) }, 'traces not sent');
  return { error: tell, warn: tell, info: () => {}, debug: () => {}, verbose: () => {} };
}
