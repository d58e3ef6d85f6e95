import { gunzipSync } from 'node:zlib';
import { readFields, type WireField } from '../protobuf-fields.ts';
import { startLoopback } from './loopback-server.ts';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer */
  readonly kind: number;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** 2: error */
  readonly status: number;
  readonly message: string;
  readonly resource: Readonly<Record<string, string | number | boolean>>;
}

export interface OtlpReceiver {
  readonly baseUrl: string;
  readonly spans: ReceivedSpan[];
  readonly headers: Record<string, unknown>[];
  stop(): Promise<void>;
}

/**
 * Receives spans by OTLP over HTTP and decodes them by the fields of
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto.
 */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const headers: Record<string, unknown>[] = [];
  const { baseUrl, stop } = await startLoopback(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    headers.push({ ...request.headers, path: request.url });
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    spans.push(...spansOf(plain));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  return { baseUrl, spans, headers, stop };
}

/** ExportTraceServiceRequest: 1 resource_spans; ResourceSpans: 1 resource, 2 scope_spans; ScopeSpans: 2 spans. */
function spansOf(request: Buffer): ReceivedSpan[] {
  return messages(readFields(request), 1).flatMap((ofResource) => {
    const [resource = Buffer.alloc(0)] = messages(readFields(ofResource), 1);
    const attributes = attributesOf(readFields(resource), 1);
    const scopes = messages(readFields(ofResource), 2);
    return scopes.flatMap((scope) =>
      messages(readFields(scope), 2).map((span) => spanOf(readFields(span), attributes)),
    );
  });
}

function spanOf(fields: readonly WireField[], resource: ReceivedSpan['resource']): ReceivedSpan {
  const hex = (number: number) => messages(fields, number)[0]?.toString('hex') ?? '';
  const status = readFields(messages(fields, 15)[0] ?? Buffer.alloc(0));
  return {
    traceId: hex(1),
    spanId: hex(2),
    parentSpanId: hex(4),
    name: messages(fields, 5)[0]?.toString() ?? '',
    kind: Number(numbers(fields, 6)[0] ?? 0n),
    startNanos: numbers(fields, 7)[0] ?? 0n,
    endNanos: numbers(fields, 8)[0] ?? 0n,
    attributes: attributesOf(fields, 9),
    status: Number(numbers(status, 3)[0] ?? 0n),
    message: messages(status, 2)[0]?.toString() ?? '',
    resource,
  };
}

/** KeyValue: 1 key, 2 AnyValue; AnyValue: 1 string, 2 bool, 3 int, 4 double. */
function attributesOf(fields: readonly WireField[], number: number): Record<string, string | number | boolean> {
  const pairs = messages(fields, number).map((pair) => {
    const [key = Buffer.alloc(0)] = messages(readFields(pair), 1);
    const value = readFields(messages(readFields(pair), 2)[0] ?? Buffer.alloc(0))[0];
    return [key.toString(), value === undefined ? '' : anyValue(value)] as const;
  });
  return Object.fromEntries(pairs);
}

function anyValue({ number, value }: WireField): string | number | boolean {
  if (typeof value !== 'bigint') return number === 4 ? value.readDoubleLE() : value.toString();
  return number === 2 ? value === 1n : Number(value);
}

function messages(fields: readonly WireField[], number: number): Buffer[] {
  return fields.flatMap((field) => (field.number === number && typeof field.value !== 'bigint' ? [field.value] : []));
}

function numbers(fields: readonly WireField[], number: number): bigint[] {
  return fields.flatMap(({ number: one, value }) => {
    if (one !== number) return [];
    return [typeof value === 'bigint' ? value : value.readBigUInt64LE()];
  });
}
