import { readdirSync, readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import Fastify, { type FastifySchema, type RouteOptions } from 'fastify';
import { z } from 'zod';
import type { JudgeDescription } from '../../domain/canary-judge.ts';
import { PACKAGE_ROOT } from '../../package-root.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { permissionOf } from '../request/route-permissions.ts';
import { type JsonSchema, toJsonSchema } from '../request/zod.ts';
import { withOpenUnions } from './open-unions.ts';

const EXAMPLES = new URL('openapi/examples/operations/', PACKAGE_ROOT);

const TAGS = [
  { name: 'Canary runs', description: 'Start, read, list and cancel runs' },
  { name: 'Standalone analyses', description: 'Judge repeatedly over a lifetime' },
  { name: 'Reports', description: 'The outcome of a run or analysis, for people and tools' },
  { name: 'Canary configs', description: 'What to measure and how to weigh it' },
  { name: 'Backtests', description: 'How often a config alarms without a reason, and what it finds' },
  { name: 'Gates', description: 'The verdict in the dialect of other tools' },
  { name: 'Judges', description: 'Series in, verdict out' },
  { name: 'Stored series', description: 'The data behind a verdict' },
  { name: 'Canary result archive', description: 'Ended runs, from here or imported' },
  { name: 'Accounts', description: 'The metrics stores and the store' },
  { name: 'Access', description: 'Who may use the service, and who did what' },
  { name: 'Operation', description: 'For operators' },
];

const DESCRIPTION =
  'Automated canary analysis. Every error has one shape: `message`, `errorCode`, `status`, `error`, `timestamp`. ' +
  'Non-finite numbers are the strings "NaN", "Infinity", "-Infinity"; absent fields are omitted. ' +
  'Any operation may be refused with 403: `HOST_REFUSED` when the service is called by a name that ' +
  '`server.allowedHosts` does not have, `ORIGIN_REFUSED` when a browser writes for a page whose origin ' +
  '`server.allowedOrigins` does not have. Clients that are no browsers need neither. ' +
  'With 503 `LIMIT_REACHED` it names the limit of the configuration that is reached.';

/** Any of them is enough. */
const WITH_CREDENTIALS = [{ token: [] }, { password: [] }];

const SECURITY_SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description: 'a token of `haldane token create`, or a JWT of a configured issuer',
  },
  password: { type: 'http', scheme: 'basic', description: 'any user name, and a token as the password' },
} as const;

/** What a caller needs, as the route says. A public route needs nothing. */
function securityOf(route: RouteOptions) {
  const permission = permissionOf(route);
  return { 'x-permission': permission, ...(permission === 'public' ? { security: [] } : {}) };
}

export interface DocumentOptions {
  readonly version: string;
  /** the query schema of each metrics store */
  readonly querySchemas: readonly z.ZodType[];
  /** the settings schemas of each judge */
  readonly judges: readonly JudgeDescription[];
}

/** A route as far as the document tells of it. */
export type DescribedRoute = Pick<RouteOptions, 'method' | 'url' | 'schema' | 'config'>;

export interface ApiDocument {
  readonly json: object;
  readonly yaml: string;
}

/** Nobody calls these routes. Named at once, since the package has no compilers of Fastify's own. */
const NO_COMPILERS = { buildValidator: () => (() => () => true) as never, buildSerializer: () => () => JSON.stringify };

