import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import '../../src/domain/values/plain-refusals.ts';

/** What zod says where nobody gives it other words. */
const ZODS_WORDS =
  /Invalid|Too (big|small)|expected \w+(, received| to )|Unrecognized|[<>]=?\d|\b(string|array|undefined|record|boolean)\b/;

const Union = z.union([z.string(), z.array(z.object({ pack: z.string() }))]);
const Kind = z.discriminatedUnion('type', [
  z.object({ type: z.literal('sqlite') }),
  z.object({ type: z.literal('postgres'), url: z.string() }),
]);

/** A schema of each kind, a value that it refuses, and what is said. */
const REFUSALS: readonly [z.ZodType, unknown, string][] = [
  [z.string(), undefined, 'is missing; write a text'],
  [z.string(), null, 'must be a text, not null'],
  [z.string(), 5, 'must be a text, not a number'],
  [z.string(), {}, 'must be a text, not an object'],
  [z.number(), 'five', 'must be a number, not a text'],
  [z.number(), Number.NaN, 'must be a number, not NaN'],
  [z.number(), Number.POSITIVE_INFINITY, 'must be a number, not Infinity'],
  [z.int(), 1.5, 'must be a whole number, not a fraction'],
  [z.number().int(), 1.5, 'must be a whole number, not a fraction'],
  [z.int(), undefined, 'is missing; write a number'],
  [z.boolean(), 'no', 'must be true or false, not a text'],
  [z.array(z.string()), 'shop', 'must be a list, not a text'],
  [z.tuple([z.string()]), {}, 'must be a list, not an object'],
  [z.tuple([z.string()]), ['a', 'b'], 'must have at most 1 element'],
  [z.object({}), [], 'must be an object, not a list'],
  [z.record(z.string(), z.string()), true, 'must be an object, not true or false'],
  [z.never(), 1, 'does not belong here; leave it out'],
  [z.null(), 1, 'must be null, not a number'],
  [z.literal('a'), 'b', "write 'a'"],
  [z.literal(5), undefined, 'is missing; write 5'],
  [z.enum(['a', 'b']), 'c', "write one of 'a', 'b'"],
  [z.enum(['a', 'b']), undefined, "is missing; write one of 'a', 'b'"],
  [z.number().max(1000), 5000, 'must be at most 1000'],
  [z.number().lt(5), 5, 'must be less than 5'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().positive(), 0, 'must be more than 0'],
  [z.bigint().max(5n), 6n, 'must be at most 5'],
  [z.int(), 2 ** 60, 'must be at most 9007199254740991'],
  [z.number().multipleOf(5), 7, 'must be a multiple of 5'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().min(3), 'a', 'must have at least 3 characters'],
  [z.string().max(1), 'ab', 'must have at most 1 character'],
  [z.string().length(2), 'a', 'must have exactly 2 characters'],
  [z.array(z.string()).min(1), [], 'must not be empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 element'],
  [z.array(z.string()).length(2), [], 'must have exactly 2 elements'],
  [z.set(z.string()).max(1), new Set(['a', 'b']), 'must have at most 1 element'],
  [z.url(), 'x', 'must be an address, such as https://example.com'],
  [z.email(), 'x', 'must be an e-mail address, such as ann@example.com'],
  [z.uuid(), 'x', 'must be a UUID, such as 123e4567-e89b-42d3-a456-426614174000'],
  [z.iso.datetime(), 'x', 'must be a time, such as 2026-01-31T12:00:00Z'],
  [z.iso.date(), 'x', 'must be a day, such as 2026-01-31'],
  [z.iso.duration(), 'x', 'must be a duration, such as PT30M'],
  [z.ipv4(), 'x', 'must be an IPv4 address, such as 10.0.0.1'],
  [z.cidrv4(), 'x', 'must be a range of IPv4 addresses, such as 10.0.0.0/8'],
  [z.base64(), '-', 'must be base64'],
  [z.e164(), 'x', 'must match the pattern'],
  [z.string().regex(/^a+$/), 'b', 'must match the pattern /^a+$/'],
  [z.string().startsWith('a'), 'b', "must start with 'a'"],
  [z.string().endsWith('a'), 'b', "must end with 'a'"],
  [z.string().includes('a'), 'b', "must contain 'a'"],
  [z.strictObject({ a: z.string().optional() }), { b: 1 }, "has a field that is not known: 'b'; leave it out"],
  [z.strictObject({}), { b: 1, c: 2 }, "has fields that are not known: 'b', 'c'; leave them out"],
  [
    z.record(z.string().max(1), z.string()),
    { ab: '' },
    'has a name that is not allowed here: must have at most 1 character',
  ],
  [z.map(z.string(), z.string()), new Map([['a', 1]]), 'must be a text, not a number'],
  [Union, undefined, 'is missing; write a text or a list'],
  [Union, 5, 'write a text or a list'],
  [Union, [{}], '[0].pack is missing; write a text'],
  [Kind, { type: 'mysql' }, "write one of 'sqlite', 'postgres'"],
  [Kind, { type: 'postgres' }, 'is missing; write a text'],
  [z.string().refine(() => false), 'a', 'is not valid here; the API documentation says what may be written'],
];

describe('what is said where a schema has no words of its own', () => {
  it.each(REFUSALS.map(([schema, value, words]) => ({ schema, value, words })))(
    '$words',
    ({ schema, value, words }) => {
      const [issue, ...others] = schema.safeParse(value).error?.issues ?? [];
      expect(issue?.message).toContain(words);
      expect(others).toEqual([]);
      expect(issue?.message).not.toMatch(ZODS_WORDS);
    },
  );

  it('leaves the words of a schema as they are', () => {
    const [issue] = z.string('a name, please').safeParse(5).error?.issues ?? [];
    expect(issue?.message).toBe('a name, please');
  });

  it('covers every code that zod has', () => {
    const codes = new Set(
      REFUSALS.flatMap(([schema, value]) => schema.safeParse(value).error?.issues ?? [])
        .values()
        .map(({ code }) => code),
    );
    const known: z.core.$ZodIssue['code'][] = [
      ...(['invalid_type', 'too_big', 'too_small', 'invalid_format', 'not_multiple_of', 'unrecognized_keys'] as const),
      ...(['invalid_union', 'invalid_key', 'invalid_value', 'custom'] as const),
    ];
    expect([...codes].sort()).toEqual([...known].sort());
  });
});
