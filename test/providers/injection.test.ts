import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { providers } from '../../providers/index.ts';
import { CanaryError } from '../../src/errors.ts';
import { anyText } from '../support/any-text.ts';
import { fixtureRequest, providerFixtures } from '../support/provider-fixtures.ts';

/** Within C-like quotes. */
const DOUBLE = /"(?:[^"\\]|\\[\s\S])*"/g;
const DOUBLE_OR_SINGLE = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/g;
const WITH_BACKTICK = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|`[^`]*`/g;

interface Place {
  readonly type: string;
  /** `@` is the variable */
  readonly query: Readonly<Record<string, unknown>>;
  readonly account?: Readonly<Record<string, unknown>>;
  /** what of the text is the value and its quotes */
  readonly value: RegExp;
}

const TAG = { scopeTag: 'version' };
const FLUX = { version: 2, bucket: 'b' };
const SELECT = 'SELECT mean(v) FROM m WHERE ${scope} AND ${timeFilter}';

const PLACES: readonly Place[] = [
  { type: 'prometheus', query: { expr: 'sum(rate(a{v="@",b="c"}[1m]))' }, value: WITH_BACKTICK },
  { type: 'prometheus', query: { expr: "sum(a{v='@'})" }, value: WITH_BACKTICK },
  { type: 'prometheus', query: { expr: 'sum(a{v=`@`})' }, value: WITH_BACKTICK },
  { type: 'prometheus', query: { expr: 'sum(a) # for "@\n / sum(b)' }, value: /#[^\n]*/g },
  { type: 'prometheus', query: { metricName: 'm', customInlineTemplate: 'v=~"@.*",a="b"' }, value: WITH_BACKTICK },
  { type: 'loki', query: { expr: 'sum(rate({app="@"} |= `x` [1m]))' }, value: WITH_BACKTICK },
  { type: 'loki', query: { expr: 'sum(rate({app="a"} |= `@` [1m]))' }, value: WITH_BACKTICK },
  { type: 'stackdriver', query: { promql: 'sum(a{v="@"})' }, value: WITH_BACKTICK },
  {
    type: 'stackdriver',
    query: { metricType: 'a', resourceType: 'r', customInlineTemplate: 'metric.labels.v="@"' },
    value: DOUBLE_OR_SINGLE,
  },
  { type: 'splunk', query: { search: 'index=web version="@" | stats count by _time' }, value: DOUBLE },
  {
    type: 'newrelic',
    query: { customInlineTemplate: "SELECT count(*) FROM T WHERE v = '@' TIMESERIES" },
    value: WITH_BACKTICK,
  },
  {
    type: 'newrelic',
    query: { customInlineTemplate: 'SELECT count(*) FROM T WHERE `@` = 1 TIMESERIES' },
    value: WITH_BACKTICK,
  },
  {
    type: 'newrelic',
    query: { customInlineTemplate: 'SELECT count(*) /* @ */ FROM T TIMESERIES' },
    value: /\/\*[\s\S]*?\*\//,
  },
  {
    type: 'signalfx',
    query: { customInlineTemplate: "data('a', filter=filter('v', '@')).publish()" },
    value: DOUBLE_OR_SINGLE,
  },
  { type: 'wavefront', query: { customInlineTemplate: 'ts(a, v="@")' }, value: DOUBLE_OR_SINGLE },
  { type: 'influxdb', query: { ...TAG, customInlineTemplate: `${SELECT} AND a = '@'` }, value: DOUBLE_OR_SINGLE },
  { type: 'influxdb', query: { ...TAG, customInlineTemplate: `${SELECT} AND "@" = 'a'` }, value: DOUBLE_OR_SINGLE },
  {
    type: 'influxdb',
    account: FLUX,
    query: { ...TAG, customInlineTemplate: 'from(bucket: "b") |> ${timeFilter} |> filter(fn: (r) => r.a == "@")' },
    value: DOUBLE,
  },
  // A division begins no pattern.
  {
    type: 'influxdb',
    query: { ...TAG, customInlineTemplate: "SELECT mem/total FROM m WHERE ${scope} AND ${timeFilter} AND a = '@'" },
    value: DOUBLE_OR_SINGLE,
  },
  // A quote within a pattern is no quote.
  {
    type: 'influxdb',
    query: { ...TAG, customInlineTemplate: `${SELECT} AND b =~ /it's/ AND a = '@'` },
    value: /(?<=a = )'(?:[^'\\]|\\[\s\S])*'$/,
  },
  {
    type: 'influxdb',
    query: { ...TAG, customInlineTemplate: `${SELECT} AND b =~ /^@$/` },
    value: /(?<==~ )\/(?:[^/\\\n]|\\.)+\/$/,
  },
  {
    type: 'influxdb',
    account: FLUX,
    query: {
      ...TAG,
      customInlineTemplate: 'from(bucket: "b") |> ${timeFilter} |> filter(fn: (r) => r.b =~ /"/ and r.a == "@")',
    },
    value: /(?<=r\.a == )"(?:[^"\\]|\\[\s\S])*"(?=\)$)/,
  },
  { type: 'dynatrace', query: { metricSelector: 'a:filter(eq("v","@")):splitBy()' }, value: /"(?:[^"~]|~[\s\S])*"/g },
  {
    type: 'dynatrace',
    query: { metricSelector: 'a', entitySelector: 'type(SERVICE),tag("v:@")' },
    value: /"(?:[^"~]|~[\s\S])*"/g,
  },
  {
    type: 'azuremonitor',
    query: { resourceId: '/subscriptions/a/b', metricName: 'm', filter: "v eq '@' and a eq 'b'" },
    value: /'(?:[^']|'')*'/g,
  },
  { type: 'datadog', query: { customInlineTemplate: 'avg:a{v:@} by {host}' }, value: /\{[^{}]*\}/ },
  { type: 'graphite', query: { metricName: "seriesByTag('name=a','v=@')" }, value: /'[^']*'/g },
  { type: 'graphite', query: { metricName: 'seriesByTag("name=a","v=@")' }, value: /"[^"]*"/g },
  { type: 'cloudwatch', query: { expression: "SELECT AVG(a) FROM b WHERE v = '@'" }, value: /'[^']*'/g },
  { type: 'cloudwatch', query: { expression: "SEARCH('{a,b} v=\"@\"', 'Average')" }, value: /\\"[^"]*\\"/g },
  { type: 'skywalking', query: { serviceName: 'shop', expression: "a{v='@'}" }, value: /'[^']*'/g },
  {
    type: 'skywalking',
    query: { query: 'query ($duration: Duration!) { a(name: "@", duration: $duration) { v } }', valuesPath: 'a.v' },
    value: DOUBLE,
  },
  {
    type: 'elasticsearch',
    query: { index: 'a', query: 'app:shop AND version:"@"' },
    value: /version:\\"(?:[^"\\]|\\\\[\s\S]{1,2}|\\[^"])*\\"/,
  },
];

