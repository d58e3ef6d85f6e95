import { describe, expect, it } from 'vitest';
import { decodingProblems, type Shape } from '../support/http/wire-shape.ts';

describe('a strict decoder', () => {
  it.each<[text: string, shape: Shape]>([
    ['""', 'string'],
    ['"x"', 'text'],
    ['1787400000000', 'integer'],
    ['83.33', 'int32'],
    ['"NaN"', 'double'],
    ['"2026-01-01T00:00:00Z"', 'instant'],
    ['"2026-01-01T00:00:00.120Z"', 'instant'],
    ['"PT1H30M"', 'duration'],
    ['{"a":1,"b":[true]}', { a: 'integer', b: ['boolean'], 'c?': 'text' }],
    ['{"a":"x","b":"y"}', { $map: 'text' }],
    ['[{"s":"y"}]', { $some: { s: { $in: ['x', 'y'] } } }],
  ])('reads %s as %j', (text, shape) => {
    expect(decodingProblems(text, shape)).toEqual([]);
  });

  it.each<[text: string, shape: Shape, problem: string]>([
    ['""', 'text', ': "" is not text'],
    ['1.787e12', 'integer', ': 1.787e12 is not integer'],
    ['60.0', 'integer', ': 60.0 is not integer'],
    ['"60"', 'integer', ': "60" is not integer'],
    ['3000000000', 'int32', ': 3000000000 is not int32'],
    ['"inf"', 'double', ': "inf" is not double'],
    ['"true"', 'boolean', ': "true" is not boolean'],
    ['"2026-01-01T00:00:00.12Z"', 'instant', ': "2026-01-01T00:00:00.12Z" is not instant'],
    ['"2026-01-01T01:00:00+01:00"', 'instant', ': "2026-01-01T01:00:00+01:00" is not instant'],
    ['"P1DT1H"', 'duration', ': "P1DT1H" is not duration'],
    ['"PT"', 'duration', ': "PT" is not duration'],
    ['{"a":[1,"x"]}', { a: ['integer'] }, '/a/1: "x" is not integer'],
    ['{"a":{}}', { a: { b: 'any' } }, '/a/b is missing'],
    ['{"a":{"b":1}}', { $map: 'text' }, '/a: {"b":{"source":"1"}} is not text'],
    ['[]', { $some: 'any' }, ': [] is not filled'],
    ['{}', ['any'], ': {} is not a list'],
    ['[]', { a: 'any' }, ': [] is not an object'],
    ['"done"', { $in: ['running'] }, ': "done" is not one of running'],
    ['{"a":{"b":null}}', { a: 'object' }, 'b: null'],
  ])('does not read %s as %j', (text, shape, problem) => {
    expect(decodingProblems(text, shape)).toEqual([problem]);
  });

  it('refuses a shape nobody knows', () => {
    expect(() => decodingProblems('1', 'float')).toThrow("'float' is not a shape; known: string, text");
    expect(() => decodingProblems('1', '#run', { config: 'any' })).toThrow('there is no shape #run; there are: config');
  });
});
