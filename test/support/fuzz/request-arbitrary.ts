import { METHODS } from 'node:http';
import fc from 'fast-check';
import { anyText } from '../any-text.ts';
import { nearExample } from '../http/near-example.ts';
import { schemaArbitrary } from '../schema-arbitrary.ts';
import type { ApiDocument, Operation, Parameter } from './api-document.ts';
import { type Corpus, knownTexts, wildTexts } from './corpus.ts';
import { type FuzzRequest, pathOf } from './fuzz-request.ts';
import { HOSTILE_TEXTS } from './hostile-values.ts';
import { brokenBody, type FuzzBody, plainBody } from './json-bodies.ts';
import { changedJson } from './json-changes.ts';

/** Shrinking tries values of the first kind. */
const SIMPLEST_FIRST = { withCrossShrink: true };

/** Requests for one operation: valid, wrong in a few places, and broken ones. */
export function requestsFor(operation: Operation, document: ApiDocument, corpus: Corpus): fc.Arbitrary<FuzzRequest> {
  return assembled(operation, corpus, bodiesFor(operation, document));
}

/** One request for one operation with each of these bodies. */
export function requestsWith(bodies: readonly FuzzBody[], operation: Operation, corpus: Corpus): FuzzRequest[] {
  const path = operation.parameters.filter((parameter) => parameter.in === 'path');
  const target = path.reduce(
    (filled, parameter) => filled.replace(`{${parameter.name}}`, knownTexts(parameter, operation, corpus)[0] ?? 'x'),
    operation.path,
  );
  return bodies.map(({ headers, bytes }) => ({ method: operation.method, target, headers, body: bytes }));
}

/** Methods a path does not have, and unknown paths. */
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
    .filter(({ method, target }) => document.find(method, pathOf(target)) === undefined)
    .map(({ method, target, headers, body }) => ({
      method,
      target,
      headers: { ...(body?.headers ?? {}), ...headers },
      ...(body === null ? {} : { body: body.bytes }),
    }));
}

/** CONNECT requests a tunnel; Node's client cannot wait for its rejection. */
const SENDABLE = METHODS.filter((method) => method !== 'CONNECT');
const strayBody = fc.jsonValue().map(plainBody);

function assembled(
  operation: Operation,
  corpus: Corpus,
  bodies: fc.Arbitrary<FuzzBody | undefined>,
): fc.Arbitrary<FuzzRequest> {
  const headers = fc.oneof(
    SIMPLEST_FIRST,
    { weight: 6, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: oddHeaders },
  );
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
  const texts = fc.oneof(fc.string(), anyText(), fc.constantFrom(...HOSTILE_TEXTS));
  const options = { components: document.components, texts };
  const generated = schemaArbitrary(body.schema, options);
  const values = fc.oneof(
    SIMPLEST_FIRST,
    { weight: body.example === undefined ? 0 : 4, arbitrary: nearExample(body.schema, body.example, options) },
    { weight: 1, arbitrary: generated },
  );
  return fc.oneof(
    SIMPLEST_FIRST,
    { weight: 8, arbitrary: values.map(plainBody) },
    { weight: 10, arbitrary: changedJson(values).map(plainBody) },
    { weight: 4, arbitrary: brokenBody(values) },
    { weight: 1, arbitrary: none },
  );
}

/** Path and query: with known values, with any values, or broken as a whole. */
function targetsOf(operation: Operation, corpus: Corpus): fc.Arbitrary<string> {
  const tame = (parameter: Parameter) => {
    const known = knownTexts(parameter, operation, corpus);
    return known.length === 0 ? fc.constant('x') : fc.constantFrom(known[0] ?? '', ...known);
  };
  const wild = (parameter: Parameter) => wildTexts(parameter, operation, corpus);
  return fc.oneof(
    SIMPLEST_FIRST,
    { weight: 3, arbitrary: targetOf(operation, tame, 'seldom') },
    { weight: 2, arbitrary: targetOf(operation, tame, 'always') },
    { weight: 2, arbitrary: targetOf(operation, wild, 'seldom') },
    { weight: 1, arbitrary: fc.tuple(targetOf(operation, tame, 'seldom'), fc.constantFrom(...SPOILERS)).map(spoiled) },
  );
}

/** @param optional how often optional parameters are set */
function targetOf(
  { path, parameters }: Operation,
  valuesOf: (parameter: Parameter) => fc.Arbitrary<string>,
  optional: 'always' | 'seldom',
): fc.Arbitrary<string> {
  const values = parameters.map((parameter): fc.Arbitrary<string | undefined> => {
    const needed = parameter.required === true || optional === 'always';
    return needed
      ? valuesOf(parameter)
      : fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: valuesOf(parameter) });
  });
  return fc.tuple(...values).map((given) => {
    const pairs = parameters.map((parameter, index) => ({ ...parameter, value: given[index] }));
    const query = pairs.filter((pair) => pair.in === 'query' && pair.value !== undefined);
    const whole = query.map(({ name, value = '' }) => `${name}=${escaped(value)}`).join('&');
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, variable: string) =>
      escaped(pairs.find((pair) => pair.in === 'path' && pair.name === variable)?.value ?? ''),
    );
    return whole === '' ? filled : `${filled}?${whole}`;
  });
}

function spoiled([target, spoil]: [string, (target: string) => string]): string {
  return spoil(target);
}

/** A lone surrogate cannot be escaped. */
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
  anyText({ maxLength: 12 }).map(escaped),
);
const randomTargets = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);

/** The headers in the document. */
function parameterHeaders(operation: Operation, corpus: Corpus): fc.Arbitrary<Record<string, string>> {
  const headers = operation.parameters.filter((parameter) => parameter.in === 'header');
  const values = headers.map((parameter) => [parameter.name, wildTexts(parameter, operation, corpus)]);
  return fc
    .record(Object.fromEntries(values) as Record<string, fc.Arbitrary<string>>, { requiredKeys: [] })
    .map((given) => Object.fromEntries(Object.entries(given).map(([name, value = '']) => [name, headerText(value)])));
}

/** The part of a text that is valid in a header. */
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
