import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { createGate, type Gate } from '../support/gate.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
let held: Gate | undefined;
beforeAll(async () => {
  const store = fakeProvider(async (request) => {
    await held?.pass();
    const higher = request.side === 'experiment' ? 5 : 0;
    return [
      seriesOf(
        request,
        Array.from({ length: 60 }, (_, slot) => 10 + (slot % 7) + higher),
      ),
    ];
  });
  service = await createTestService({ providers: [store], judges: createJudges({}), attempts: 1 });
});
afterAll(() => service.close());

const HTML = { accept: 'text/html' };
const get = (url: string) => service.http.inject({ url, headers: HTML });
const post = (url: string) => service.http.inject({ method: 'POST', url, headers: HTML });
let configs = 0;
/** A stored config has a name of its own. */
const config = () => configOf(1, { name: `checkout-${configs++}`, judge: { name: 'NetflixACAJudge-v1.0' } });

async function storedConfig(): Promise<string> {
  return (await service.http.inject({ method: 'POST', url: '/canaryConfig', payload: config() })).json().canaryConfigId;
}

async function runOf(configId: string, request: object = requestOf()): Promise<string> {
  const url = `/canary/${configId}?wait=5s&application=shop`;
  const answer = await service.http.inject({ method: 'POST', url, payload: request });
  if (answer.json().pipelineId === undefined) throw new Error(answer.body);
  return answer.json().pipelineId;
}

describe('the page of a report', () => {
  it('leads to its config, to the run before, to another judge and to all runs of the config', async () => {
    const id = await storedConfig();
    const [first, second] = [await runOf(id), await runOf(id)];
    const { body } = await get(`/reports/${second}`);
    const addresses = [`/configs/${id}`, `/compare?a=${first}&b=${second}`, `/compare?a=${second}`, `/?config=${id}`];
    for (const address of addresses) {
      expect(body).toContain(`href="${address.replaceAll('&', '&amp;')}"`);
      expect((await get(address)).statusCode, address).toBe(200);
    }
    expect(body).toContain(`aria-label="0 Fail, `);
    expect((await get(`/reports/${first}`)).body).not.toContain('Scores of this config');
  });

  it('leads to the config as it was judged with, whatever became of the stored one', async () => {
    const id = await storedConfig();
    const run = await runOf(id);
    const judged = `/reports/${run}/config`;
    expect((await get(judged)).body).toContain('is still the same.');
    const metrics = [{ ...config().metrics?.[0], name: 'another' }];
    const payload = { ...config(), metrics };
    // Times are milliseconds, and a store may be quick.
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect((await service.http.inject({ method: 'PUT', url: `/canaryConfig/${id}`, payload })).statusCode).toBe(200);
    const report = (await get(`/reports/${run}`)).body;
    expect(report).toContain(`href="${judged}">as it was</a>`);
    expect(report).toContain(`href="/configs/${id}/versions">all versions</a>`);
    expect((await get(`/configs/${id}/versions`)).statusCode).toBe(200);
    const changed = (await get(judged)).body;
    expect(changed).toContain('has been changed since.');
    expect(changed).toContain('<h3><bdi>m0</bdi></h3>');
    expect(changed).not.toContain('another');
    await service.http.inject({ method: 'DELETE', url: `/canaryConfig/${id}` });
    expect((await get(`/reports/${run}`)).body).toContain(`href="${judged}"`);
    expect((await get(judged)).body).toContain('It is not stored, or no longer.');
  });

  it('names no config that is deleted, and says of a changed one that it is', async () => {
    const id = await storedConfig();
    const run = await runOf(id);
    await service.http.inject({
      method: 'PUT',
      url: `/canaryConfig/${id}`,
      payload: { ...config(), description: 'x' },
    });
    const link = `href="/configs/${id}"`;
    expect((await get(`/reports/${run}`)).body).toContain(link);
    await service.http.inject({ method: 'DELETE', url: `/canaryConfig/${id}` });
    expect((await get(`/reports/${run}`)).body).not.toContain(link);
  });

  it("shows the caller's own facts, http addresses as links, and nothing hidden", async () => {
    const metadata = [
      { name: 'CI job', value: 'https://ci.example.com/jobs/7' },
      { name: 'commit', value: 'javascript:alert(1)' },
      { name: 'secret', value: 'hidden-value', hidden: true },
    ];
    const run = await runOf(await storedConfig(), { ...requestOf(), metadata });
    const { body } = await get(`/reports/${run}`);
    const link = '<a href="https://ci.example.com/jobs/7" rel="noreferrer nofollow">';
    expect(body).toContain(`${link}<bdi>CI job</bdi></a></nav>`);
    expect(body).toContain(`${link}<bdi>https://ci.example.com/jobs/7</bdi>`);
    expect(body).toContain('<bdi>javascript:alert(1)</bdi>');
    expect(body).not.toContain('href="javascript');
    expect(body).not.toContain('hidden-value');
    expect((await get(`/reports/${run}.html`)).body).not.toContain('href="https://ci');
  });
});

describe('a report is acted on', () => {
  it('by running it again: the same config, request and application', async () => {
    const run = await runOf(await storedConfig());
    const { statusCode, headers } = await post(`/reports/${run}/rerun`);
    expect(statusCode).toBe(303);
    const again = String(headers.location).replace('/reports/', '');
    expect(again).not.toBe(run);
    const [one, other] = await Promise.all(
      [run, again].map(async (id) => (await service.http.inject({ url: `/canary/${id}` })).json()),
    );
    for (const field of ['config', 'canaryConfigId', 'canaryExecutionRequest', 'application', 'metricsAccountName'])
      expect(other[field], field).toEqual(one[field]);
  });

  it('by canceling it while it runs, and then it can be deleted', async () => {
    held = createGate();
    const url = `/canary/${await storedConfig()}?application=shop`;
    // Of another day than the others, whose answers are kept.
    const window = { start: '2026-02-01T00:00:00Z', end: '2026-02-01T01:00:00Z', step: 60 };
    const sides = { controlScope: { scope: 'v1', ...window }, experimentScope: { scope: 'v2', ...window } };
    const payload = requestOf({ scopes: { default: sides } });
    const started = await service.http.inject({ method: 'POST', url, payload });
    const id = started.json().canaryExecutionId as string;
    const running = (await get(`/reports/${id}`)).body;
    expect(running).toContain(`action="/reports/${id}/cancel"`);
    expect(running).not.toContain(`/reports/${id}/delete`);
    expect((await get(`/reports/${id}/delete`)).body).toContain('cancel it first');
    expect((await post(`/reports/${id}/cancel`)).headers.location).toBe(`/reports/${id}`);
    held.open();
    held = undefined;
    const canceled = (await get(`/reports/${id}`)).body;
    expect(canceled).toContain('canceled');
    expect(canceled).toContain(`href="/reports/${id}/delete"`);
  });

  it('by deleting it, after a question', async () => {
    const run = await runOf(await storedConfig());
    expect((await get(`/reports/${run}/delete`)).body).toContain('Delete this run?');
    expect((await get(`/reports/${run}`)).statusCode).toBe(200);
    expect((await post(`/reports/${run}/delete`)).headers.location).toBe('/');
    expect((await get(`/reports/${run}`)).statusCode).toBe(404);
  });

  it.each(['rerun', 'cancel', 'delete'])('and %s of none is a 404', async (action) => {
    expect((await post(`/reports/nobody/${action}`)).statusCode).toBe(404);
  });
});
