import { request } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requiredChromium, watchedPage } from '../support/http/browser.ts';
import { type PageService, shopConfig, shopRequest, startPageService } from '../support/http/page-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const browser = await requiredChromium(['--host-resolver-rules=MAP *.example 127.0.0.1']);

/** What a page on another site tries, in its own words. @returns what it got of each */
const ATTACK = `async ({ target, configId, runId, pairsId }) => {
  const tried = {};
  const attempt = async (name, path, options) => {
    try {
      const answer = await fetch(target + path, options);
      tried[name] = answer.type === 'opaque' ? 'sent, not read' : answer.status + ' ' + (await answer.text()).slice(0, 40);
    } catch { tried[name] = 'blocked'; }
  };
  const json = { 'content-type': 'application/json' };
  const stolen = JSON.stringify({ name: 'stolen', applications: ['x'], metrics: [] });
  await attempt('runs', '/canary/executions?application=*');
  await attempt('a run', '/canary/' + runId);
  await attempt('accounts', '/credentials');
  await attempt('series', '/metricSetPairList/' + pairsId);
  await attempt('runs without CORS', '/canary/executions?application=*', { mode: 'no-cors' });
  await attempt('deleting', '/canaryConfig/' + configId, { method: 'DELETE' });
  await attempt('disabling', '/admin/orca/instance/enabled', { method: 'POST', headers: json, body: '{"enabled":false}' });
  await attempt('storing', '/canaryConfig', { method: 'POST', headers: json, body: stolen });
  await attempt('storing as text', '/canaryConfig', { method: 'POST', mode: 'no-cors', body: stolen });
  navigator.sendBeacon(target + '/configs/new', new URLSearchParams({ json: stolen }));
  return tried;
}`;

/** A page starts a run through the server it came from. */
const START = `async (body) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('/kayenta/canary', { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: String(answer.status) };
}`;