const VARIABLES = ['scope', 'location', 'x'] as const;
/** The fixtures of a store are read once. */
const accounts = new Map<string, Readonly<Record<string, unknown>> | undefined>();
function accountOf(type: string): Readonly<Record<string, unknown>> {
  if (!accounts.has(type)) accounts.set(type, providerFixtures(type).find(({ name }) => name === 'data')?.account);
  return accounts.get(type) ?? {};
}

const WINDOW = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z', step: 60 };

function textOf(place: Place, variable: (typeof VARIABLES)[number], value: string): string {
  const provider = providers.find(({ type }) => type === place.type);
  if (provider === undefined) throw new Error(`there is no provider ${place.type}`);
  const query = JSON.parse(
    JSON.stringify(place.query).replaceAll('@', `\${${variable === 'scope' ? 'version' : variable}}`),
  );
  const usual = { scope: 'v1', location: 'eu-west-1', extendedScopeParams: { x: 'x', version: 'v1' } };
  const own =
    variable === 'location'
      ? { location: value }
      : { extendedScopeParams: { ...usual.extendedScopeParams, version: value, x: value } };
  const isFragment = place.type === 'influxdb';
  const request = fixtureRequest(provider, {
    account: { ...accountOf(place.type), ...place.account },
    metric: { name: 'm', query: { type: place.type, ...query } },
    scope: { ...WINDOW, ...usual, ...own, ...(variable === 'scope' && !isFragment ? { scope: value } : {}) },
  });
  return provider.buildQuery(request);
}

/** The text without what stands for the value: what the value must not change. */
function skeletonOf(place: Place, text: string): string {
  return text.replaceAll(new RegExp(place.value, 'g'), '§');
}

const HOSTILE = [
  '"',
  "'",
  '`',
  '\\',
  '\\"',
  "\\'",
  '\\\\"',
  '"} or x{a="',
  "' OR 1=1 --",
  '") |> to(bucket: "x',
  '${to()}',
  '" | delete',
  '`danger`',
  '" | outputlookup a "',
  "'; DROP TABLE t; '",
  'a,b:c) , (',
  '}',
  '{',
  '},b{',
  '\n',
  '\r\n',
  '\n# "',
  '*/ FROM U /*',
  '-- x',
  '// x',
  '# x',
  "''",
  "' or v eq '",
  '~"',
  '~',
  '"),type(HOST),tag("',
  '\u2028',
  '"""',
  "') .publish() #",
  '${x}"',
  '%22',
  '&quot;',
  '\t"',
  '\0"',
] as const;

