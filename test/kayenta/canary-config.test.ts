import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';

let service: TestService;
let client: WireClient;
beforeAll(async () => {
  service = await createTestService();
  client = wireClient(service);
});
afterAll(() => service.close());

const create = async (config: object) => (await client.post('/canaryConfig', config)).body.canaryConfigId as string;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const metric = (name?: string) => ({
  ...(name === undefined ? {} : { name }),
  query: { type: 'fake', metricName: 'x' },
});

describe('CFG-2: the id of a config', () => {
  it('is a UUID when the client gives none, or an empty one', async () => {
    expect(await create(configOf(1, { name: 'no-id' }))).toMatch(UUID);
    expect(await create(configOf(1, { name: 'empty-id', id: '' }))).toMatch(UUID);
  });

  it('is found whole: half of it finds nothing', async () => {
    const id = await create(configOf(1, { name: 'whole-id' }));
    expect((await client.get(`/canaryConfig/${id.slice(0, 8)}`)).status).toBe(404);
  });
});

describe('CFG-3: what is wrong with a config', () => {
  // Each has every fault of those below it, so that the order is tested too.
  const twice = [metric('m'), metric('m')];
  const faults: [config: object, message: string][] = [
    [{ metrics: [metric()] }, 'Canary config must specify a name.'],
    [{ name: '', applications: [], metrics: [metric()] }, 'Canary config must specify a name.'],
    [{ name: 'a b', applications: [] }, 'Canary config must specify at least one application.'],
    [{ name: 'a b' }, 'Canary config must specify at least one application.'],
    [
      { name: 'a b', applications: ['x'], metrics: [metric()] },
      "Canary config cannot be named 'a b'. Names must contain only letters, numbers, dashes (-) and underscores (_).",
    ],
    [{ name: 'n', applications: ['x'], metrics: [metric(), ...twice] }, 'Metric config must specify a name.'],
    [{ name: 'n', applications: ['x'], metrics: [metric(''), ...twice] }, 'Metric config must specify a name.'],
    [{ name: 'n', applications: ['x'], metrics: twice }, "Metric config name must be unique. 'm' is duplicated."],
  ];

  it.each(faults)('%j is told in order: %s', async (config, message) => {
    for (const [method, url] of [
      ['POST', '/canaryConfig'],
      ['PUT', '/canaryConfig/no-such-config'],
    ] as const) {
      const answer = await client.send(method, url, { body: config });
      expect([answer.status, answer.body.message]).toEqual([400, message]);
    }
  });

  it.each(['öl', 'a/b', 'a.b', 'a\n', ' a'])('a name with other letters is refused: %j', async (name) => {
    const { status, body } = await client.post('/canaryConfig', configOf(1, { name }));
    expect([status, body.message]).toEqual([400, expect.stringContaining(`cannot be named '${name}'`)]);
  });

  it.each(['golden,signals', 'A_b-9', ',', '-'])('a name such as %s is good', async (name) => {
    expect(await create(configOf(1, { name }))).toMatch(UUID);
  });

  it('a config without metrics is good until it is run', async () => {
    const { metrics: _, ...config } = configOf(1, { name: 'no-metrics' });
    const id = await create(config);
    const refused = await client.post(`/canary/${id}`, requestOf());
    expect([refused.status, refused.body.message]).toEqual([
      400,
      expect.stringMatching(/^The canary config must specify at least one metric\./),
    ]);
  });
});

describe('CFG-6: replacing a config', () => {
  it('that is missing is a 400', async () => {
    const { status, body } = await client.send('PUT', '/canaryConfig/nope', { body: configOf(1, { name: 'put' }) });
    expect([status, body.message]).toEqual([400, "Canary config 'nope' does not exist."]);
  });

  it('leaves nothing of the old one', async () => {
    const id = await create(configOf(2, { name: 'old', description: 'old', templates: { t: 'x' } }));
    const { status, body } = await client.send('PUT', `/canaryConfig/${id}`, {
      body: { name: 'new', applications: ['y'] },
    });
    expect([status, body]).toEqual([200, { canaryConfigId: id }]);
    expect((await client.get(`/canaryConfig/${id}`)).body).toEqual({
      id,
      name: 'new',
      applications: ['y'],
      updatedTimestamp: expect.any(Number),
      updatedTimestampIso: expect.any(String),
    });
  });

  it('keeps an id of the body as it is, under the key of the path', async () => {
    const id = await create(configOf(1, { name: 'key', applications: ['keys'] }));
    await client.send('PUT', `/canaryConfig/${id}`, {
      body: configOf(1, { id: 'other', name: 'key', applications: ['keys'] }),
    });
    expect((await client.get(`/canaryConfig/${id}`)).body.id).toBe('other');
    expect((await client.get('/canaryConfig/other')).status).toBe(404);
    expect((await client.get('/canaryConfig?application=keys')).body).toMatchObject([{ id }]);
  });
});

