import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchParameters } from '../../src/domain/metrics-provider.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';

let service: TestService;
let client: WireClient;
beforeAll(async () => {
  const readFetchParameters = ({ metricName }: FetchParameters) => ({ query: { metricName } });
  service = await createTestService({ providers: [{ ...fakeProvider(), readFetchParameters }] });
  client = wireClient(service);
});
afterAll(() => service.close());

const set = {
  name: 'cpu',
  tags: { zone: 'a' },
  startTimeMillis: 1767225600000,
  startTimeIso: '2026-01-01T00:00:00Z',
  endTimeMillis: 1767225780000,
  endTimeIso: '2026-01-01T00:03:00Z',
  stepMillis: 60000,
  values: [1, 'NaN', 3],
  attributes: { query: "avg(cpu{scope='x'})" },
};
const scope = { startTimeIso: '2026-01-01T00:00:00Z', startTimeMillis: 1767225600000, stepMillis: 60000 };
const pair = {
  name: 'cpu',
  id: '3f0b',
  tags: { zone: 'a' },
  values: { control: [1, 'NaN', 3], experiment: [1.1, 1.2, '-Infinity'] },
  scopes: { control: scope, experiment: scope },
  attributes: { control: { query: 'a' }, experiment: { query: 'b' } },
};
const KEY = {
  id: expect.any(String),
  updatedTimestamp: expect.any(Number),
  updatedTimestampIso: expect.stringMatching(/^\d{4}-.*Z$/),
};

describe('OBJ-1: a list of series', () => {
  it('holds what one query of one side brought', async () => {
    const query = 'metricSetName=cpu&metricName=x&step=60&start=2026-01-01T00:00:00Z&end=2026-01-01T01:00:00Z';
    const { metricSetListId } = (await client.post(`/fetch/fake/query?${query}`)).body;
    expect((await client.get(`/metricSetList/${metricSetListId}`)).body).toMatchObject([
      { name: 'cpu', stepMillis: 60000 },
    ]);
  });

  it('is made by no run', async () => {
    const before = (await client.get('/metricSetList')).body;
    const status = await client.run({ canaryConfig: configOf(), executionRequest: requestOf() });
    expect((await client.get('/metricSetList')).body).toEqual(before);
    expect(JSON.stringify(status)).not.toContain('metricSetListId');
  });
});

describe.each([
  ['/metricSetList', 'metricSetListId', [set, { ...set, tags: {} }]],
  ['/metricSetPairList', 'metricSetPairListId', [pair, { ...pair, id: 'other' }]],
])('OBJ-1, OBJ-2: %s', (path, idField, list) => {
  it('gives back what was stored, under a new id, and lists the key', async () => {
    const id = (await client.post(path, list)).body[idField];
    expect((await client.get(`${path}/${id}`)).body).toEqual(list);
    const keys = (await client.get(path)).body;
    expect(keys).toContainEqual({ ...KEY, id });
    expect(keys.filter((key: object) => Object.keys(key).length !== 3)).toEqual([]);
  });

  it('has deleted it once, and a second time is a 400', async () => {
    const id = (await client.post(path, list)).body[idField];
    expect((await client.send('DELETE', `${path}/${id}`)).status).toBe(204);
    expect((await client.get(`${path}/${id}`)).status).toBe(404);
    const again = await client.send('DELETE', `${path}/${id}`);
    expect([again.status, again.body.message]).toEqual([400, expect.stringContaining(`'${id}' does not exist`)]);
  });
});

describe('OBJ-2: one pair of a list', () => {
  it('is found by its id', async () => {
    const { metricSetPairListId } = (await client.post('/metricSetPairList', [pair])).body;
    expect((await client.get(`/metricSetPairList/${metricSetPairListId}/3f0b`)).body).toEqual(pair);
  });
});

