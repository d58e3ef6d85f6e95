import { describe, expect, it } from 'vitest';
import { CanaryConfig } from '../../src/domain/canary-config.ts';
import { CanaryScope } from '../../src/domain/canary-scope.ts';
import { Double, Doubles } from '../../src/domain/values/double.ts';
import { toDuration } from '../../src/domain/values/duration.ts';
import { Instant, OptionalInstant, toInstant } from '../../src/domain/values/instant.ts';
import { dropNulls, MAX_DEPTH, toWireJson } from '../../src/domain/values/wire-json.ts';

describe('JSON on the wire', () => {
  it('JSON-1: ignores unknown fields, but keeps those of a query except what an editor leaves', () => {
    const config = CanaryConfig.parse({
      name: 'c',
      colour: 'red',
      metrics: [{ name: 'm', query: { type: 'prometheus', extra: 1, queryType: 'x', serviceType: 'old' } }],
    });
    expect(config).toEqual({
      name: 'c',
      metrics: [{ name: 'm', query: { type: 'prometheus', extra: 1, serviceType: 'prometheus' } }],
    });
  });

  it('JSON-2: leaves out what is absent or null, in maps too, and keeps empty lists and maps', () => {
    expect(toWireJson({ a: undefined, b: null, c: { d: null }, e: [], f: {} })).toBe('{"c":{},"e":[],"f":{}}');
  });

  it('JSON-3: writes numbers that JSON lacks as strings, and reads them and numeric strings', () => {
    expect(toWireJson([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5])).toBe(
      '["NaN","Infinity","-Infinity",1.5]',
    );
    expect(Doubles.parse(['NaN', 'Infinity', '-Infinity', '2.5', null, -0, '1e3'])).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      2.5,
      Number.NaN,
      -0,
      1000,
    ]);
    expect(Double.safeParse('abc').error?.issues[0]?.message).toMatch(/'abc' is not a number/);
    expect(Doubles.safeParse([1, {}]).error?.issues[0]).toMatchObject({ path: [1] });
  });

  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00.12Z', '2026-01-01T00:00:00.120Z'],
    ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123456Z'],
    ['2026-01-01T00:00:00.1234567Z', '2026-01-01T00:00:00.123456700Z'],
    ['2026-01-01T02:00:00+02:00', '2026-01-01T00:00:00Z'],
    ['2025-12-31T19:30:00-0430', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00Z', '2026-01-01T00:00:00Z'],
    [1767225600000, '2026-01-01T00:00:00Z'],
    [1767225600500.9, '2026-01-01T00:00:00.500Z'],
    ['1767225600500', '2026-01-01T00:00:00.500Z'],
    [0, '1970-01-01T00:00:00Z'],
  ])('JSON-6, JSON-7: reads the instant %s as Java prints it', (given, printed) => {
    expect(Instant.parse(given)).toBe(printed);
  });

  it.each(['yesterday', '2026-01-01', '2026-02-30T00:00:00Z', '2026-01-01T25:00:00Z', '2026-01-01T00:00:00', 1e20])(
    'JSON-7: refuses %s as an instant',
    (given) => expect(Instant.safeParse(given).success).toBe(false),
  );

  it('JSON-7: reads an empty instant as absent', () => {
    expect(OptionalInstant.parse('')).toBeUndefined();
    expect(CanaryScope.parse({ start: '', step: '60' })).toEqual({ start: undefined, step: 60 });
  });

  it('JSON-6: leaves the fraction of an instant out when it is zero', () => {
    expect([toInstant(1767225600000), toInstant(1767225600120)]).toEqual([
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.120Z',
    ]);
  });

  it.each([
    [90_000_000, 'PT25H'],
    [5_400_000, 'PT1H30M'],
    [1500, 'PT1.5S'],
    [0, 'PT0S'],
    [-90_000, 'PT-1M-30S'],
  ])('JSON-8: prints %d ms as %s', (millis, printed) => {
    expect(toDuration(millis)).toBe(printed);
  });

  it('drops null fields of requests, but not where null means something', () => {
    const body = {
      a: null,
      values: [null, 1],
      metrics: [{ analysisConfigurations: { canary: { direction: null } }, b: null }],
    };
    expect(dropNulls(body)).toBe(true);
    expect(body).toEqual({ values: [null, 1], metrics: [{ analysisConfigurations: { canary: { direction: null } } }] });
  });

  it('notices nesting that is too deep, in lists, maps and free maps', () => {
    const nest = (make: (inner: unknown) => unknown) => {
      let value: unknown = 1;
      for (let depth = 0; depth < MAX_DEPTH + 5; depth++) value = make(value);
      return value;
    };
    expect(dropNulls(nest((inner) => [inner]))).toBe(false);
    expect(dropNulls(nest((inner) => ({ inner })))).toBe(false);
    expect(dropNulls({ analysisConfigurations: nest((inner) => ({ inner })) })).toBe(false);
  });
});