describe('CFG-7: the list', () => {
  it('is narrowed by exact application, case and all', async () => {
    await create(configOf(1, { name: 'cased', applications: ['Case'] }));
    expect((await client.get('/canaryConfig?application=case')).body).toEqual([]);
    expect((await client.get('/canaryConfig?application=Cas')).body).toEqual([]);
    expect((await client.get('/canaryConfig?application=Case')).body).toHaveLength(1);
  });
});

describe('CFG-8: a config', () => {
  it('is never found by its name', async () => {
    await create(configOf(1, { name: 'by-name' }));
    expect((await client.get('/canaryConfig/by-name')).status).toBe(404);
    expect((await client.post('/canary/by-name', requestOf())).status).toBe(404);
  });
});

describe('CFG-9: deleting a config', () => {
  it('that is missing is a 400', async () => {
    const { status, body } = await client.send('DELETE', '/canaryConfig/nope');
    expect([status, body.message]).toEqual([400, "Canary config 'nope' does not exist."]);
  });

  it('sets its name free, and leaves its runs alone', async () => {
    const config = configOf(1, { name: 'freed' });
    const id = await create(config);
    const run = (await client.post(`/canary/${id}?wait=9s`, requestOf())).body;
    expect((await client.send('DELETE', `/canaryConfig/${id}`)).status).toBe(204);
    expect((await client.get(`/canary/${run.pipelineId}`)).body).toEqual(run);
    expect(await create(config)).not.toBe(id);
  });
});

describe('CFG-11: a service that has just started', () => {
  it('lists and stores at once, having no index to fill', async () => {
    const fresh = await createTestService();
    const { get, post } = wireClient(fresh);
    expect(await get('/canaryConfig')).toMatchObject({ status: 200, body: [] });
    expect((await post('/canaryConfig', configOf())).status).toBe(200);
    await fresh.close();
  });
});

describe('QRY-1, QRY-2: a query', () => {
  const stored = async (query: object) => {
    const config = { ...configOf(1, { name: crypto.randomUUID() }), metrics: [{ name: 'm', query }] };
    return (await client.get(`/canaryConfig/${await create(config)}`)).body.metrics[0].query;
  };

  it.each([
    'prometheus',
    'stackdriver',
    'datadog',
    'newrelic',
    'signalfx',
    'influxdb',
    'graphite',
    'wavefront',
    'atlas',
  ])('of the type %s is stored with its serviceType, whatever providers there are', async (type) => {
    expect(await stored({ type, serviceType: 'wrong', q: 'x' })).toEqual({ type, serviceType: type, q: 'x' });
  });

  it('keeps fields nobody knows, but not what an editor leaves', async () => {
    expect(await stored({ type: 'prometheus', queryType: 'default', own: { list: [1] } })).toEqual({
      type: 'prometheus',
      serviceType: 'prometheus',
      own: { list: [1] },
    });
  });

  it('whose provider is not there is refused when it is run', async () => {
    const [first] = configOf().metrics ?? [];
    const canaryConfig = { ...configOf(), metrics: [{ ...first, query: { type: 'wavefront', metricName: 'x' } }] };
    const { status, body } = await client.post('/canary', { canaryConfig, executionRequest: requestOf() });
    expect([status, body.message]).toEqual([400, "Unable to resolve canary scope factory for 'wavefront'."]);
  });

  it('of an unknown type is refused at once, with the known ones', async () => {
    const config = { ...configOf(1, { name: 'unknown' }), metrics: [{ name: 'm', query: { type: 'abacus' } }] };
    expect((await client.post('/canaryConfig', config)).body.message).toMatch(
      /^metric 'm': query.type 'abacus' is not known; known: atlas, datadog, .*wavefront$/,
    );
  });
});

describe('TPL-6: a query of InfluxDB', () => {
  it('is kept as it is, and refused when run while no provider of that type is there', async () => {
    const query = { type: 'influxdb', customInlineTemplate: 'SELECT x FROM y WHERE ${timeFilter} AND ${scope}' };
    const id = await create({
      ...configOf(1, { name: 'influx' }),
      metrics: [{ name: 'm', query, scopeName: 'default' }],
    });
    expect((await client.get(`/canaryConfig/${id}`)).body.metrics[0].query).toMatchObject(query);
    expect((await client.post(`/canary/${id}`, requestOf())).body.message).toBe(
      "Unable to resolve canary scope factory for 'influxdb'.",
    );
  });
});
