import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { maskPath } from '../shared/http/path-secrets.ts';
import { invalidQuery, SeriesFields } from '../shared/query/query-fields.ts';
import { expandEncoded } from '../shared/query/template.ts';
import type { WebAccount } from './account.ts';
import { addressOf, addressProblem } from './allowed-url.ts';
import { pathProblem } from './json-path.ts';

/** Headers for credentials and framing, which a query must not set. */
const RESERVED_HEADERS =
  /^(authorization|proxy-.*|cookie|host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|accept-encoding|user-agent)$/i;

const Path = z.string().superRefine((written, context) => {
  const problem = pathProblem(written);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const Header = z.object({
  key: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header')
    .refine((name) => !RESERVED_HEADERS.test(name), {
      error: 'cannot be set by a query; credentials belong to the account',
    })
    .describe('name of the header'),
  value: z.string().describe('may contain `${name}` variables'),
});

export const WebQuery = z
  .object({
    type: z.literal('web'),
    method: z.enum(['GET', 'POST', 'PUT']).default('GET').describe('of the request'),
    url: z
      .string()
      .min(1)
      .describe(
        "relative to the account's endpoint.baseUrl, or absolute; values of `${name}` variables are URL-encoded",
      ),
    headers: z.array(Header).default([]).describe('values may contain `${name}` variables; no credentials'),
    body: z.string().optional().describe('for POST and PUT; may contain `${name}` variables'),
    jsonBody: z
      .unknown()
      .optional()
      .describe('instead of body: JSON whose texts may contain variables, or JSON as a text, with values escaped'),
    timeoutSeconds: z.number().int().min(1).default(10).describe("at most the account's timeoutMillis"),
    jsonPath: Path.default('$').describe('JSONPath (RFC 9535, braces allowed) to the points or the number'),
    mode: z
      .enum(['points', 'columns', 'scalar'])
      .default('points')
      .describe(
        'what jsonPath finds: points; columns: separate lists of times and values; scalar: one number for ' +
          'the whole window',
      ),
    timePath: Path.default('$[0]').describe('within a point'),
    valuePath: Path.default('$[1]').describe('within a point'),
    timesPath: Path.optional().describe('for columns: the path to the times, within what jsonPath finds'),
    valuesPath: Path.optional().describe('for columns: the path to the values'),
    timeUnit: z.enum(['s', 'ms', 'us', 'ns', 'iso']).default('s').describe('unit of times since 1970; or ISO-8601'),
    labelAt: z
      .enum(['start', 'end', 'instant'])
      .default('start')
      .describe('whether a time labels the start or end of its step, or the instant of measurement'),
    combine: z
      .enum(['mean', 'sum', 'max', 'min', 'last'])
      .default('mean')
      .describe('how several points of a step are combined'),
    seriesPath: Path.optional().describe('path to several series; the other paths are then within each'),
    tagsPath: Path.optional().describe('an object whose members are the tags of a series'),
    partialPath: Path.optional().describe(
      'path to what says that the answer is partial: true, a number above 0, a text, or a list that is not empty',
    ),
    nextUrlPath: Path.optional().describe('path to the address of the next page'),
    maxPages: z.number().int().min(1).max(1000).default(10).describe('an answer with more pages is an error'),
    ...SeriesFields,
  })
  .refine(({ method, body, jsonBody }) => method !== 'GET' || (body === undefined && jsonBody === undefined), {
    path: ['method'],
    error: 'must be POST or PUT, since there is a body',
  })
  .refine(({ body, jsonBody }) => body === undefined || jsonBody === undefined, {
    path: ['jsonBody'],
    error: 'and body exclude each other; keep one of them',
  })
  .refine(({ mode, timesPath, valuesPath }) => mode !== 'columns' || (timesPath && valuesPath), {
    path: ['mode'],
    error: "'columns' needs timesPath and valuesPath",
  })
  .refine(({ mode, nextUrlPath }) => mode !== 'scalar' || nextUrlPath === undefined, {
    path: ['nextUrlPath'],
    error: "cannot be combined with mode 'scalar'",
  })
  .meta({ id: 'WebQuery' });
export type WebQuery = z.infer<typeof WebQuery>;

export type WebRequest = MetricsRequest<WebQuery, WebAccount>;

/** The request without what the account adds. */
export interface WebMessage {
  readonly method: WebQuery['method'];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly type: string; readonly text: string } | undefined;
}

/** @throws CanaryError METRICS_QUERY_INVALID */
export function buildMessage(request: WebRequest): WebMessage {
  const { method, headers } = request.query;
  const filled = headers.map(({ key, value }) => [key, headerValue(request, key, value)] as const);
  const type = filled.findLast(([key]) => key.toLowerCase() === 'content-type')?.[1];
  return {
    method,
    url: urlOf(request),
    headers: Object.fromEntries(filled.filter(([key]) => key.toLowerCase() !== 'content-type')),
    body: bodyOf(request, type),
  };
}

/** The message as text. @throws CanaryError METRICS_QUERY_INVALID */
export function buildQuery(request: WebRequest): string {
  const { method, url, headers, body } = buildMessage(request);
  const shown = body === undefined ? headers : { ...headers, 'Content-Type': body.type };
  const lines = Object.entries(shown).map(([name, value]) => `${name}: ${value}`);
  return [
    `${method} ${maskPath(url.href, request.account.endpoint?.baseUrl)}`,
    ...lines,
    ...(body === undefined ? [] : ['', body.text]),
  ].join('\n');
}

function urlOf(request: WebRequest): URL {
  const { account, query } = request;
  const text = expand(request, query.url, encodeURIComponent);
  const url = addressOf(account, text);
  if (url === undefined) {
    const remedy =
      account.endpoint === undefined ? '; write an absolute URL, since the account has no endpoint.baseUrl' : '';
    throw invalidQuery(request, `query.url '${text}' is not the URL of a store${remedy}`);
  }
  url.hash = '';
  const problem = addressProblem(account, url);
  if (problem !== undefined)
    throw invalidQuery(
      request,
      `query.url: ${maskPath(`${url.origin}${url.pathname}`, account.endpoint?.baseUrl)} ${problem}`,
    );
  return url;
}

function headerValue(request: WebRequest, key: string, value: string): string {
  const text = expand(request, value, (inside) => inside);
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) return text;
  throw invalidQuery(
    request,
    `query.headers: the value of '${key}' contains line breaks or control characters; remove them from it or from the value of its variable`,
  );
}

function bodyOf(request: WebRequest, type: string | undefined): WebMessage['body'] {
  const { body, jsonBody } = request.query;
  if (body !== undefined) {
    return { type: type ?? 'text/plain; charset=utf-8', text: expand(request, body, (inside) => inside) };
  }
  if (jsonBody === undefined) return undefined;
  return { type: type ?? 'application/json', text: jsonText(request, jsonBody) };
}

function jsonText(request: WebRequest, json: unknown): string {
  if (typeof json !== 'string') {
    return JSON.stringify(json, (_, value: unknown) =>
      typeof value === 'string' ? expand(request, value, (inside) => inside) : value,
    );
  }
  const text = expand(request, json, (inside) => JSON.stringify(inside).slice(1, -1));
  try {
    JSON.parse(text);
  } catch {
    throw invalidQuery(request, `query.jsonBody is not JSON once its variables are expanded: ${text.slice(0, 200)}`);
  }
  return text;
}

function expand(request: WebRequest, text: string, encode: (value: string) => string): string {
  return expandEncoded({ text, request, encode });
}