/** The routes as OpenAPI 3.1. It is made by a server of its own, so that only who reads it waits for it. */
export async function createApiDocument(
  routes: readonly DescribedRoute[],
  { version, querySchemas, judges }: DocumentOptions,
): Promise<ApiDocument> {
  const components: Record<string, JsonSchema> = {};
  const queries = querySchemas.map((schema) => toJsonSchema(schema, components));
  for (const { name, Settings, MetricSettings } of judges) {
    components[`${name}.Settings`] = toJsonSchema(Settings, components);
    components[`${name}.MetricSettings`] = toJsonSchema(MetricSettings, components);
  }
  const judgeNames = judges.map(({ name }) => name);
  const http = Fastify({ exposeHeadRoutes: false, schemaController: { compilersFactory: NO_COMPILERS } });
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Haldane',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0.html' },
      },
      servers: [{ url: '/' }],
      security: WITH_CREDENTIALS,
      components: { securitySchemes: SECURITY_SCHEMES },
      tags: TAGS,
    },
    transform: ({ schema, url, route }) => ({
      schema: { ...withJsonSchemas(schema, components), ...securityOf(route) },
      url,
    }),
    transformObject: (document) =>
      withExamples(
        { ...('openapiObject' in document ? document.openapiObject : {}) } as OpenApiDocument,
        withOpenUnions(components, { queries, judgeNames }),
      ) as never,
  });
  await http.register(async (scope) => {
    for (const route of routes) scope.route({ ...route, handler: nothing });
  });
  await http.ready();
  return { json: http.swagger(), yaml: http.swagger({ yaml: true }) };
}

async function nothing(): Promise<void> {}

function withJsonSchemas(schema: FastifySchema | undefined, components: Record<string, JsonSchema>): FastifySchema {
  const converted = Object.entries(schema ?? {}).map(([key, value]) => [
    key,
    key === 'response' ? convertResponses(value, components) : convert(value, components),
  ]);
  return Object.fromEntries(converted);
}

function convert(value: unknown, components: Record<string, JsonSchema>): unknown {
  return value instanceof z.ZodType ? toJsonSchema(value, components) : value;
}

/** An answer that is described by the media types it may have. */
function withContent(response: unknown, components: Record<string, JsonSchema>): unknown {
  const { content, ...described } = response as { content?: Readonly<Record<string, { schema?: unknown }>> };
  if (content === undefined) return response;
  const types = Object.entries(content).map(([type, media]) => [
    type,
    media.schema === undefined ? media : { ...media, schema: convert(media.schema, components) },
  ]);
  return { ...described, content: Object.fromEntries(types) };
}

function convertResponses(responses: object, components: Record<string, JsonSchema>): Record<string, unknown> {
  const all = { default: ErrorResponse.describe('any other failure'), ...responses };
  return Object.fromEntries(
    Object.entries(all).map(([status, schema]) => {
      if (!(schema instanceof z.ZodType)) return [status, withContent(schema, components)];
      const description = (schema as z.ZodType).description ?? STATUS_CODES[status];
      if (schema instanceof z.ZodUndefined) return [status, { type: 'null', description }];
      return [status, { ...toJsonSchema(schema as z.ZodType, components), description }];
    }),
  );
}

interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: object;
}

interface Operation {
  operationId?: string;
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, { content?: Record<string, MediaType> }>;
}

interface MediaType {
  example?: unknown;
}

/** One example exchange: `openapi/examples/operations/<operationId>.json`. */
interface Example {
  request?: unknown;
  response?: unknown;
  /** error responses, by status */
  refusals?: Record<string, unknown>;
}

function withExamples(document: OpenApiDocument, schemas: Record<string, JsonSchema>): OpenApiDocument {
  const examples = readExamples();
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const example = examples.get(operation.operationId ?? '');
    if (example === undefined) continue;
    illustrate(operation.requestBody?.content, example.request);
    illustrate(operation.responses['200']?.content, example.response);
    for (const [status, body] of Object.entries(example.refusals ?? {})) {
      illustrate(operation.responses[status]?.content, body);
    }
  }
  return { ...document, components: { ...document.components, schemas: sorted(schemas) } };
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function illustrate(content: Record<string, MediaType> | undefined, example: unknown): void {
  if (example === undefined) return;
  for (const mediaType of Object.values(content ?? {})) mediaType.example = example;
}

function readExamples(): Map<string, Example> {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.json'));
  return new Map(
    names.map((name) => [name.replace('.json', ''), JSON.parse(readFileSync(new URL(name, EXAMPLES), 'utf8'))]),
  );
}
