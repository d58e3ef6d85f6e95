import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
let id = '';
beforeAll(async () => {
  service = await createTestService();
  id = (await send('POST', '/canaryConfig', configOf(2, { name: 'versions', description: 'first' }))).body
    .canaryConfigId;
  await send('PUT', `/canaryConfig/${id}`, configOf(1, { name: 'versions', description: 'second' }));
});
afterAll(() => service.close());

const send = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
  const answer = await service.http.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  return { status: answer.statusCode, body: answer.json() };
};

describe('/canaryConfig/{id}/versions', () => {
  it('lists them, gives each back, and says what changed', async () => {
    const versions = (await send('GET', `/canaryConfig/${id}/versions`)).body;
    expect(versions.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
    expect((await send('GET', `/canaryConfig/${id}/versions/1`)).body).toMatchObject({ description: 'first' });
    const { from, to, changes } = (await send('GET', `/canaryConfig/${id}/versions/2/changes`)).body;
    expect([from, to]).toEqual([1, 2]);
    expect(changes).toContainEqual({ path: 'description', before: 'first', after: 'second' });
    expect(changes.map(({ path }: { path: string }) => path).join()).toMatch(/metrics\[.+\]/);
    const back = (await send('GET', `/canaryConfig/${id}/versions/1/changes?from=2`)).body;
    expect(back.changes).toContainEqual({ path: 'description', before: 'second', after: 'first' });
  });

  it('says which there are where there is none', async () => {
    const { status, body } = await send('GET', `/canaryConfig/${id}/versions/9`);
    expect([status, body.message]).toEqual([404, `Canary config '${id}' has no version 9; there are 1 to 2.`]);
    expect((await send('GET', `/canaryConfig/${id}/versions/zero`)).status).toBe(400);
    expect((await send('GET', '/canaryConfig/nobody/versions')).status).toBe(404);
    expect((await send('GET', '/canaryConfig/nobody/versions/1')).status).toBe(404);
  });

  it('restores one as the newest', async () => {
    expect((await send('POST', `/canaryConfig/${id}/versions/1/restore`)).body).toEqual({
      canaryConfigId: id,
      version: 3,
    });
    expect((await send('GET', `/canaryConfig/${id}`)).body).toMatchObject({ description: 'first' });
    expect((await send('GET', `/canaryConfig/${id}/versions/3/changes?from=1`)).body.changes).toEqual([]);
  });
});

describe('the pages', () => {
  it('show what changed, restore, and ask before they delete', async () => {
    const page = async (url: string, method: 'GET' | 'POST' = 'GET') =>
      service.http.inject({ method, url, headers: { accept: 'text/html' } });
    const text = (await page(`/configs/${id}/versions?version=2`)).body;
    expect(text).toContain('From version 1 to 2');
    expect(text).toContain('<code>description</code>');
    expect(text).toContain('Restore version 2');
    expect((await page(`/configs/${id}/versions/2/restore`, 'POST')).statusCode).toBe(303);
    expect((await send('GET', `/canaryConfig/${id}`)).body).toMatchObject({ description: 'second' });
    const file = await page(`/configs/${id}/file.yaml`);
    expect(file.headers['content-disposition']).toBe('attachment; filename="versions.yaml"');
    expect(parse(file.body)).toEqual((await send('GET', `/canaryConfig/${id}`)).body);
    expect((await page(`/configs/${id}/file.exe`)).statusCode).toBe(404);
    expect((await page(`/configs/${id}/delete`)).body).toContain('Delete this config?');
    expect((await send('GET', `/canaryConfig/${id}`)).status).toBe(200);
    expect((await page(`/configs/${id}/delete`, 'POST')).statusCode).toBe(303);
    expect((await send('GET', `/canaryConfig/${id}`)).status).toBe(404);
  });

  it('take YAML where JSON is written', async () => {
    const post = (json: string) =>
      service.http.inject({
        method: 'POST',
        url: '/configs/new',
        headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ json }).toString(),
      });
    const { stringify } = await import('yaml');
    const saved = await post(stringify(configOf(1, { name: 'from-yaml' })));
    expect(saved.statusCode).toBe(303);
    expect((await send('GET', `/canaryConfig/${saved.headers.location?.split('/')[2]}`)).body.name).toBe('from-yaml');
    const wrong = await post('name: [\nx');
    expect([wrong.statusCode, wrong.body.includes('Not YAML')]).toEqual([400, true]);
  });
});