const label = (place: Place) => [`${place.type} ${JSON.stringify(place.query)}`, place] as const;

describe.each(PLACES.map(label))('within quotes of %s', (_, place) => {
  test.each(VARIABLES)('no value of %s changes the rest of the query', (variable) => {
    const usual = skeletonOf(place, textOf(place, variable, 'harmless'));
    expect(usual).toContain('§');
    for (const value of HOSTILE)
      expect(outcome(place, variable, value), JSON.stringify(value)).toBeOneOf([usual, 'refused']);
  });

  test('no text at all does', () => {
    const usual = skeletonOf(place, textOf(place, 'x', 'harmless'));
    fc.assert(
      fc.property(anyText({ maxLength: 20 }), (value) => {
        expect(outcome(place, 'x', value)).toBeOneOf([usual, 'refused']);
      }),
      { numRuns: 100 },
    );
  });
});

function outcome(place: Place, variable: (typeof VARIABLES)[number], value: string): string {
  try {
    return skeletonOf(place, textOf(place, variable, value));
  } catch (error) {
    expect(error).toBeInstanceOf(CanaryError);
    const { code, message } = error as CanaryError;
    expect(code).toBe('METRICS_QUERY_INVALID');
    expect(message).toMatch(/value of '\$\{|not the name|has no value|circle|not allowed|not JSON/);
    return 'refused';
  }
}

test('the value itself arrives', () => {
  const [place] = PLACES;
  if (place === undefined) throw new Error('no place');
  for (const value of ['a"b', 'a\\.b', 'a\nb', "a'b"]) {
    const [literal = ''] = textOf(place, 'x', value).match(/"(?:[^"\\]|\\.)*"/) ?? [];
    expect(JSON.parse(literal)).toBe(value);
  }
});

test('an account may leave values as they are', () => {
  const place = { ...(PLACES[0] as Place), account: { escapeScopeValues: false } };
  expect(textOf(place, 'x', 'a\\\\.b"')).toBe('sum(rate(a{v="a\\\\.b"",b="c"}[1m]))');
});

test('a default is written in the terms of the language', () => {
  const place = { ...(PLACES[0] as Place), query: { expr: 'a{v="${none:-a\\\\.b}"}' } };
  expect(textOf(place, 'x', 'x')).toBe('a{v="a\\\\.b"}');
});

describe('a body as JSON', () => {
  const body =
    '{"query":{"query_string":{"query":"version:\\"${x}\\" AND a:\\"b\\""}},"aggs":{"t":{"terms":{"field":"${x}"}}}}';
  const place: Place = { type: 'elasticsearch', query: { index: 'a', customInlineTemplate: body }, value: /./ };
  test.each(HOSTILE.filter((value) => !value.includes('${')))(
    'stays the same with %j in its texts, and so does the Lucene in them',
    (value) => {
      const json = JSON.parse(textOf(place, 'x', value).replace(/^.*\n/, ''));
      expect(json.aggs.t.terms.field).toBe(value);
      const lucene = json.query.query_string.query as string;
      expect(lucene.replaceAll(DOUBLE, '§')).toBe('version:§ AND a:§');
    },
  );
});

describe('reserved parameters', () => {
  const query = { select: 'count(*) FROM T' };
  const place: Place = { type: 'newrelic', query, value: /./ };
  const built = (extendedScopeParams: Record<string, string>) => {
    const provider = providers.find(({ type }) => type === place.type);
    const data = providerFixtures(place.type).find(({ name }) => name === 'data');
    if (provider === undefined) throw new Error('no provider');
    const metric = { name: 'm', query: { type: place.type, ...query } };
    const scope = { ...WINDOW, scope: 'v1', location: 'eu', extendedScopeParams };
    return provider.buildQuery(
      fixtureRequest(provider, { ...(data?.account ? { account: data.account } : {}), metric, scope }),
    );
  };
  test.each([
    ['_scope_key', { _scope_key: "a = 1 OR 'x'" }],
    ['_location_key', { _scope_key: 'v', _location_key: 'a LIMIT MAX --' }],
    ['a name in extendedScopeParams', { _scope_key: 'v', "a' OR 1=1": 'x' }],
    ['_scope_key', { _scope_key: '`a` OR `b`' }],
    ['_scope_key', { _scope_key: 'a\nb' }],
  ])('%s that is no name of an attribute is refused', (field, parameters) => {
    expect(() => built(parameters)).toThrow(field);
    expect(() => built(parameters)).toThrow('not the name of an attribute, such as app.version');
  });
  test('names of attributes are taken', () => {
    expect(built({ _scope_key: 'app.version', '`k8s.pod-name`': 'a' })).toContain("app.version LIKE 'v1'");
  });
});
