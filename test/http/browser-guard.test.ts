import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService } from '../support/http/test-service.ts';
import { wireClient } from '../support/http/wire-client.ts';

const DECK = 'https://deck.example';
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const service of opened.splice(0)) await service.close();
});

async function open(server: object = {}) {
  const service = await createTestService({ server });
  opened.push(service);
  return wireClient(service);
}

describe('the Host of a request', () => {
  const statusOf = async (server: object, host: string) => {
    const { status, body } = await (await open(server)).send('GET', '/canaryConfig', { headers: { host } });
    return [status, body.errorCode ?? ''];
  };
  const refused = [403, 'HOST_REFUSED'];

  it.each(['localhost', 'LOCALHOST:8090', 'haldane.localhost:1', '127.0.0.1:8090', '127.1.2.3', '[::1]:8090', '[::1]'])(
    'may be %s on loopback',
    async (host) => expect(await statusOf({}, host)).toEqual([200, '']),
  );

  it.each(['evil.example:8090', 'localhost.evil.example', '10.0.0.1', '0.0.0.0:8090', '[fe80::1]', 'a@localhost'])(
    'may not be %j on loopback: a page of that name may have been made to resolve here',
    async (host) => expect(await statusOf({}, host)).toEqual(refused),
  );

  it('is named when it is refused, with the setting that allows it, before anything is done', async () => {
    const { send } = await open();
    const headers = { host: 'evil.example:8090' };
    const { body } = await send('POST', '/canaryConfig', { headers, body: configOf() });
    expect(body.message).toMatch(/^Host 'evil\.example:8090' .*server\.allowedHosts/);
    expect((await send('GET', '/canaryConfig')).body).toEqual([]);
  });

  it('may be any elsewhere, until the configuration names some', async () => {
    expect(await statusOf({ host: '0.0.0.0' }, 'haldane.internal:8090')).toEqual([200, '']);
    const named = { host: '0.0.0.0', allowedHosts: ['Haldane.internal', '*.example.com'] };
    expect(await statusOf(named, 'haldane.internal:8090')).toEqual([200, '']);
    expect(await statusOf(named, 'canary.example.com')).toEqual([200, '']);
    expect(await statusOf(named, 'localhost')).toEqual([200, '']);
    expect(await statusOf(named, 'example.com')).toEqual(refused);
    expect(await statusOf(named, 'other.internal')).toEqual(refused);
  });

  it('is looked at on pages and unknown paths too', async () => {
    const { send } = await open();
    for (const url of ['/', '/configs', '/no/such/path', '/docs/static/index.html', '/health']) {
      const { status } = await send('GET', url, { headers: { host: 'evil.example', accept: 'text/html' } });
      expect([url, status]).toEqual([url, 403]);
    }
  });
});

const ORIGIN_HEADERS = ['access-control-allow-origin', 'access-control-allow-methods', 'vary'];