/** A site whose server hands on requests below `/kayenta` with the headers of the browser, all but the host. */
function startForwarder(target: () => string): Promise<LoopbackServer> {
  return startLoopback((incoming, response) => {
    if (!incoming.url?.startsWith('/kayenta/')) {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>a proxy</title>');
      return;
    }
    const { host: _, ...headers } = incoming.headers;
    const options = { method: incoming.method ?? 'GET', headers };
    const outgoing = request(target() + incoming.url.slice('/kayenta'.length), options, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
  });
}

/** A form of another site that stores a config. */
const FORM = (action: string) =>
  `<form method="post" target="_top" action="${action}/configs/new">
<input name="json" value="{&quot;name&quot;:&quot;stolen&quot;,&quot;applications&quot;:[&quot;x&quot;],&quot;metrics&quot;:[]}">
</form><script>document.forms[0].submit()</script>`;

describe.runIf(browser)('a page of another site', () => {
  let service: PageService;
  let site: LoopbackServer;
  const pages: Record<string, string> = {};
  let configId: string;
  let target: { target: string; configId: string; runId: string; pairsId: string };
  beforeAll(async () => {
    site = await startLoopback(({ url }, response) =>
      response
        .setHeader('content-type', 'text/html')
        .end(`<!doctype html><title>a site</title>${pages[url ?? ''] ?? ''}`),
    );
    service = await startPageService();
    const form = FORM(service.baseUrl);
    const sandbox = 'allow-scripts allow-forms allow-top-navigation';
    pages['/form'] = form;
    pages['/sandboxed'] = `<iframe sandbox="${sandbox}" srcdoc='${form}'></iframe>`;
    target = await filled(service);
    ({ configId } = target);
  });
  afterAll(async () => {
    await service.stop();
    await site.stop();
    await browser?.close();
  });

  async function filled(to: PageService) {
    const id = await to.storeConfig();
    const run = await to.judge(shopConfig(), shopRequest());
    const [runId, pairsId] = [run.pipelineId, run.metricSetPairListId ?? ''];
    return { target: to.baseUrl, configId: id, runId, pairsId };
  }
  async function on(address: string, use: (page: Page) => Promise<void>) {
    const { page, close } = await watchedPage(browser as Browser);
    try {
      await page.goto(address);
      await use(page);
    } finally {
      await close();
    }
  }
  const evaluate = (page: Page, script: string, argument: object) =>
    page.evaluate(`(${script})(${JSON.stringify(argument)})`) as Promise<Record<string, string>>;

  it.each(['http://evil.example', 'http://127.0.0.1'])('at %s reads nothing and changes nothing', async (origin) => {
    await on(`${origin}:${site.port}/`, async (page) => {
      const tried = await evaluate(page, ATTACK, target);
      const { 'runs without CORS': opaque, 'storing as text': text, ...others } = tried;
      expect(new Set(Object.values(others))).toEqual(new Set(['blocked']));
      for (const answer of [opaque, text]) expect(['blocked', 'sent, not read']).toContain(answer);
    });
    for (const path of ['/form', '/sandboxed']) {
      await on(`${origin}:${site.port}${path}`, async (page) => {
        await page.waitForURL(`${service.baseUrl}/configs/new`);
        expect(await page.locator('main').innerText()).toContain('sent by a page of another site');
      });
    }
    const configs = (await service.ask('GET', '/canaryConfig')) as { id: string; name: string }[];
    expect(configs.map(({ id, name }) => [id, name])).toEqual([[configId, 'checkout']]);
    expect(await service.ask('GET', '/health')).toEqual({ status: 'UP', components: { store: { status: 'UP' } } });
  });

  it('whose origin is allowed does both', async () => {
    const origin = `http://evil.example:${site.port}`;
    const open = await startPageService({ server: { allowedOrigins: [origin] } });
    const there = await filled(open);
    await on(`${origin}/`, async (page) => {
      const tried = await evaluate(page, ATTACK, there);
      for (const what of ['runs', 'a run', 'accounts', 'series', 'storing', 'disabling'])
        expect([what, tried[what]]).toEqual([what, expect.stringMatching(/^200/)]);
      expect(tried.deleting).toMatch(/^204/);
    });
    await open.stop();
  });

  it('whose name was made to resolve to this machine gets 403, naming the host', async () => {
    const { port } = new URL(service.baseUrl);
    await on(`http://rebound.example:${port}/`, async (page) => {
      expect(await page.locator('main').innerText()).toMatch(/Host 'rebound\.example:\d+' .*server\.allowedHosts/s);
      const read = `async () => { const answer = await fetch('/canary/executions?application=*'); return { status: String(answer.status), text: await answer.text() }; }`;
      const { status, text } = await evaluate(page, read, {});
      expect([status, text]).toEqual(['403', expect.stringContaining('HOST_REFUSED')]);
    });
  });

  it('behind a proxy of its own, as Referee is, starts runs: where the browser vouches for it, or its origin is listed', async () => {
    let to = service.baseUrl;
    const referee = await startForwarder(() => to);
    const startFrom = async (host: string) => {
      let status: string | undefined;
      await on(`http://${host}:${referee.port}/`, async (page) => {
        const body = { canaryConfig: shopConfig(), executionRequest: shopRequest() };
        ({ status } = await evaluate(page, START, body));
      });
      return status;
    };
    // On https, and on this machine, browsers say that a page calls its own site.
    expect(await startFrom('localhost')).toBe('200');
    expect(await startFrom('referee.example')).toBe('403');
    const listed = await startPageService({ server: { allowedOrigins: [`http://referee.example:${referee.port}`] } });
    to = listed.baseUrl;
    expect(await startFrom('referee.example')).toBe('200');
    await listed.stop();
    await referee.stop();
  });

  it('is none of our own: the editor saves, under every name of this machine', async () => {
    const { port } = new URL(service.baseUrl);
    for (const host of ['127.0.0.1', 'localhost', 'haldane.localhost']) {
      await on(`http://${host}:${port}/configs/${configId}/edit`, async (page) => {
        await page.locator('[data-path="description"]').fill(`said at ${host}`);
        await page.getByRole('button', { name: 'Save' }).click();
        await page.waitForURL(`**/configs/${configId}`);
      });
      const { description } = (await service.ask('GET', `/canaryConfig/${configId}`)) as { description: string };
      expect(description).toBe(`said at ${host}`);
    }
  });
});
