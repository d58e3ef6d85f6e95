import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readApiDocument } from '../support/fuzz/api-document.ts';
import { nearExample } from '../support/http/near-example.ts';
import { type JsonSchema, schemaArbitrary } from '../support/schema-arbitrary.ts';

const { components, operations } = readApiDocument(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')));
const bodies = operations.flatMap(({ operationId, body }) => (body === undefined ? [] : [{ operationId, ...body }]));
const ajv = new Ajv2020({ strict: false, validateFormats: false });
// What several schemas refer to is compiled once.
ajv.addSchema(JSON.parse(JSON.stringify({ $id: 'document', components: { schemas: components } })));
const compile = (schema: JsonSchema) =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components')));
const values = (schema: JsonSchema) => fc.sample(schemaArbitrary(schema, { components }), { numRuns: 50, seed: 1 });

describe('an arbitrary of a schema', () => {
  it.each(Object.entries(components))('makes valid values of %s', (_, schema) => {
    const check = compile(schema);
    expect(values(schema).filter((value) => !check(value))).toEqual([]);
  });

  it.each(bodies)('makes valid bodies of $operationId near its example', ({ schema, example }) => {
    const check = compile(schema);
    const near = fc.sample(nearExample(schema, example, { components }), { numRuns: 100, seed: 1 });
    expect(near.filter((value) => !check(value))).toEqual([]);
    expect(new Set(near.map((value) => JSON.stringify(value))).size).toBeGreaterThan(1);
  });

  it('obeys limits, patterns and constants', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: {
        few: { type: 'array', items: { const: 1 }, minItems: 2, maxItems: 3 },
        digits: { type: 'string', pattern: '^\\d{3}$' },
        name: { type: 'string', pattern: '^(?!\\.+$)[ab.]+$', maxLength: 5 },
        map: { type: 'object', propertyNames: { pattern: '^[a-z]+$' }, additionalProperties: { const: 1 } },
        text: { type: 'string', minLength: 4 },
        small: { type: 'integer', minimum: 5, maximum: 6 },
        either: { oneOf: [{ type: 'null' }, { enum: ['a', 'b'] }] },
      },
      required: ['few', 'digits', 'name', 'map', 'text', 'small', 'either'],
    };
    const check = compile(schema);
    expect(values(schema).filter((value) => !check(value))).toEqual([]);
  });

  it('comes to an end with a schema that holds itself', () => {
    const tree: JsonSchema = { type: 'array', items: { $ref: '#/components/schemas/Tree' }, minItems: 0 };
    const made = fc.sample(schemaArbitrary(tree, { components: { Tree: tree } }), { numRuns: 20, seed: 1 });
    expect(made.every(Array.isArray)).toBe(true);
  });

  it.each([
    [{ type: 'file' }, "a schema of type 'file' cannot be generated"],
    [{ $ref: '#/components/schemas/Nope' }, 'the document has no #/components/schemas/Nope'],
  ])('refuses %j', (schema, message) => {
    expect(() => schemaArbitrary(schema, { components })).toThrow(message);
  });
});