describe('a page of another site', () => {
  it('gets no CORS header by default, whatever it asks for', async () => {
    const { send } = await open();
    for (const [method, url] of [
      ['GET', '/canary/executions'],
      ['GET', '/credentials'],
      ['OPTIONS', '/canary'],
      ['GET', '/no/such/path'],
    ] as const) {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
      const answer = await send(method, url, { headers });
      expect(ORIGIN_HEADERS.filter((name) => name in answer.headers)).toEqual([]);
      if (method === 'OPTIONS') expect([answer.status, answer.body.errorCode]).toEqual([403, 'ORIGIN_REFUSED']);
    }
  });

  it.each<[string, Record<string, string>]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another port', { origin: 'http://localhost:3000' }],
    ['in a sandboxed frame', { origin: 'null' }],
    ['of another site by the word of the browser', { 'sec-fetch-site': 'cross-site' }],
    ['of a neighbouring site', { origin: 'http://localhost', 'sec-fetch-site': 'same-site' }],
    ['of no site that can be read', { origin: 'not an origin' }],
  ])('%s writes nothing', async (_, headers) => {
    const { send, post } = await open();
    const { canaryConfigId } = (await post('/canaryConfig', configOf())).body;
    for (const [method, url, body] of [
      ['POST', '/canaryConfig', configOf(1, { name: 'foreign' })],
      ['POST', '/canary', {}],
      ['DELETE', `/canaryConfig/${canaryConfigId}`, undefined],
      ['PUT', '/pipelines/x/cancel', undefined],
      ['POST', '/admin/orca/instance/enabled', { enabled: false }],
      ['POST', '/configs/new', undefined],
    ] as const) {
      const answer = await send(method, url, { headers, ...(body && { body }) });
      expect([url, answer.status, answer.body.errorCode]).toEqual([url, 403, 'ORIGIN_REFUSED']);
      expect(answer.body.message).toContain('server.allowedOrigins');
    }
    expect((await send('GET', '/canaryConfig')).body).toHaveLength(1);
  });

  it.each<[string, Record<string, string>]>([
    ['of our own', { origin: 'http://localhost:8090', host: 'localhost:8090' }],
    ['of our own behind TLS', { origin: 'https://haldane.localhost', host: 'haldane.localhost:443' }],
    ['of our own by the word of the browser', { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }],
    ['behind a proxy that says what was called', { origin: 'https://ui.example', 'x-forwarded-host': 'ui.example' }],
    ['behind a proxy, as Referee is over https', { origin: 'https://ui.example', 'sec-fetch-site': 'same-origin' }],
    ['none at all', {}],
  ])('that is one %s writes', async (_, headers) => {
    const { send } = await open();
    expect((await send('POST', '/canaryConfig', { headers, body: configOf() })).status).toBe(200);
  });
});

describe('a page of an allowed origin', () => {
  it('reads, asks what it may send, and writes', async () => {
    const { send } = await open({ allowedOrigins: [DECK] });
    const headers = { origin: DECK, 'sec-fetch-site': 'cross-site' };
    const asked = { ...headers, 'access-control-request-method': 'PUT' };
    const preflight = await send('OPTIONS', '/canaryConfig/x', { headers: asked });
    expect(preflight.status).toBe(200);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': DECK,
      'access-control-allow-methods': 'POST, GET, OPTIONS, DELETE, PUT, PATCH',
      'access-control-max-age': '3600',
      'access-control-allow-headers': expect.stringContaining('x-requested-with, content-type'),
      vary: 'Origin',
    });
    const stored = await send('POST', '/canaryConfig', { headers, body: configOf() });
    expect([stored.status, stored.headers['access-control-allow-origin']]).toEqual([200, DECK]);
    const list = await send('GET', '/canaryConfig', { headers });
    expect(list.headers).toMatchObject({ 'access-control-allow-origin': DECK, vary: 'Origin' });
    expect(list.headers['access-control-expose-headers']).toContain('x-next-cursor');
  });

  it('lets in no other, and tells caches that answers differ', async () => {
    const { send } = await open({ allowedOrigins: [DECK] });
    const answer = await send('GET', '/canaryConfig', { headers: { origin: 'https://deck.example.evil' } });
    expect([answer.headers['access-control-allow-origin'], answer.headers.vary]).toEqual([undefined, 'Origin']);
    const headers = { origin: 'http://deck.example' };
    expect((await send('POST', '/canaryConfig', { headers, body: configOf() })).status).toBe(403);
  });
});

describe('the configuration', () => {
  const problemOf = (server: object) => {
    try {
      readConfig({ text: JSON.stringify({ server }), environment: {}, providers: [] });
      return '';
    } catch (error) {
      return String(error);
    }
  };
  it.each(['*', 'null', 'deck.example', 'https://deck.example/', 'https://deck.example/ui', 'https://Deck.example'])(
    'takes no %s for an origin',
    (origin) => expect(problemOf({ allowedOrigins: [origin] })).toContain('https://deck.example.com'),
  );
  it.each(['https://haldane.internal', 'haldane:8090', '*', 'a b'])('takes no %s for a host', (host) =>
    expect(problemOf({ allowedHosts: [host] })).toContain('haldane.internal'),
  );
  it('takes origins with ports and names below a name', () => {
    expect(problemOf({ allowedOrigins: ['http://deck:9000'], allowedHosts: ['*.example.com', 'haldane'] })).toBe('');
  });
});