describe('EXE-3: the archive', () => {
  const run = {
    application: 'elsewhere',
    status: 'terminal',
    config: { ...configOf(), templates: { t: 'a="$\\{scope}"' } },
    canaryExecutionRequest: requestOf(),
    buildTimeMillis: 1767225600000,
    startTimeIso: '2026-01-01T00:00:01Z',
    endTimeIso: '2026-01-01T00:00:02.500Z',
  };

  it('takes a run under an id of the client, of the run, or a new one', async () => {
    const create = async (query: string, changes: object) =>
      (await client.post(`/canaryResultArchive${query}`, { ...run, ...changes })).body.pipelineId;
    expect(await create('?pipelineId=of-the-client', { pipelineId: 'of-the-run' })).toBe('of-the-client');
    expect(await create('', { pipelineId: 'of-the-run' })).toBe('of-the-run');
    expect(await create('', {})).toMatch(/^[0-9A-Z]{26}$/);
    expect((await client.get('/canaryResultArchive')).body).toContainEqual({ ...KEY, id: 'of-the-run' });
  });

  it('gives it back as any run that ended', async () => {
    await client.post('/canaryResultArchive?pipelineId=given', run);
    const { body } = await client.get('/canaryResultArchive/given');
    expect(body).toMatchObject({
      pipelineId: 'given',
      complete: true,
      status: 'terminal',
      startTimeMillis: 1767225601000,
      endTimeMillis: 1767225602500,
      endTimeIso: '2026-01-01T00:00:02.500Z',
    });
    expect((await client.get('/canary/given')).body).toEqual(body);
  });

  it('has an id once: a second is a 400, and replacing or deleting a missing one too', async () => {
    await client.post('/canaryResultArchive?pipelineId=once', run);
    const twice = await client.post('/canaryResultArchive?pipelineId=once', run);
    expect([twice.status, twice.body.message]).toEqual([400, expect.stringContaining("'once' already exists")]);
    const replaced = await client.send('PUT', '/canaryResultArchive/once', { body: { ...run, application: 'new' } });
    expect([replaced.status, replaced.body]).toEqual([200, { pipelineId: 'once' }]);
    expect((await client.get('/canary/once')).body.application).toBe('new');
    expect((await client.send('PUT', '/canaryResultArchive/none', { body: run })).status).toBe(400);
    expect((await client.send('DELETE', '/canaryResultArchive/none')).status).toBe(400);
    expect((await client.send('DELETE', '/canaryResultArchive/once')).status).toBe(204);
    expect((await client.get('/canaryResultArchive/once')).status).toBe(404);
  });

  it('is of the runs that ended, canceled ones too, and of no other', async () => {
    await client.post('/admin/orca/instance/enabled', { enabled: false });
    const { canaryExecutionId: id } = (
      await client.post('/canary', { canaryConfig: configOf(), executionRequest: requestOf() })
    ).body;
    expect((await client.get(`/canaryResultArchive/${id}`)).status).toBe(404);
    await client.send('PUT', `/pipelines/${id}/cancel`);
    await client.post('/admin/orca/instance/enabled', { enabled: true });
    expect((await client.get(`/canaryResultArchive/${id}`)).body.status).toBe('canceled');
  });
});

describe('GEN-2: executions as pipelines', () => {
  it('are listed by id, read, deleted once they ended, and not before', async () => {
    await client.post('/admin/orca/instance/enabled', { enabled: false });
    const { canaryExecutionId: id } = (
      await client.post('/canary', { canaryConfig: configOf(), executionRequest: requestOf() })
    ).body;
    expect((await client.get('/pipelines')).body).toContain(id);
    expect((await client.get(`/pipelines/${id}`)).status).toBe(200);
    expect((await client.send('DELETE', `/pipelines/${id}`)).status).toBe(401);
    await client.send('PUT', `/pipelines/${id}/cancel`);
    await client.post('/admin/orca/instance/enabled', { enabled: true });
    expect((await client.send('DELETE', `/pipelines/${id}`)).status).toBe(200);
    expect((await client.send('DELETE', `/pipelines/${id}`)).status).toBe(404);
    expect((await client.send('PUT', `/pipelines/${id}/cancel`)).status).toBe(404);
  });
});
