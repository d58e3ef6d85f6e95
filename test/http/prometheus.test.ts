import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await createTestService();
  const payload = { canaryConfig: configOf(), executionRequest: requestOf() };
  await service.http.inject({ method: 'POST', url: '/canary?wait=30s&application=shop', payload });
});
afterAll(() => service.close());

const API = '/prometheus/api/v1';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const get = (path: string) => service.http.inject({ url: `${API}${path}` });
const post = (path: string, payload: string, headers = FORM) =>
  service.http.inject({ method: 'POST', url: `${API}${path}`, headers, payload });

describe('the runs as series of Prometheus', () => {
  it('are asked for by GET, and by POST of a form', async () => {
    const query = encodeURIComponent('haldane_metric_classification{config="checkout"}');
    const [got, posted] = [await get(`/query?query=${query}`), await post('/query', `query=${query}`)];
    for (const response of [got, posted]) {
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toContain('application/json');
      expect(response.json()).toMatchObject({
        status: 'success',
        data: {
          resultType: 'vector',
          result: [{ metric: { metric: 'm0', application: 'shop', canary: 'v2' }, value: [expect.any(Number), '1'] }],
        },
      });
    }
  });

  it('have the verdict of a run that has ended', async () => {
    const values = async (query: string) =>
      (await get(`/query?query=${query}`)).json().data.result.map(({ value }: { value: [number, string] }) => value[1]);
    expect(await values('haldane_score')).toEqual(['100']);
    expect(await values('haldane_verdict_code')).toEqual(['2']);
    expect(await values('haldane_pass_threshold')).toEqual(['95']);
  });

  it('answer vector(1), which Flagger asks whether it is there, with a text', async () => {
    const { data } = (await get('/query?query=vector%281%29')).json();
    expect(data.result).toEqual([{ metric: {}, value: [expect.any(Number), '1'] }]);
  });

  it('take several match[], whose selectors have commas of their own', async () => {
    const match = [
      'haldane_run_done{application="shop",config="checkout"}',
      'haldane_run_info{canary="v2",baseline="v1"}',
    ];
    const form = new URLSearchParams(match.map((one): [string, string] => ['match[]', one])).toString();
    for (const response of [await get(`/series?${form}`), await post('/series', form)]) {
      expect(response.json().data).toHaveLength(2);
    }
    expect((await get('/label/config/values')).json().data).toEqual(['checkout']);
    expect((await post('/labels', '')).json().data).toContain('application');
  });

  it('have ranges, words and a version', async () => {
    const now = Date.now() / 1000;
    const range = await post('/query_range', `query=haldane_run_done&start=${now - 60}&end=${now + 1}&step=1`);
    expect(range.json().data.resultType).toBe('matrix');
    expect((await get('/metadata')).json().data.haldane_score[0].type).toBe('gauge');
    expect((await get('/status/buildinfo')).json().data.application).toBe('haldane');
  });

  // As pkg/promlib of github.com/grafana/grafana sends them: its check of a data source, a panel, and its query builder.
  it('are read in the shapes of Grafana', async () => {
    expect((await post('/query', 'query=1%2B1&time=4&timeout=60s')).json().data).toEqual({
      resultType: 'scalar',
      result: [4, '2'],
    });
    const now = Date.now() / 1000;
    const panel = new URLSearchParams({ query: 'haldane_score', start: `${now - 30}`, end: `${now + 15}`, step: '15' });
    expect((await post('/query_range', panel.toString())).json().data.result).toHaveLength(1);
    const span = `start=${Math.floor(now) - 3600}&end=${Math.ceil(now) + 1}`;
    expect((await get(`/label/__name__/values?${span}&limit=40000`)).json().data).toContain('haldane_score');
    const match = encodeURIComponent('{__name__="haldane_score"}');
    expect((await post('/labels', `${span}&match%5B%5D=${match}`)).json().data).toContain('canary');
    expect((await get(`/label/canary/values?${span}&match%5B%5D=${match}`)).json().data).toEqual(['v2']);
    // No features: a Prometheus, not a Mimir.
    expect((await get('/status/buildinfo')).json().data.features).toBeUndefined();
  });

  it.each([
    ['query=rate(x[5m])', 'the function rate is not answered here'],
    ['query=haldane_score{', 'ends too early'],
    ['', 'query: is missing'],
    ['query=1&time=soon', "time: 'soon' is no time"],
  ])('refuse ?%s as Prometheus does: 400, bad_data and a reason', async (query, reason) => {
    for (const response of [await get(`/query?${query}`), await post('/query', query)]) {
      expect(response.statusCode).toBe(400);
      expect(response.json()).toEqual({
        status: 'error',
        errorType: 'bad_data',
        error: expect.stringContaining(reason),
      });
    }
  });

  it('refuse a body of 65 KB, and no other type of it: an empty body has any', async () => {
    const large = await post('/query', `query=1&other=${'x'.repeat(65 * 1024)}`);
    expect(large.json()).toMatchObject({ status: 'error', errorType: 'bad_data' });
    expect(large.statusCode).toBe(413);
    const json = await post('/query?query=1', '{}', { 'content-type': 'application/json' });
    expect(json.json().data).toEqual({ resultType: 'scalar', result: [expect.any(Number), '1'] });
  });
});

describe('in a closed service', () => {
  const ADMIN = 'an-admin-token-of-at-least-32-letters';

  it('a token sees the series of its applications, as the password of Flagger and in the path of Argo', async () => {
    const closed = await createTestService({ auth: { adminToken: ADMIN } });
    const admin = { authorization: `Bearer ${ADMIN}` };
    const payload = { canaryConfig: configOf(), executionRequest: requestOf() };
    for (const application of ['shop', 'other']) {
      const url = `/canary?wait=30s&application=${application}`;
      await closed.http.inject({ method: 'POST', url, headers: admin, payload });
    }
    const made = await closed.http.inject({
      ...{ method: 'POST', url: '/tokens', headers: admin },
      payload: { name: 'flagger', role: 'viewer', applications: ['other'] },
    });
    const { token } = made.json();
    const basic = { authorization: `Basic ${Buffer.from(`flagger:${token}`).toString('base64')}` };
    const url = `${API}/query?query=haldane_score`;
    for (const asked of [{ url, headers: basic }, { url: `/t/${token}${url}` }]) {
      const { result } = (await closed.http.inject(asked)).json().data;
      expect(result).toMatchObject([{ metric: { application: 'other' } }]);
    }
    expect((await closed.http.inject({ url, headers: admin })).json().data.result).toHaveLength(2);
    const refused = await closed.http.inject({ url });
    expect([refused.statusCode, refused.headers['www-authenticate']]).toEqual([401, expect.any(String)]);
    await closed.close();
  });
});
