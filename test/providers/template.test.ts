import { describe, expect, test } from 'vitest';
import type { TemplateQuery } from '../../providers/shared/query/query-fields.ts';
import { expandTemplate } from '../../providers/shared/query/template.ts';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';

const SCOPE = {
  scope: 'shop-v2',
  location: 'us-east1',
  start: '2025-01-15T12:00:00.500Z',
  end: '2025-01-15T13:00:00Z',
  step: 60,
};
type Fields = { query?: Record<string, unknown>; scope?: Record<string, unknown>; templates?: Record<string, string> };

function expand(customInlineTemplate: string | undefined, { query, scope, templates }: Fields = {}) {
  const request: MetricsRequest<TemplateQuery> = {
    config: templates === undefined ? {} : { templates },
    metric: { name: 'latency', query: { type: 'any', serviceType: 'any' } },
    query: { customInlineTemplate, ...query },
    scope: { ...SCOPE, ...scope },
    side: 'experiment',
    account: { name: 'a', type: 'any', supportedTypes: [], locations: [], recommendedLocations: [] },
  };
  return expandTemplate(request, undefined, {
    scope: request.scope.scope,
    location: request.scope.location,
    project: undefined,
  });
}

function valuesOf(variables: Record<string, string>): Fields {
  return { scope: { extendedScopeParams: variables } };
}

test.each([
  ['a variable', '${scope}', 'shop-v2'],
  ['several variables', '${scope}.${location}.${scope}', 'shop-v2.us-east1.shop-v2'],
  ['the spelling of stored configs', '$\\{scope}', 'shop-v2'],
  ['a default', '${nobody:-5m}', '5m'],
  ['an empty default', 'a${nobody:-}b', 'ab'],
  ['a default with the separator in it', '${nobody:-a:-b}', 'a:-b'],
  ['a default that is not needed', '${scope:-5m}', 'shop-v2'],
  ['a doubled dollar is a literal', '$${scope} ${scope}', '${scope} shop-v2'],
  ['other spellings are left alone', '$scope {{scope}} {scope} $', '$scope {{scope}} {scope} $'],
  ['a brace that never closes', '${scope} ${scope', 'shop-v2 ${scope'],
  ['nothing nests inside the braces', '${nobody:-${scope}}', '${scope}'],
  ['line breaks', 'a\n${nobody:-b\nc}\n', 'a\nb\nc\n'],
])('%s', (_, template, expected) => {
  expect(expand(template)).toBe(expected);
});

describe('bindings', () => {
  test('extendedScopeParams win over the query, the query over the scope', () => {
    const template = '${scope} ${location}';
    const query = { scope: 'from-query', location: 'from-query' };
    expect(expand(template, { query, ...valuesOf({ scope: 'from-params' }) })).toBe('from-params from-query');
  });

  test('of the query only fields named like the own variables of the provider count', () => {
    expect(() => expand('${unit}', { query: { unit: 'ms' } })).toThrow("'unit' has no value");
    expect(expand('${project}', { query: { project: 'from-query' } })).toBe('from-query');
  });

  test('an empty scope is no value, an empty extended parameter is one', () => {
    expect(expand('[${scope:-none}]', { scope: { scope: '' } })).toBe('[none]');
    expect(expand('[${scope:-none}]', valuesOf({ scope: '' }))).toBe('[]');
  });

  test('names are exact', () => {
    expect(() => expand('${ scope }')).toThrow("' scope ' has no value");
    expect(() => expand('${Scope}')).toThrow("'Scope' has no value");
    expect(() => expand('${constructor}')).toThrow("'constructor' has no value");
  });

  test.each([
    ['step', '60'],
    ['stepMs', '60000'],
    ['start', '2025-01-15T12:00:00.500Z'],
    ['end', '2025-01-15T13:00:00Z'],
    ['startEpochSeconds', '1736942400'],
    ['endEpochSeconds', '1736946000'],
    ['startEpochMillis', '1736942400500'],
    ['endEpochMillis', '1736946000000'],
    ['durationSeconds', '3599'],
    ['role', 'experiment'],
    ['metricName', 'requests'],
  ])('%s is added, but never overrides', (name, value) => {
    const query = { metricName: 'requests' };
    expect(expand(`\${${name}}`, { query })).toBe(value);
    expect(expand(`\${${name}}`, { query, ...valuesOf({ [name]: 'own' }) })).toBe('own');
  });

  test('without a window nothing is known of it', () => {
    expect(() => expand('${durationSeconds}', { scope: { start: undefined } })).toThrow('no value');
  });
});

describe('values', () => {
  test('are filled in themselves', () => {
    expect(expand('${a}', valuesOf({ a: '<${b}>', b: '${c:-x}', c: '${scope}' }))).toBe('<shop-v2>');
    expect(expand('${a}', valuesOf({ a: '$${b}', b: 'x' }))).toBe('${b}');
  });

  test('that go in a circle are refused', () => {
    const circle = valuesOf({ a: '${b}', b: 'x${a}' });
    expect(() => expand('q ${a}', circle)).toThrow(
      'Problem evaluating custom filter template: q ${a} - its variables refer to each other in a circle: a ' +
        "-> b -> a (metric 'latency')",
    );
  });

  test('may be used twice without going in a circle', () => {
    expect(expand('${a} ${b} ${b}', valuesOf({ a: '${b}', b: 'x' }))).toBe('x x x');
  });

  test('that make a text without end are refused', () => {
    const names = 'abcdefghijklmnopqrstuvwxyz'.split('');
    const doubling = Object.fromEntries(names.map((name, index) => [name, `\${${names[index + 1]}}`.repeat(2)]));
    expect(() => expand('${a}', valuesOf({ ...doubling, z: 'long '.repeat(20) }))).toThrow('10000 variables');
    expect(() => expand('${a}', valuesOf({ ...doubling, z: '' }))).toThrow('10000 variables');
    expect(() => expand('${a}', valuesOf({ a: '${b}${b}', b: 'x'.repeat(60_000) }))).toThrow('100000 characters');
  });

  test('of hostile shape take no time', () => {
    const before = performance.now();
    expand('${'.repeat(300_000));
    expand(`${'$'.repeat(300_000)}{`);
    expand(`\${scope:-${':'.repeat(90_000)}}`);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

test('an unknown variable is refused with the text, the known names and the remedy', () => {
  expect(() => expand('avg(x[${interval}])')).toThrow(
    /^Problem evaluating custom filter template: avg\(x\[\$\{interval}]\) - 'interval' has no value; known: .*scope, location.*\$\{interval:-default} \(metric 'latency'\)$/,
  );
});

test('no template is no text', () => {
  expect(expand(undefined)).toBeUndefined();
  expect(expand('', { query: { customFilterTemplate: '' } })).toBeUndefined();
});

test('a named template is looked up by its own name only', () => {
  const query = { customFilterTemplate: 'toString' };
  expect(() => expand(undefined, { query, templates: { a: 'x' } })).toThrow(
    "Custom filter template 'toString' was not found. Known: a. (metric 'latency')",
  );
});
