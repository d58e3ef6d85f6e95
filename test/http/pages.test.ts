import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASSETS } from '../../src/web/assets.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await createTestService();
});
afterAll(() => service.close());

const HTML = { accept: 'text/html' };
const get = (url: string, headers: Record<string, string> = HTML) => service.http.inject({ url, headers });
const postForm = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  service.http.inject({
    method: 'POST',
    url,
    headers: { ...HTML, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  });
const store = async (changes = {}) =>
  (await service.http.inject({ method: 'POST', url: '/canaryConfig', payload: configOf(1, changes) })).json()
    .canaryConfigId as string;
const plain = (html: string) => html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
const idsIn = (page: string) => [...page.matchAll(/<tr data-id="([^"]+)"/g)].map(([, id]) => id);

describe('a page', () => {
  it.each(['/', '/?show=analyses', '/configs', '/configs/new', '/configs/new?blank=true', '/configs/new?pack=istio'])(
    'at %s loads only its own files, which there are, and may do nothing else',
    async (url) => {
      const { statusCode, headers, body } = await get(url);
      expect(statusCode).toBe(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['content-security-policy']).toMatch(/^default-src 'none';/);
      expect(headers['content-security-policy']).not.toContain('unsafe');
      const loaded = [...body.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
      expect(loaded.length).toBeGreaterThan(2);
      expect(loaded.filter((path) => !ASSETS.has(path))).toEqual([]);
      expect(body).not.toMatch(/ (?:style|on\w+)="/);
    },
  );

  it('of the API has the name, the policy and the links of every other page', async () => {
    const { statusCode, headers, body } = await get('/docs');
    expect(statusCode).toBe(200);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none';/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(body).toContain('<title>API · Haldane</title>');
    expect(body.match(/<h2[^>]*>([^<]+)/)?.[1]).toBe('First verdict in five requests');
    const loaded = [...body.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path = '']) => path);
    for (const path of new Set(loaded)) expect((await get(path)).statusCode, path).toBe(200);
    expect(loaded).toContain('/');
    expect(body).not.toMatch(/ (?:style|on\w+)="|https:/);
  });

  it('shows chats a picture, at a whole address', async () => {
    const { body } = await get('/configs', { ...HTML, host: '127.0.0.1:8090' });
    const card = plain(/property="og:image" content="([^"]+)"/.exec(body)?.[1] ?? '');
    expect(card).toMatch(/^http:\/\/127\.0\.0\.1:8090\/assets\/\w+-card\.png$/);
    const { statusCode, headers, rawPayload } = await get(new URL(card).pathname);
    expect([statusCode, headers['content-type']]).toEqual([200, 'image/png']);
    expect(rawPayload.subarray(1, 4).toString('latin1')).toBe('PNG');
  });

  it('is set in a typeface that comes from here', async () => {
    const { body } = await get('/');
    const typeface = /rel="preload" href="([^"]+\.woff2)" as="font"/.exec(body)?.[1] ?? '';
    const served = await get(typeface);
    expect([served.statusCode, served.headers['content-type']]).toEqual([200, 'font/woff2']);
    expect(served.rawPayload.subarray(0, 4).toString('latin1')).toBe('wOF2');
    expect(served.headers['cache-control']).toContain('immutable');
    const style = /rel="stylesheet" href="([^"]+)"/.exec(body)?.[1] ?? '';
    expect((await get(style)).body).toContain(`src: url("${typeface}")`);
  });

  it.each(['/docs/ui', '/docs/ui/', '/swagger-ui/index.html'])('at %s is the page of the API', async (url) =>
    expect((await get(url)).headers.location).toBe('/docs'),
  );

  it('has scripts that import each other by the paths they are served at', () => {
    const imported = [...ASSETS.values()].flatMap((asset) =>
      'text' in asset && asset.type.startsWith('text/javascript')
        ? [...asset.text.matchAll(/ from '([^']+)';$/gm)].map(([, path = '']) => path)
        : [],
    );
    expect(imported.length).toBeGreaterThan(1);
    expect(imported.filter((path) => !ASSETS.has(path))).toEqual([]);
  });

  it.each([
    ['/configs/nobody', 'config'],
    ['/configs/nobody/edit', 'config'],
    ['/configs/new?from=nobody', 'config'],
    ['/compare?a=nobody', 'report'],
    ['/reports/nobody', 'report'],
    ['/reports/nobody/delete', 'report'],
    ['/backtests/nobody.html', 'backtest'],
  ])('that cannot be found, %s, is a page that says what to do next, and JSON for programs', async (url, what) => {
    const forPeople = await get(url);
    expect(forPeople.statusCode).toBe(404);
    expect(forPeople.body).toContain(`<h1>There is no such ${what}</h1>`);
    expect(forPeople.body).toMatch(/<ul><li><a href="\/(configs|backtests.html)?"/);
    const forPrograms = await get(url, { accept: 'application/json' });
    expect(forPrograms.statusCode).toBe(404);
    expect(forPrograms.json()).toMatchObject({ status: 404, message: expect.stringContaining("'nobody'") });
  });

  it.each([
    ['/?status=asleep', "status: 'asleep' is not known"],
    ['/?from=2026-02-30T', "from: '2026-02-30T' is not a day"],
    ['/?cursor=abc', 'cursor: not a valid cursor'],
    ['/compare?run=a', 'Choose two runs'],
    ['/configs/new?pack=istio&edit=true', 'Choose at least one metric'],
  ])('asked for with %s says what is wrong', async (url, message) => {
    const { statusCode, body } = await get(url);
    expect(statusCode).toBe(400);
    expect(plain(body)).toContain(message);
  });
});

