import { afterEach, describe, expect, it } from 'vitest';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const opened: TestService[] = [];
afterEach(async () => {
  for (const service of opened.splice(0)) await service.close();
});

/** A service that listens, whose metrics store answers when it is let to. */
async function open() {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const provider = fakeProvider(async (request) => {
    await released;
    return [seriesOf(request, [1, 2, 3])];
  });
  const service = await createTestService({ providers: [provider] });
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
