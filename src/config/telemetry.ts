import { z } from 'zod';

const Metrics = z.strictObject({
  open: z.boolean().default(false).describe('whether /metrics needs no authentication; it has names, no secrets'),
  applications: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(100)
    .describe('told apart in metrics, the first that are seen; all others are one, other'),
});

const Traces = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://collector:4318/v1/traces' })
    .optional()
    .describe('where spans go, by OTLP over HTTP (protobuf), with the path; absent: nothing is traced'),
  headers: z.record(z.string(), z.string()).default({}).describe('sent with them, such as a key'),
  sampleRatio: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('of the traces that begin here; a request that is part of a trace decides itself'),
  resource: z
    .record(z.string(), z.string())
    .default({})
    .describe('attributes of the resource, such as deployment.environment.name'),
  serviceName: z.string().min(1).default('haldane').describe('service.name of the resource'),
});

/** What the service tells of itself. */
export const Telemetry = z.strictObject({
  metrics: Metrics.prefault({}).describe('of /metrics; see docs/operations/metrics.md'),
  traces: Traces.prefault({}).describe('spans of OpenTelemetry; see docs/operations/traces.md'),
});

const SPOKEN = 'http/protobuf';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables every program that speaks OpenTelemetry has, which take precedence over the file:
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/. Headers, timeout and compression
 * (`OTEL_EXPORTER_OTLP_HEADERS`, …) are read by the exporter itself.
 */
export function tracesFromEnvironment(environment: Environment): Record<string, unknown> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES } = environment;
  const endpoint = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || (base && `${base.replace(/\/+$/, '')}/v1/traces`);
  const ratio = environment.OTEL_TRACES_SAMPLER_ARG;
  return {
    ...(endpoint ? { endpoint } : {}),
    ...(ratio ? { sampleRatio: Number(ratio) } : {}),
    ...(OTEL_SERVICE_NAME ? { serviceName: OTEL_SERVICE_NAME } : {}),
    ...(OTEL_RESOURCE_ATTRIBUTES ? { resource: attributesIn(OTEL_RESOURCE_ATTRIBUTES) } : {}),
    ...(isOff(environment) ? { endpoint: undefined } : {}),
  };
}

function isOff(environment: Environment): boolean {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER } = environment;
  const isDisabled = OTEL_SDK_DISABLED === 'true' || OTEL_TRACES_EXPORTER === 'none';
  return isDisabled || unspokenProtocol(environment) !== undefined;
}

/** The protocol of the environment, where it is none that is spoken here: gRPC is often at another port. */
export function unspokenProtocol(environment: Environment): string | undefined {
  const { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL, OTEL_EXPORTER_OTLP_PROTOCOL } = environment;
  const protocol = OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || OTEL_EXPORTER_OTLP_PROTOCOL;
  return protocol === undefined || protocol === '' || protocol === SPOKEN ? undefined : protocol;
}

/** `key=value,key=value`, percent-encoded. */
function attributesIn(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(pairs.map(([key = '', ...value]) => [key.trim(), decoded(value.join('=').trim())]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