describe('a form', () => {
  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://elsewhere.example', host: 'haldane.localhost' }],
    [{ origin: 'null', host: 'haldane.localhost' }],
  ])('of another site is refused: %o', async (headers) => {
    const json = JSON.stringify(configOf(1, { name: 'foreign' }));
    const { statusCode, body } = await postForm('/configs/new', { json }, headers as never);
    expect(statusCode).toBe(403);
    expect(body).toContain('sent by a page of another site');
    expect((await get('/configs')).body).not.toContain('foreign');
  });

  it.each([
    ['same-origin', { 'sec-fetch-site': 'same-origin' }],
    ['same-host', { origin: 'http://haldane.localhost:8090', host: 'haldane.localhost:8090' }],
    ['no-browser', {}],
  ])('of its own page, or of no page, is taken: %s', async (name, headers) => {
    const { statusCode, headers: answered } = await postForm(
      '/configs/new',
      { json: toJson({ name }) },
      headers as never,
    );
    expect(statusCode).toBe(303);
    expect(answered.location).toMatch(/^\/configs\/[\w-]+$/);
  });

  it('comes back with all that was written and what is wrong with it', async () => {
    const { statusCode, body } = await postForm('/configs/new', { json: '{ "name": "a b", </textarea>' });
    expect(statusCode).toBe(400);
    expect(plain(body)).toContain('{ "name": "a b", </textarea></textarea>');
    expect(body).toContain('not JSON');
    expect((await postForm('/configs/new', { json: '[]' })).statusCode).toBe(400);
    expect((await postForm('/configs/new', {})).statusCode).toBe(400);
  });

  it('replaces the config whose page it is on, whatever id it says', async () => {
    const id = await store({ name: 'mine' });
    const { statusCode } = await postForm(`/configs/${id}/edit`, { json: toJson({ name: 'renamed', id: 'other' }) });
    expect(statusCode).toBe(303);
    expect((await service.http.inject(`/canaryConfig/${id}`)).json()).toMatchObject({ id, name: 'renamed' });
    expect((await service.http.inject('/canaryConfig/other')).statusCode).toBe(404);
  });

  it('that asks for a check or a try stores nothing', async () => {
    for (const query of ['check=true', 'try=queries', 'try=series']) {
      const { statusCode } = await postForm(`/configs/new?${query}`, {
        json: toJson({ name: 'only-tried' }),
        draw: '0',
      });
      expect(statusCode).toBe(200);
    }
    expect((await get('/configs')).body).not.toContain('only-tried');
  });

  it('for a run that cannot be comes back with the reason, and a run is not started', async () => {
    const id = await store({ name: 'no-run' });
    const { statusCode, body } = await postForm(`/configs/${id}/runs`, { start: 'soon', step: 'often', params: 'x' });
    expect(statusCode).toBe(400);
    for (const field of ['start', 'step', 'params']) expect(body).toContain(`id="try-${field}-error"`);
    const account = await postForm(`/configs/${id}/runs`, { account: 'nobody' });
    expect(account.statusCode).toBe(400);
    expect(account.body).toContain('Unable to resolve account nobody');
    expect(idsIn((await get(`/?config=${id}`)).body)).toEqual([]);
  });
});

