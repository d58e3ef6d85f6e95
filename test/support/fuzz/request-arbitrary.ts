import { METHODS } from 'node:http';
import fc from 'fast-check';
import { schemaArbitrary } from '../schema-arbitrary.ts';
import type { ApiDocument, Operation, Parameter } from './api-document.ts';
import { type Corpus, parameterTexts } from './corpus.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { HOSTILE_TEXTS } from './hostile-values.ts';
import { brokenBody, type FuzzBody, giantBody, plainBody } from './json-bodies.ts';
import { changedJson } from './json-changes.ts';

/** Requests for one operation: good ones, ones that are wrong in a few places, broken ones. */
export function requestsFor(operation: Operation, document: ApiDocument, corpus: Corpus): fc.Arbitrary<FuzzRequest> {
  return assembled(operation, corpus, bodiesFor(operation, document));
}

/** Requests for one operation with bodies as large as the service reads. */
export function giantRequestsFor(operation: Operation, corpus: Corpus): fc.Arbitrary<FuzzRequest> {
  return fc.tuple(targetsOf(operation, corpus), giantBody(operation.body?.example)).map(([target, body]) => ({
    method: operation.method,
    target,
    headers: body.headers,
    body: body.bytes,
  }));
}

/** Methods that a path does not have, and paths that there are not. */
export function strayRequests(document: ApiDocument, corpus: Corpus): fc.Arbitrary<FuzzRequest> {
  const known = fc.constantFrom(...document.operations).chain((operation) => targetsOf(operation, corpus));
  const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', ...SENDABLE);
  return fc
    .record({
      method: methods,
      target: fc.oneof(known, randomTargets),
      headers: oddHeaders,
      body: fc.option(strayBody),
    })
    .filter(({ method, target }) => document.find(method, target.split('?')[0] ?? '') === undefined)
    .map(({ method, target, headers, body }) => ({
      method,
      target,
      headers: { ...(body?.headers ?? {}), ...headers },
      ...(body === null ? {} : { body: body.bytes }),
    }));
}

/** CONNECT asks for a tunnel, which is no request of ours; Node's client cannot wait for its refusal. */
const SENDABLE = METHODS.filter((method) => method !== 'CONNECT');
const strayBody = fc.jsonValue().map(plainBody);

function assembled(
  operation: Operation,
  corpus: Corpus,
  bodies: fc.Arbitrary<FuzzBody | undefined>,
): fc.Arbitrary<FuzzRequest> {
  const headers = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: oddHeaders });
  return fc
    .tuple(targetsOf(operation, corpus), bodies, parameterHeaders(operation, corpus), headers)
    .map(([target, body, declared, odd]) => ({
      method: operation.method,
      target,
      headers: { ...(body?.headers ?? {}), ...declared, ...odd },
      ...(body === undefined ? {} : { body: body.bytes }),
    }));
}

function bodiesFor({ body }: Operation, document: ApiDocument): fc.Arbitrary<FuzzBody | undefined> {
  const none = fc.constant(undefined);
  if (body === undefined) return fc.oneof({ weight: 9, arbitrary: none }, { weight: 1, arbitrary: strayBody });
  const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE_TEXTS));
  const generated = schemaArbitrary(body.schema, { components: document.components, texts });
  const values = body.example === undefined ? generated : fc.oneof(fc.constant(body.example), generated);
  return fc.oneof(
    { weight: 4, arbitrary: values.map(plainBody) },
    { weight: 10, arbitrary: changedJson(values).map(plainBody) },
    { weight: 4, arbitrary: brokenBody(values) },
    { weight: 1, arbitrary: none },
  );
}

/** Path and query: as the document has them, with hostile values, or spoiled as a whole. */
function targetsOf(operation: Operation, corpus: Corpus): fc.Arbitrary<string> {
  const of = (place: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === place);
  const path = fc.record(Object.fromEntries(of('path').map(({ name }) => [name, parameterTexts(name, corpus)])));
  const query = fc.record(Object.fromEntries(of('query').map(({ name }) => [name, parameterTexts(name, corpus)])), {
    requiredKeys: of('query').flatMap(({ name, required }) => (required ? [name] : [])),
  });
  const spoil = fc.oneof(
    { weight: 6, arbitrary: fc.constant((target: string) => target) },
    { weight: 1, arbitrary: fc.constantFrom(...SPOILERS) },
  );
  return fc
    .tuple(path, query, spoil)
    .map(([variables, parameters, change]) => change(`${filled(operation.path, variables)}${queryOf(parameters)}`));
}

