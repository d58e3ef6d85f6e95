import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const ADMIN = 'an-admin-token-of-at-least-32-letters';
const provider = fakeProvider((request) => [
  seriesOf(
    request,
    Array.from({ length: 120 }, (_, t) => 100 + (t % 7)),
  ),
]);

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly payload?: object | string;
  readonly form?: Readonly<Record<string, string>>;
}

describe('backtests of those who have some applications', () => {
  let service: TestService;
  let [token, viewer, runner] = ['', '', ''];
  /** configs: of theirs and of others, of others only */
  let [shared, foreign] = ['', ''];
  /** a backtest of each */
  const tried = { shared: '', foreign: '' };
  const window = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T02:00:00Z', step: 60 };
  const [controlScope, experimentScope] = [
    { scope: 'a', ...window },
    { scope: 'b', ...window },
  ];
  const body = {
    executionRequest: requestOf({ scopes: { default: { controlScope, experimentScope } } }),
    backtest: { windowMinutes: 60, changes: [] },
  };
  const form = { control: 'a', experiment: 'b', start: window.start, end: window.end, changes: 'none', begin: 'true' };

  const as = async (by: string, url: string, { method = 'GET', payload, form: fields }: Asked = {}) =>
    service.http.inject({
      ...{ url, method },
      ...(fields === undefined ? payload && { payload } : { payload: new URLSearchParams(fields).toString() }),
      headers: {
        authorization: `Bearer ${by}`,
        ...(fields === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(url.startsWith('/canaryConfig') || url.startsWith('/tokens') ? {} : { accept: 'text/html' }),
      },
    });
  const newToken = async (name: string, role: string) => {
    const payload = { name, role, applications: ['shop'] };
    return (await as(ADMIN, '/tokens', { method: 'POST', payload })).json().token as string;
  };

  beforeAll(async () => {
    service = await createTestService({ providers: [provider], auth: { adminToken: ADMIN } });
    [token, runner, viewer] = [
      await newToken('editor', 'editor'),
      await newToken('runner', 'runner'),
      await newToken('viewer', 'viewer'),
    ];
    const store = async (name: string, applications: string[]) => {
      const payload = configOf(1, { name, applications });
      return (await as(ADMIN, '/canaryConfig', { method: 'POST', payload })).json().canaryConfigId as string;
    };
    shared = await store('shared', ['shop', 'mail']);
    foreign = await store('foreign', ['mail']);
    const begin = async (canaryConfigId: string) => {
      const payload = { canaryConfigId, ...body };
      const answer = await as(ADMIN, '/canaryConfig/backtest?application=mail', { method: 'POST', payload });
      return answer.json().backtestId as string;
    };
    tried.shared = await begin(shared);
    tried.foreign = await begin(foreign);
  });
  afterAll(() => service.close());

  it('are none of others, on no page and through no form', async () => {
    for (const id of [tried.shared, tried.foreign]) {
      expect((await as(token, `/backtests/${id}.html`)).statusCode).toBe(404);
      expect((await as(token, `/backtests/${id}/again`, { method: 'POST', form: {} })).statusCode).toBe(404);
      expect((await as(token, `/backtests/${id}/cancel`, { method: 'POST', form: {} })).statusCode).toBe(404);
    }
    const list = await as(token, '/backtests.html');
    expect([list.statusCode, list.body.includes(tried.shared)]).toEqual([200, false]);
    expect((await as(token, '/backtests.html?application=mail')).statusCode).toBe(403);
    const page = await as(token, `/configs/${shared}`);
    expect([page.statusCode, page.body.includes(tried.shared)]).toEqual([200, false]);
    expect((await as(ADMIN, `/configs/${shared}`)).body).toContain(tried.shared);
  });

  it('try no config of others, whichever way it is named', async () => {
    expect((await as(token, `/configs/${foreign}/backtest`)).statusCode).toBe(404);
    expect((await as(token, `/configs/${foreign}/backtest`, { method: 'POST', form })).statusCode).toBe(404);
    const json = JSON.stringify(configOf(1, { name: 'mine', applications: ['shop'] }));
    const unsaved = { method: 'POST', form: { ...form, json } } as const;
    expect((await as(token, `/configs/backtest?id=${foreign}`, unsaved)).statusCode).toBe(404);
    const payload = { canaryConfigId: foreign, ...body };
    expect((await as(token, '/canaryConfig/backtest', { method: 'POST', payload })).statusCode).toBe(404);
    const both = { ...payload, canaryConfig: configOf(1, { applications: ['shop'] }) };
    expect((await as(token, '/canaryConfig/backtest', { method: 'POST', payload: both })).statusCode).toBe(404);
    expect((await as(token, '/configs/backtest', unsaved)).statusCode).toBe(303);
  });

  it('are started by who may start runs, and shown to who may read them', async () => {
    const started = await as(runner, `/configs/${shared}/backtest`, { method: 'POST', form });
    expect([started.statusCode, started.body]).toEqual([303, '']);
    const address = String(started.headers.location);
    expect((await as(viewer, address)).statusCode).toBe(200);
    expect((await as(viewer, `/configs/${shared}/backtest`)).statusCode).toBe(200);
    expect((await as(viewer, `/configs/${shared}/backtest`, { method: 'POST', form })).statusCode).toBe(403);
    const again = address.replace('.html', '/again');
    expect((await as(viewer, again, { method: 'POST', form: {} })).statusCode).toBe(403);
    expect((await as(viewer, address.replace('.html', '/cancel'), { method: 'POST', form: {} })).statusCode).toBe(403);
    const unsaved = { ...form, json: JSON.stringify(configOf(1)) };
    expect((await as(runner, '/configs/backtest', { method: 'POST', form: unsaved })).statusCode).toBe(403);
    expect((await as(token, again, { method: 'POST', form: {} })).statusCode).toBe(303);
  });
});