describe('the list of runs', () => {
  it('leads from page to page, in order, while runs are added', async () => {
    const payload = { canaryConfig: configOf(1), executionRequest: requestOf() };
    const start = async () =>
      (await service.http.inject({ method: 'POST', url: '/canary?application=paged', payload })).json()
        .canaryExecutionId;
    const ids: string[] = [];
    for (let run = 0; run < 26; run++) ids.unshift(await start());
    const first = (await get('/?application=paged')).body;
    await start();
    const next = /rel="next" href="([^"]+)"/.exec(first)?.[1] ?? '';
    expect(plain(next)).toContain('application=paged');
    const second = (await get(plain(next))).body;
    expect([...idsIn(first), ...idsIn(second)]).toEqual(ids);
    expect(second).not.toContain('rel="next"');
  });

  it('shows how the last runs of a config ended, in all that is listed, whatever verdict is looked for', async () => {
    const id = await store({ name: 'trending' });
    const run = async () => {
      const url = `/canary/${id}?wait=10s&application=trends`;
      return (await service.http.inject({ method: 'POST', url, payload: requestOf() })).json();
    };
    for (let one = 0; one < 3; one++) await run();
    const told = ' of 3: the runs of trending"';
    for (const query of ['?application=trends', '?application=trends&verdict=Marginal', `?config=${id}`])
      expect((await get(`/${query}`)).body).toContain(told);
    expect((await get('/?application=others')).body).not.toContain(told);
    expect((await get('/?show=analyses')).body).not.toContain(told);
  });

  it('lists analyses newest first, by application, status and day', async () => {
    const scope = { scopeName: 'default', controlScope: 'v1', experimentScope: 'v2', step: 60 };
    const window = { startTimeIso: '2026-01-01T00:00:00Z', endTimeIso: '2026-01-01T01:00:00Z' };
    const executionRequest = { scopes: [{ ...scope, ...window }], thresholds: { pass: 95, marginal: 75 } };
    const start = async (application: string) => {
      const url = `/standalone_canary_analysis?application=${application}`;
      const payload = { canaryConfig: configOf(1), executionRequest };
      return (await service.http.inject({ method: 'POST', url, payload })).json().canaryAnalysisExecutionId as string;
    };
    const [one, two, other] = [await start('a'), await start('a'), await start('b')];
    expect(idsIn((await get('/?show=analyses&application=a')).body)).toEqual([two, one]);
    expect(idsIn((await get('/?show=analyses')).body).slice(0, 3)).toEqual([other, two, one]);
    expect(idsIn((await get('/?show=analyses&status=canceled')).body)).toEqual([]);
    expect(idsIn((await get('/?show=analyses&to=2000-01-01')).body)).toEqual([]);
    const today = new Date().toISOString().slice(0, 10);
    expect(idsIn((await get(`/?show=analyses&application=b&from=${today}&to=${today}`)).body)).toEqual([other]);
  });
});

describe('the comparison', () => {
  it('takes the older of two ticked runs as A, whichever was ticked first', async () => {
    const payload = { canaryConfig: configOf(1), executionRequest: requestOf() };
    const start = async () =>
      (await service.http.inject({ method: 'POST', url: '/canary?wait=10s', payload })).json().pipelineId as string;
    const [older, newer] = [await start(), await start()];
    for (const ticked of [`run=${older}&run=${newer}`, `run=${newer}&run=${older}`]) {
      expect((await get(`/compare?${ticked}`)).headers.location).toBe(`/compare?a=${older}&b=${newer}`);
    }
    expect((await get(`/compare?a=${older}&judge=Solomon`)).body).toContain('Known judges: FakeJudge-v1.0');
  });
});

function toJson(changes: object): string {
  return JSON.stringify(configOf(1, { applications: [`app-of-${JSON.stringify(changes).length}`], ...changes }));
}