function filled(path: string, variables: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => escaped(variables[name] ?? ''));
}

function queryOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(parameters).map(([name, value = '']) => `${name}=${escaped(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Half a surrogate pair has no escape. */
function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const joined = (target: string) => (target.includes('?') ? '&' : '?');

const SPOILERS: readonly ((target: string) => string)[] = [
  (target) => `${target}%`,
  (target) => `${target}%zz`,
  (target) => target.replace('?', '%e0%a4%a?'),
  (target) => target.replace(/\/(\w)/, '/%$1'),
  (target) => `${target}${joined(target)}x=%ff%fe`,
  (target) => `${target}${joined(target)}__proto__=1&__proto__[polluted]=1&constructor=2&toString=3`,
  (target) => `${target}${joined(target)}&&&=&=x&[]=1&a[]=1&a[b]=2`,
  (target) => `${target}${joined(target)}${(target.split('?')[1] ?? 'x=1').repeat(3)}`,
  (target) => target.replaceAll(/=[^&]*/g, '='),
  (target) => target.replaceAll(/=[^&]*/g, ''),
  (target) => target.replace('?', '?&').replaceAll('&', ';'),
  (target) => `${target}${joined(target)}${'x=1&'.repeat(2000)}`,
  (target) => `${target}/`,
  (target) => `/${target}`,
  (target) => target.replaceAll('/', '//'),
  (target) => target.replace('/', '/./').replace('?', '/..?'),
  (target) => `${target}#part`,
  (target) => `http://elsewhere.example${target}`,
  (target) => target.replaceAll('/', '%2F'),
  (target) => target.replaceAll('/', '\\'),
  (target) => target.toUpperCase(),
  (target) => `${target}${joined(target)}${'y'.repeat(20_000)}`,
  (target) => target.replace(/\/[^/?]*(\?|$)/, `/${'z'.repeat(4097)}$1`),
];

const segment = fc.oneof(
  fc.constantFrom('canary', 'canaryConfig', 'docs', 'static', 'admin', 'v3', '..', '.', '', '*', ':id', '{id}'),
  fc.string({ unit: 'binary', maxLength: 12 }).map(escaped),
);
const randomTargets = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);

/** The headers the document tells of. */
function parameterHeaders({ parameters }: Operation, corpus: Corpus): fc.Arbitrary<Record<string, string>> {
  const headers = parameters.filter((parameter) => parameter.in === 'header');
  return fc
    .record(Object.fromEntries(headers.map(({ name }) => [name, parameterTexts(name, corpus)])), { requiredKeys: [] })
    .map((values) => Object.fromEntries(Object.entries(values).map(([name, value = '']) => [name, headerText(value)])));
}

/** What a header may hold, of any text. */
function headerText(text: string): string {
  return text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}

const oddHeaders = fc
  .subarray(
    [
      ['prefer', 'wait=1'],
      ['accept', 'application/xml'],
      ['accept', 'text/html'],
      ['accept-encoding', 'gzip, br;q=0'],
      ['accept-version', '9.x'],
      ['content-encoding', 'br'],
      ['content-language', '\u00e9'],
      ['connection', 'close'],
      ['cookie', 'x=1; '.repeat(500)],
      ['expect', '100-continue'],
      ['if-match', '"x"'],
      ['if-none-match', '*'],
      ['origin', 'null'],
      ['origin', 'https://elsewhere.example'],
      ['range', 'bytes=5-1'],
      ['host', 'elsewhere.example:99999'],
      ['x-forwarded-host', '../..'],
      ['x-http-method-override', 'DELETE'],
      ['x-long', 'y'.repeat(9000)],
      ['x-longer', 'y'.repeat(17_000)],
    ] as [string, string][],
    { minLength: 1, maxLength: 3 },
  )
  .map((headers): Record<string, string> => Object.fromEntries(headers));
