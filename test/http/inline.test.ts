import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providers } from '../../providers/index.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await createTestService({ providers: [...providers], metricsStores: [] });
});
afterAll(() => service.close());

const inlineConfig = () => {
  const [metric] = configOf(1).metrics ?? [];
  const query = { type: 'inline', serviceType: 'inline', control: [1, 2, 3], experiment: [4, null, 6] };
  return { ...configOf(0), metrics: [{ ...metric, name: 'm0', query }] };
};
const post = (url: string, payload: object) => service.http.inject({ method: 'POST', url, payload });

describe('series in the request', () => {
  it('are judged without any account of the configuration', async () => {
    const run = (await post('/canary?wait=5s', { canaryConfig: inlineConfig(), executionRequest: requestOf() })).json();
    expect(run).toMatchObject({ status: 'succeeded', metricsAccountName: 'inline' });
    const [pair] = (await service.http.inject(`/metricSetPairList/${run.metricSetPairListId}`)).json();
    expect(pair.values).toEqual({ control: [1, 2, 3], experiment: [4, 'NaN', 6] });
  });

  it('have an account that is always listed', async () => {
    const accounts = (await service.http.inject('/credentials')).json();
    expect(accounts).toContainEqual(expect.objectContaining({ name: 'inline', type: 'inline' }));
  });

  it('are not stored in configs', async () => {
    const answer = await post('/canaryConfig', inlineConfig());
    expect([answer.statusCode, answer.json().message]).toEqual([
      400,
      "metric 'm0': a query of type 'inline' holds the data itself; send it with the run, or set " +
        'metrics.allowInlineInConfigs in the configuration.',
    ]);
  });
});
