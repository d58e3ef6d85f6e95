import { describe, expect, it } from 'vitest';
import { providers } from '../../providers/index.ts';
import type { Account } from '../../src/domain/account.ts';
import { createAccounts } from '../../src/engine/accounts.ts';

const WINDOW = {
  startMillis: Date.parse('2026-01-01T12:00:00Z'),
  endMillis: Date.parse('2026-01-01T13:30:00Z'),
  stepSeconds: 15,
};
const account = (type: string, fields: object): Account => ({
  name: 'a',
  type,
  supportedTypes: ['METRICS_STORE'],
  locations: [],
  recommendedLocations: [],
  ...fields,
});
const at = (baseUrl: string) => ({ endpoint: { baseUrl } });

function linkInto(store: Account, query: string): string | undefined {
  const sources = { metricsStores: [store], providers, store: { type: 'memory', accountNames: [] } };
  return createAccounts(sources).linkTo(store.name, { query, ...WINDOW });
}

describe('a link into a metrics store', () => {
  it.each([
    [
      'prometheus',
      at('http://prom:9090'),
      'rate(x{a="b"}[1m]) > 0',
      'http://prom:9090/graph?g0.expr=rate%28x%7Ba%3D%22b%22%7D%5B1m%5D%29+%3E+0&g0.tab=0&g0.range_input=5400s&g0.end_input=2026-01-01+13%3A30%3A00&g0.step_input=15',
    ],
    [
      'graphite',
      at('https://graphite.test/graphite/'),
      'summarize(a.b, "1min")',
      'https://graphite.test/graphite/render?target=summarize%28a.b%2C+%221min%22%29&from=1767268800&until=1767274200&width=1200&height=500',
    ],
    [
      'datadog',
      { site: 'datadoghq.eu' },
      'avg:system.cpu.user{version:canary} by {host}',
      'https://app.datadoghq.eu/metric/explorer?exp_metric=system.cpu.user&exp_scope=version%3Acanary&exp_agg=avg&exp_group=host&start=1767268800000&end=1767274200000&paused=true',
    ],
    [
      'datadog',
      { site: 'us3.datadoghq.com' },
      'sum:requests{*}',
      'https://us3.datadoghq.com/metric/explorer?exp_metric=requests&exp_scope=&exp_agg=sum&start=1767268800000&end=1767274200000&paused=true',
    ],
  ])('shows what was asked of %s, and of which time', (type, fields, query, link) => {
    expect(linkInto(account(type, fields), query)).toBe(link);
  });

  it.each([
    ['a store without such pages', account('elasticsearch', at('http://es:9200')), 'x'],
    ['a type that is no store', account('constructor', at('http://x')), 'x'],
    ["Amazon's Prometheus", account('prometheus', at('https://aps-workspaces.us-east-1.amazonaws.com/x')), 'up'],
    ["Google's Prometheus", account('prometheus', at('https://monitoring.googleapis.com/v1/p')), 'up'],
    ['an address a browser must not follow', account('prometheus', at('javascript:alert(1)//')), 'up'],
    ['a formula', account('datadog', { site: 'datadoghq.com' }), '(avg:a{*} / avg:b{*})'],
    ['a query too long for an address', account('prometheus', at('http://prom:9090')), 'x'.repeat(9000)],
  ])('is not made for %s', (_, store, query) => {
    expect(linkInto(store, query)).toBeUndefined();
  });

  it('is not made for an account that was forgotten', () => {
    const accounts = createAccounts({
      metricsStores: [account('prometheus', at('http://prom:9090'))],
      providers,
      store: { type: 'memory', accountNames: [] },
    });
    accounts.remove('a');
    expect(accounts.linkTo('a', { query: 'up', ...WINDOW })).toBeUndefined();
  });

  it.each([
    ['prometheus', {}, 'endpoint'],
    ['prometheus', at('javascript:alert(1)//'), 'endpoint'],
    ['datadog', { site: 'evil.test/?', apiKey: 'k', applicationKey: 'k' }, 'site'],
  ])('never leads to an address the %s account may not have: %o', (type, fields, field) => {
    const provider = providers.find((one) => one.type === type);
    const issues = provider?.Account.safeParse({ name: 'a', type, ...fields }).error?.issues ?? [];
    expect(issues.map(({ path }) => path[0])).toEqual([field]);
  });

  it('has no name or password in it', () => {
    const link = linkInto(account('prometheus', at('http://user:secret@prom:9090')), 'up');
    expect(link).toMatch(/^http:\/\/prom:9090\/graph\?/);
  });
});
