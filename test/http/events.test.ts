import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const opened: TestService[] = [];
afterEach(async () => {
  for (const service of opened.splice(0)) await service.close();
});

/** A service that listens, whose metrics store answers when it is let to. */
async function open(server = {}) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const provider = fakeProvider(async (request) => {
    await released;
    return [seriesOf(request, [1, 2, 3])];
  });
  const service = await createTestService({ providers: [provider], server });
  opened.push(service);
  const baseUrl = await service.http.listen({ host: '127.0.0.1', port: 0 });
  const payload = { canaryConfig: configOf(1), executionRequest: requestOf() };
  const { canaryExecutionId: id } = (await service.http.inject({ method: 'POST', url: '/canary', payload })).json();
  return { service, baseUrl, id, release };
}

const read = async (answer: Response, until: (text: string) => boolean = () => false) => {
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (until(text)) break;
  }
  return text;
};

describe('GET /canary/{id}/events', () => {
  it('tells every change and ends with the last', async () => {
    const { baseUrl, id, release } = await open();
    const answer = await fetch(`${baseUrl}/canary/${id}/events`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    setTimeout(release, 400);
    const text = await read(answer);
    expect(text).toMatch(/^event: status\ndata: \{.*"complete":false.*\}\n\n/);
    expect(text).toMatch(/event: end\ndata: \{.*"status":"succeeded".*\}\n\n$/);
  });

  it('of a run that has ended says so at once, and of none is a 404', async () => {
    const { service, baseUrl, id, release } = await open();
    release();
    await service.runs.waitFor(id, 5000);
    expect(await (await fetch(`${baseUrl}/canary/${id}/events`)).text()).toMatch(/^event: end\n/);
    expect((await fetch(`${baseUrl}/canary/nope/events`)).status).toBe(404);
  });

  it('is read once for all who follow it, and tells each of them the same', async () => {
    const { service, baseUrl, id, release } = await open();
    const [get, states] = [vi.spyOn(service.store.runs, 'get'), vi.spyOn(service.store.runs, 'states')];
    const answers = await Promise.all(Array.from({ length: 40 }, () => fetch(`${baseUrl}/canary/${id}/events`)));
    const texts = Promise.all(answers.map((answer) => read(answer)));
    await expect.poll(() => states.mock.calls.length).toBeGreaterThan(2);
    release();
    const [first = '', ...others] = await texts;
    expect(first).toContain('event: end');
    // Streams that began before the same change have seen the same events.
    for (const text of others) expect(text.split('event: end')[1]).toBe(first.split('event: end')[1]);
    expect(get.mock.calls.length).toBeLessThan(20);
  });

  it('is refused beyond server.maxEventStreams, until one has gone', async () => {
    const { baseUrl, id } = await open({ maxEventStreams: 2 });
    const follow = (signal?: AbortSignal) => fetch(`${baseUrl}/canary/${id}/events`, signal ? { signal } : {});
    const [gone, stays] = [new AbortController(), new AbortController()];
    const answers = [await follow(gone.signal), await follow(stays.signal)];
    const refused = await follow();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    const body = (await refused.json()) as { message: string; errorCode: string };
    expect(body).toMatchObject({ errorCode: 'LIMIT_REACHED', message: expect.stringMatching(/^There are 2 streams/) });
    expect(body.message).toContain('server.maxEventStreams');
    expect((await fetch(`${baseUrl}/canary/${id}`)).status).toBe(200);
    gone.abort();
    await expect.poll(async () => (await follow(stays.signal)).status, { timeout: 20_000 }).toBe(200);
    stays.abort();
    await Promise.allSettled(answers.map((answer) => answer.text()));
  });

  it('is not counted for an id that there is not', async () => {
    const { baseUrl, id } = await open({ maxEventStreams: 1 });
    for (let time = 0; time < 3; time++) expect((await fetch(`${baseUrl}/canary/nope/events`)).status).toBe(404);
    const answer = await fetch(`${baseUrl}/canary/${id}/events`);
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
  });

  it('ends when the service closes, which does not wait for it', async () => {
    const { service, baseUrl, id } = await open();
    const answer = await fetch(`${baseUrl}/canary/${id}/events`);
    const text = read(answer);
    const begin = Date.now();
    await opened.splice(opened.indexOf(service), 1)[0]?.close();
    expect(Date.now() - begin).toBeLessThan(5000);
    expect(await text).not.toContain('event: end');
  });
});

it('a request that waits for a verdict is answered with the run as it stands when the service closes', async () => {
  const { service, baseUrl } = await open();
  const body = JSON.stringify({ canaryConfig: configOf(1), executionRequest: requestOf() });
  const headers = { 'content-type': 'application/json' };
  const waiting = fetch(`${baseUrl}/canary?wait=60s`, { method: 'POST', body, headers });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await opened.splice(opened.indexOf(service), 1)[0]?.close();
  expect(await (await waiting).json()).toMatchObject({ canaryExecutionId: expect.any(String), complete: false });
});
