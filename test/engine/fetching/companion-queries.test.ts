import { describe, expect, it } from 'vitest';
import { providers } from '../../../providers/index.ts';
import type { CanaryMetricConfig } from '../../../src/domain/canary-config.ts';
import { planQueries } from '../../../src/engine/fetching/plan-queries.ts';
import { fixtureRequest, providerFixtures } from '../../support/provider-fixtures.ts';

// A second query of the same store, whichever that is: its text is what the store is asked for that query alone.

describe('the denominator of a metric', () => {
  it.each(providers.map(({ type }) => type))('is asked of %s as a query of its own', (type) => {
    const provider = providers.find((candidate) => candidate.type === type);
    const fixture = providerFixtures(type).find(({ name }) => name === 'data') ?? providerFixtures(type)[0];
    if (provider === undefined || fixture === undefined) throw new Error(`no fixture of ${type}`);
    const { config, metric, scope, account } = fixtureRequest(provider, fixture);
    const { type: _type, serviceType: _service, ...second } = metric.query ?? { type };
    const asked = { ...metric, scopeName: 'default', query: { ...metric.query, denominator: second } };
    const queries = planQueries({
      config: { ...config, metrics: [asked as CanaryMetricConfig] },
      request: { scopes: { default: { controlScope: scope, experimentScope: scope } } },
      account,
      accounts: { metricsStore: () => account, metricsStores: () => [account] },
      providers,
      companions: [{ metricIndex: 0, companion: 'denominator' }],
    });
    const textOf = (companion?: string) =>
      queries
        .filter((query) => query.companion === companion && query.side === 'control')
        .map(({ request }) => request.text);
    expect(queries).toHaveLength(4);
    expect(textOf('denominator')).toEqual(textOf());
    for (const { request } of queries) expect(request.query).not.toHaveProperty('denominator');
  });
});
