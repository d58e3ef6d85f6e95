import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await createTestService();
});
afterAll(() => service.close());

const send = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) => {
  const answer = await service.http.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  return { status: answer.statusCode, body: answer.body === '' ? '' : answer.json() };
};
const create = async (config: object) => (await send('POST', '/canaryConfig', config)).body.canaryConfigId as string;

describe('/canaryConfig', () => {
  it('gives back what it was given, with timestamps and serviceType', async () => {
    const config = configOf(2, { name: 'round-trip', description: 'd', templates: { t: 'a' } });
    const id = await create(config);
    const { body } = await send('GET', `/canaryConfig/${id}`);
    expect(body).toMatchObject({ ...config, id });
    expect(body.createdTimestampIso).toBe(new Date(body.createdTimestamp).toISOString().replace('.000Z', 'Z'));
    expect(body.updatedTimestamp).toBe(body.createdTimestamp);
  });

  it('CFG-2: takes an id of the client, once', async () => {
    const config = configOf(1, { name: 'chosen', id: 'my.own-id' });
    expect(await create(config)).toBe('my.own-id');
    const again = await send('POST', '/canaryConfig', { ...config, name: 'other' });
    expect(again).toMatchObject({ status: 400, body: { message: "Canary config 'my.own-id' already exists." } });
    expect((await send('GET', '/canaryConfig/my.own-id')).body.name).toBe('chosen');
  });

  it('CFG-4: keeps timestamps it is given when storing, and stamps a replacement', async () => {
    const id = await create(configOf(1, { name: 'stamped', createdTimestamp: 1000, updatedTimestamp: 2000 }));
    expect((await send('GET', `/canaryConfig/${id}`)).body).toMatchObject({
      createdTimestampIso: '1970-01-01T00:00:01Z',
      updatedTimestamp: 2000,
    });
    await send('PUT', `/canaryConfig/${id}`, configOf(1, { name: 'stamped' }));
    const replaced = (await send('GET', `/canaryConfig/${id}`)).body;
    expect(replaced).not.toHaveProperty('createdTimestamp');
    expect(replaced.updatedTimestamp).toBeGreaterThan(1_700_000_000_000);
  });

  it('CFG-5: refuses a name taken in one of its applications, and allows it elsewhere', async () => {
    await create(configOf(1, { name: 'taken', applications: ['a', 'b'] }));
    expect(await send('POST', '/canaryConfig', configOf(1, { name: 'taken', applications: ['b', 'c'] }))).toMatchObject(
      {
        status: 400,
        body: { message: "Canary config with name 'taken' already exists in the scope of applications [b, c]." },
      },
    );
    const other = await create(configOf(1, { name: 'taken', applications: ['c', 'c'] }));
    expect(
      (await send('PUT', `/canaryConfig/${other}`, configOf(1, { name: 'taken', applications: ['c'] }))).status,
    ).toBe(200);
    expect(
      (await send('PUT', `/canaryConfig/${other}`, configOf(1, { name: 'taken', applications: ['a'] }))).status,
    ).toBe(400);
    expect((await send('GET', `/canaryConfig/${other}`)).body.applications).toEqual(['c']);
  });

  it('CFG-1, CFG-7, CFG-10: lists summaries, of all or of some applications, at once', async () => {
    const id = await create(configOf(1, { name: 'listed,with-comma', applications: ['list-1', 'list-2'] }));
    const { body } = await send('GET', '/canaryConfig?application=list-2,list-9');
    expect(body).toEqual([
      {
        id,
        name: 'listed,with-comma',
        updatedTimestamp: expect.any(Number),
        updatedTimestampIso: expect.any(String),
        applications: ['list-1', 'list-2'],
      },
    ]);
    expect((await send('GET', '/canaryConfig?application=list-9&application=list-1')).body).toHaveLength(1);
    expect((await send('GET', '/canaryConfig?application=')).body.length).toBeGreaterThan(1);
    expect((await send('DELETE', `/canaryConfig/${id}`)).status).toBe(204);
    expect((await send('GET', '/canaryConfig?application=list-2')).body).toEqual([]);
    expect((await send('GET', `/canaryConfig/${id}`)).status).toBe(404);
  });
});
