import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { openApiText } from '../openapi/openapi-text.ts';
import { PERMISSIONS, type Permission, permits } from '../src/domain/permission.ts';

interface MediaType {
  schema: object;
  example?: unknown;
}
interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: object[];
  'x-permission'?: string;
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, { content?: Record<string, MediaType> }>;
}

const committed = readFileSync('openapi/openapi.json', 'utf8');
const document = JSON.parse(committed) as { paths: Record<string, Record<string, Operation>>; components: object };
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
const mediaTypes = (operation: Operation): [string, MediaType][] =>
  [
    ['request', operation.requestBody] as const,
    ...Object.entries(operation.responses).filter(([status]) => status !== 'default'),
  ].flatMap(([name, part]) => Object.values(part?.content ?? {}).map((media): [string, MediaType] => [name, media]));

const ajv = new Ajv2020({ strict: false, allErrors: true, schemas: { document } as never, validateFormats: false });
const validates = (schema: object, value: unknown) => {
  const check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components')));
  return check(value) ? [] : check.errors;
};

/** Every object in a part of the document, by where it is. */
function schemasIn(part: object, path = ''): Record<string, Record<string, unknown>> {
  const below = Object.entries(part).filter(([, child]) => typeof child === 'object' && child !== null);
  const all = below.map(([key, child]) => schemasIn(child, `${path}/${key}`));
  return Object.assign({ [path]: part as Record<string, unknown> }, ...all);
}

describe('the contract', () => {
  it('is committed as it is served; `npm run openapi` writes it anew', async () => {
    expect(JSON.parse(await openApiText())).toEqual(document);
  });

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it.each(operations)('describes $operationId in words, with a worked example that is valid', (operation) => {
    expect(operation).toMatchObject({
      operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
      summary: expect.stringMatching(/.{5}/),
      description: expect.stringMatching(/.{5}/),
      tags: [expect.any(String)],
    });
    const examples = mediaTypes(operation).filter(([, { example }]) => example !== undefined);
    expect(examples.map(([name, { schema, example }]) => ({ name, problems: validates(schema, example) }))).toEqual(
      examples.map(([name]) => ({ name, problems: [] })),
    );
    const wanted = mediaTypes(operation).filter(([name]) => name === 'request' || name === '200');
    expect(wanted.filter(([, { example }]) => example === undefined)).toEqual([]);
  });

  it.each(operations)('says what $operationId needs: a permission, that some role has', (operation) => {
    const permission = operation['x-permission'] as Permission;
    expect(Object.keys(PERMISSIONS)).toContain(permission);
    expect(permits('admin', permission)).toBe(true);
    expect(operation.security).toEqual(permission === 'public' ? [] : undefined);
  });

  it('lets nobody change anything in public', () => {
    const open = operations.filter((operation) => operation['x-permission'] === 'public');
    expect(open.map(({ operationId }) => operationId)).toEqual([
      'getHealth',
      'getLiveness',
      'getReadiness',
      'getVersion',
    ]);
  });

  it('says nothing that generators of clients stumble over', () => {
    const stumbles = Object.entries(schemasIn(document.components)).filter(
      ([, { type, const: constant, default: usual, minimum }]) =>
        Array.isArray(type) ||
        typeof constant === 'boolean' ||
        (usual !== undefined && typeof (usual as { type?: unknown }).type !== 'string') ||
        minimum === Number.MIN_SAFE_INTEGER,
    );
    expect(stumbles).toEqual([]);
  });

  it('has a number schema that no empty text fits', () => {
    const number = { $ref: '#/components/schemas/Double' };
    for (const value of [1.5, '2.5', 'NaN', '-Infinity']) expect(validates(number, value)).toEqual([]);
    for (const value of ['', 'many', true]) expect(validates(number, value)).not.toEqual([]);
  });

  it('shows what every store and every judge reads, and leaves room for others', () => {
    const schemas = (document.components as { schemas: Record<string, object> }).schemas;
    const named = (ending: RegExp) => Object.keys(schemas).filter((name) => ending.test(name));
    const queries = named(/(?<!Metric)Query$/);
    expect(queries).toHaveLength(19);
    const listed = (name: string) => JSON.stringify(schemas[name]);
    for (const name of queries) expect(listed('KnownMetricQuery')).toContain(`schemas/${name}"`);
    for (const name of named(/Judge.*\.MetricSettings$/)) expect(listed('MetricSettings')).toContain(`/${name}"`);
    for (const name of named(/Judge.*\.Settings$/)) expect(listed('JudgeSettings')).toContain(`/${name}"`);
    const metric = { $ref: '#/components/schemas/CanaryMetricConfig' };
    const settings = { canary: { direction: 'increase', importance: 'critical' }, other: 1 };
    for (const query of [
      { type: 'prometheus', expr: 'up' },
      { type: 'of-tomorrow', anything: ['goes'] },
    ]) {
      expect(validates(metric, { query, analysisConfigurations: settings })).toEqual([]);
    }
    expect(validates(metric, { query: { type: 'sql', query: 5 } })).not.toEqual([]);
    expect(validates(metric, { query: { type: 'prometheus', emptyAs: 'nothing' } })).not.toEqual([]);
  });

  it('has no two paths that differ only by the name of a parameter', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('fills in no parameter', () => {
    const filled = Object.entries(schemasIn(document.paths)).filter(
      ([, { in: place, schema, example }]) =>
        typeof place === 'string' && (example !== undefined || /"(default|examples?)":/.test(JSON.stringify(schema))),
    );
    expect(filled).toEqual([]);
  });

  it('gives every operation an id of its own', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refuses an example that is wrong, so the check above can fail', () => {
    const status = operations.find(({ operationId }) => operationId === 'getCanaryExecution');
    const schema = status?.responses['200']?.content?.['application/json']?.schema ?? {};
    expect(validates(schema, { status: 'finished' })).not.toEqual([]);
  });
});
