import { CloudEvent, HTTP } from 'cloudevents';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConfiguredAccount, readConfig } from '../../../src/config/config.ts';
import { CanaryExecutionStatusResponse } from '../../../src/domain/run.ts';
import { CanaryError } from '../../../src/errors.ts';
import { fakeAccount, fakeProvider } from '../../support/fake-provider.ts';
import { isSignedWith, startReceiver } from '../../support/http/callback-receiver.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const SECRET = 'callback-test-secret';
const FAST = { allowPrivate: true, firstWaitMillis: 1 };

const opened: { close(): Promise<void> }[] = [];
const open = async (options: Parameters<typeof createTestService>[0] = {}) => {
  const service = await createTestService({ ...options, callbacks: { ...FAST, ...options.callbacks } });
  opened.push(service);
  return service;
};
const listen: typeof startReceiver = async (answer) => {
  const receiver = await startReceiver(answer);
  opened.push({ close: receiver.stop });
  return receiver;
};
afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

const start = (service: TestService, callbackUrl: string, path = '/canary') =>
  service.http.inject({
    method: 'POST',
    url: path,
    query: { callbackUrl },
    payload: { canaryConfig: configOf(1), executionRequest: requestOf() },
  });
const startRun = async (service: TestService, callbackUrl: string): Promise<string> =>
  (await start(service, callbackUrl)).json().canaryExecutionId;
const get = async (service: TestService, id: string) => (await service.http.inject(`/canary/${id}`)).json();
const untilTold = (service: TestService, id: string, status = 'delivered') =>
  expect.poll(async () => (await get(service, id)).callback.status, { timeout: 5000, interval: 5 }).toBe(status);

