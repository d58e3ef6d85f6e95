import type { JsonSchema } from '../schema-arbitrary.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface Content {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  /** with its parameters in braces: `/canary/{canaryExecutionId}` */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** of JSON; absent when the operation takes none */
  readonly body?: Content;
  /** by status; a response without content has none */
  readonly responses: Readonly<Record<string, Readonly<Record<string, Content>>>>;
}

export interface ApiDocument {
  readonly operations: readonly Operation[];
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** The operation a request with this method and path reaches; `HEAD` reaches `GET`. */
  find(method: string, pathname: string): Operation | undefined;
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}

/** Parses the result of `http.swagger()`. */
export function readApiDocument(document: object): ApiDocument {
  const { paths, components } = structuredClone(document) as {
    paths: Record<string, Record<string, RawOperation>>;
    components: { schemas: Record<string, JsonSchema> };
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => toOperation(method.toUpperCase(), path, operation)),
  );
  const patterns = operations.map((operation) => ({ operation, pattern: patternOf(operation.path) }));
  return {
    operations,
    components: components.schemas,
    find: (method, pathname) => {
      const asked = method === 'HEAD' ? 'GET' : method;
      return patterns
        .filter(({ operation, pattern }) => operation.method === asked && pattern.test(pathname))
        .map(({ operation }) => operation)
        .sort((a, b) => variablesOf(a.path) - variablesOf(b.path))[0];
    },
  };
}

function toOperation(method: string, path: string, raw: RawOperation): Operation {
  const body = raw.requestBody?.content['application/json'];
  return {
    operationId: raw.operationId,
    method,
    path,
    parameters: raw.parameters ?? [],
    ...(body === undefined ? {} : { body }),
    responses: Object.fromEntries(
      Object.entries(raw.responses).map(([status, { content = {} }]) => [status, withoutNothing(content)]),
    ),
  };
}

/** A response without a body is described as JSON `null`. */
function withoutNothing(content: Readonly<Record<string, Content>>): Record<string, Content> {
  return Object.fromEntries(Object.entries(content).filter(([, { schema }]) => schema.type !== 'null'));
}

function patternOf(path: string): RegExp {
  const text = path.replaceAll(/[.+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${text}/?$`);
}

function variablesOf(path: string): number {
  return path.split('{').length;
}