describe('a callback', () => {
  it('tells what a GET answers but for the callback itself, signed', async () => {
    const receiver = await listen();
    const service = await open({ callbacks: { secret: SECRET } });
    const id = await startRun(service, `${receiver.baseUrl}/hook?token=hidden`);
    await untilTold(service, id);
    const [first] = receiver.received;
    expect(first?.path).toBe('/hook?token=hidden');
    const { callback, ...run } = await get(service, id);
    expect(first?.body).toBe(JSON.stringify(run));
    expect(run.status).toBe('succeeded');
    expect(first?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'haldane/0.0.0-test',
      'x-haldane-event': 'canary.completed',
      'webhook-id': callback.deliveryId,
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
    });
    expect(receiver.received.map((one) => isSignedWith(SECRET, one))).toEqual([true]);
    expect(callback).toMatchObject({ status: 'delivered', attemptCount: 1, attempts: [{ status: 204 }] });
    expect(callback.url).toBe(`${receiver.baseUrl}/***`);
    expect(CanaryExecutionStatusResponse.safeParse({ ...run, callback }).error).toBeUndefined();
  });

  it('is a CloudEvent where the configuration wants it, as strictly as their own library reads them', async () => {
    const receiver = await listen((number, response) => response.writeHead(number < 2 ? 500 : 200).end());
    const source = 'https://haldane.example.com';
    const service = await open({ callbacks: { secret: SECRET, format: 'cloudevents', source } });
    const id = await startRun(service, receiver.baseUrl);
    await untilTold(service, id);
    const { callback, ...run } = await get(service, id);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    const [sent] = receiver.received;
    expect(sent?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const event = HTTP.toEvent({ headers: sent?.headers ?? {}, body: sent?.body });
    expect(event).toBeInstanceOf(CloudEvent);
    expect((event as CloudEvent).validate()).toBe(true);
    expect({ ...(event as CloudEvent) }).toMatchObject({
      ...{ specversion: '1.0', id: callback.deliveryId, source, type: 'haldane.canary.completed', subject: id },
      ...{ time: new Date(run.endTimeMillis).toISOString(), datacontenttype: 'application/json', data: run },
    });
    expect(receiver.received.map((one) => isSignedWith(SECRET, one))).toEqual([true, true]);
  });

  it('is signed with the secret of a configuration that was read again', async () => {
    const receiver = await listen();
    const service = await open({ callbacks: { secret: SECRET } });
    const read = readConfig({ environment: {}, providers: [] });
    const next = { ...read, accounts: [fakeAccount as ConfiguredAccount] };
    const reload = (secret?: string) => service.reload({ ...next, callbacks: { ...next.callbacks, secret } });
    expect(reload('another-secret').reloaded).toContain('callbacks.secret');
    await untilTold(service, await startRun(service, receiver.baseUrl));
    reload();
    await untilTold(service, await startRun(service, receiver.baseUrl));
    const [first, second] = receiver.received;
    expect(first && [SECRET, 'another-secret'].map((secret) => isSignedWith(secret, first))).toEqual([false, true]);
    expect(second?.headers).not.toHaveProperty('webhook-signature');
  });

  it('is not signed without a secret', async () => {
    const receiver = await listen();
    const service = await open();
    await untilTold(service, await startRun(service, receiver.baseUrl));
    expect(receiver.received[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('gives the user and password of its URL to the receiver and to nobody else', async () => {
    const receiver = await listen();
    const service = await open();
    const id = await startRun(service, receiver.baseUrl.replace('//', '//ci:pass%20word@'));
    await untilTold(service, id);
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${btoa('ci:pass word')}`);
    expect((await get(service, id)).callback.url).toBe(`${receiver.baseUrl}/`);
  });

  it('is tried again until it is answered 2xx, with the same bytes and delivery id', async () => {
    const receiver = await listen((number, response) => response.writeHead(number < 3 ? 500 : 200).end());
    const service = await open();
    const id = await startRun(service, receiver.baseUrl);
    await untilTold(service, id);
    const { attemptCount, attempts } = (await get(service, id)).callback;
    expect([attemptCount, attempts.map(({ status }: { status: number }) => status)]).toEqual([3, [500, 500, 200]]);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('is tried again when it hangs, and when nobody listens', async () => {
    const receiver = await listen((number, response, request) => {
      if (number === 2) request.socket.destroy();
      if (number > 2) response.writeHead(200).end();
    });
    const service = await open({ callbacks: { timeoutMillis: 500 } });
    const id = await startRun(service, receiver.baseUrl);
    await untilTold(service, id);
    const { attempts } = (await get(service, id)).callback;
    expect(attempts).toMatchObject([{ error: 'no answer in 500 ms' }, { error: 'socket hang up' }, { status: 200 }]);
  });

  it('ends with a receiver that is gone, and after the last try', async () => {
    const gone = await listen((_, response) => response.writeHead(410).end());
    const down = await listen((_, response) => response.writeHead(503).end());
    const service = await open({ callbacks: { attempts: 25 } });
    const [first, second] = [await startRun(service, gone.baseUrl), await startRun(service, down.baseUrl)];
    await untilTold(service, first, 'failed');
    expect((await get(service, first)).callback.attempts).toHaveLength(1);
    const capped = await open({ callbacks: { attempts: 3 } });
    const third = await startRun(capped, down.baseUrl);
    await untilTold(capped, third, 'failed');
    expect((await get(capped, third)).callback).toMatchObject({ attemptCount: 3, attempts: { length: 3 } });
    expect((await get(service, second)).callback.status).toBe('pending');
  });

  it('does not follow a redirect', async () => {
    const other = await listen();
    const receiver = await listen((number, response) =>
      number === 1 ? response.writeHead(302, { location: other.baseUrl }).end() : response.writeHead(200).end(),
    );
    const service = await open();
    const id = await startRun(service, receiver.baseUrl);
    await untilTold(service, id);
    expect((await get(service, id)).callback.attempts).toMatchObject([{ status: 302 }, { status: 200 }]);
    expect(other.received).toEqual([]);
  });

  it.each([
    ['refused', 'terminal'],
    ['canceled', 'canceled'],
  ])('tells of a run that is %s', async (kind, status) => {
    const receiver = await listen();
    const provider = fakeProvider((_, signal) => {
      if (kind === 'refused') throw new CanaryError('METRICS_QUERY_REJECTED', 'parse error');
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const service = await open({ providers: [provider] });
    const id = await startRun(service, receiver.baseUrl);
    if (kind === 'canceled') await service.runs.cancel(id);
    await untilTold(service, id);
    expect(receiver.received.map(({ body }) => JSON.parse(body).status)).toEqual([status]);
  });

  it('tells of an analysis once, and not of its runs', async () => {
    const receiver = await listen();
    const service = await open();
    const scope = { startTimeIso: '2026-01-01T00:00:00Z', endTimeIso: '2026-01-01T02:00:00Z' };
    const answer = await service.http.inject({
      method: 'POST',
      url: '/standalone_canary_analysis',
      query: { callbackUrl: receiver.baseUrl },
      payload: {
        canaryConfig: configOf(1),
        executionRequest: {
          scopes: [{ ...scope, controlScope: 'v1', experimentScope: 'v2' }],
          analysisIntervalMins: 60,
          thresholds: { pass: 95, marginal: 75 },
        },
      },
    });
    expect(answer.json()).toMatchObject({ canaryAnalysisExecutionId: expect.any(String) });
    const path = `/standalone_canary_analysis/${answer.json().canaryAnalysisExecutionId}`;
    const read = async () => (await service.http.inject(path)).json();
    await expect.poll(async () => (await read()).callback.status, { timeout: 10_000 }).toBe('delivered');
    const { callback, ...analysis } = await read();
    expect(receiver.received.map(({ body }) => body)).toEqual([JSON.stringify(analysis)]);
    expect(analysis.canaryAnalysisExecutionResult.canaryScores).toHaveLength(2);
    expect(receiver.received[0]?.headers['x-haldane-event']).toBe('analysis.completed');
    expect((await service.http.inject({ method: 'DELETE', url: path })).statusCode).toBe(204);
    expect(await service.store.callbacks.get(callback.deliveryId)).toBeUndefined();
  });

  it('left by a process that died is delivered by the next one', async () => {
    const dataDir = temporaryDirectory();
    let up = false;
    const receiver = await listen((_, response) => response.writeHead(up ? 200 : 503).end());
    const first = await createTestService({ dataDir, callbacks: { allowPrivate: true, firstWaitMillis: 1000 } });
    const id = await startRun(first, receiver.baseUrl);
    await expect.poll(async () => (await get(first, id)).callback.attemptCount, { interval: 5 }).toBe(1);
    await first.close();
    up = true;
    const second = await open({ dataDir });
    await second.resume();
    await untilTold(second, id);
    expect((await get(second, id)).callback.attempts).toMatchObject([{ status: 503 }, { status: 200 }]);
  });

  it('of a run that had ended before the process could tell is delivered by the next one', async () => {
    const dataDir = temporaryDirectory();
    const receiver = await listen();
    const hangs = fakeProvider(() => new Promise(() => {}));
    const first = await createTestService({ dataDir, providers: [hangs], callbacks: FAST });
    const id = await startRun(first, receiver.baseUrl);
    await first.store.runs.update(id, { status: 'canceled', endTime: 1 });
    expect(receiver.received).toEqual([]);
    await first.store.close();
    const second = await open({ dataDir });
    await second.resume();
    await untilTold(second, id);
    expect(receiver.received).toHaveLength(1);
  });

  it('goes with its run', async () => {
    const receiver = await listen((_, response) => response.writeHead(503).end());
    const service = await open({ callbacks: { firstWaitMillis: 60_000 } });
    const id = await startRun(service, receiver.baseUrl);
    await receiver.until(1);
    const { deliveryId } = (await get(service, id)).callback;
    await service.runs.delete(id);
    expect(await service.store.callbacks.get(deliveryId)).toBeUndefined();
    expect(await service.store.callbacks.pending()).toEqual([]);
  });

  it.each(['/canary', '/standalone_canary_analysis'])('to a private address is answered 400 by %s', async (path) => {
    const service = await open({ callbacks: { allowPrivate: false } });
    const answer = await start(service, 'http://169.254.169.254/latest', path);
    expect([answer.statusCode, answer.json().errorCode]).toEqual([400, 'REQUEST_INVALID']);
    expect(await service.store.runs.ids()).toEqual([]);
  });
});
