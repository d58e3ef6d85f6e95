import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAnswerCheck } from '../support/fuzz/answer-check.ts';
import { ANSWER_MILLIS } from '../support/fuzz/fuzz-client.ts';
import type { FuzzRequest } from '../support/fuzz/fuzz-request.ts';
import { type FuzzService, startFuzzService } from '../support/fuzz/fuzz-service.ts';
import { fuzzSettings } from '../support/fuzz/fuzz-settings.ts';
import { plainBody } from '../support/fuzz/json-bodies.ts';
import { openRawSocket, type RawSocket, readAnswers, toBytes } from '../support/fuzz/raw-socket.ts';

const { seed } = fuzzSettings(0);
let fuzzed: FuzzService;
const opened: RawSocket[] = [];
const open = async () => {
  const connection = await openRawSocket(fuzzed.port);
  opened.push(connection);
  return connection;
};

beforeAll(async () => {
  fuzzed = await startFuzzService();
});
afterEach(() => {
  for (const { socket } of opened.splice(0)) socket.destroy();
});
afterAll(() => fuzzed.close());

const HEAD = 'POST /judge HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
const MALFORMED: readonly [string, string | Buffer][] = [
  ['words', 'hello, service\r\n\r\n'],
  ['the hello of TLS', Buffer.from('16030100c8010000c40303', 'hex')],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['another version', 'GET /health HTTP/3.7\r\nhost: x\r\n\r\n'],
  ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
  ['an unknown method', 'FETCH /health HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a space in the path', 'GET /canary/a b HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a header without a colon', 'GET /health HTTP/1.1\r\nhost: x\r\nnonsense\r\n\r\n'],
  ['a space before the colon', 'GET /health HTTP/1.1\r\nhost : x\r\n\r\n'],
  ['a folded header', 'GET /health HTTP/1.1\r\nhost: x\r\nx-a: b\r\n  c\r\n\r\n'],
  ['NUL in a header', 'GET /health HTTP/1.1\r\nhost: x\r\nx-a: \0\r\n\r\n'],
  ['headers of 20 KB', `GET /health HTTP/1.1\r\nhost: x\r\nx-a: ${'y'.repeat(20_000)}\r\n\r\n`],
  ['a path of 20 KB', `GET /${'y'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ['two lengths', `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
  ['a negative length', `${HEAD}content-length: -1\r\n\r\n{}`],
  ['a length in hexadecimal', `${HEAD}content-length: 0x2\r\n\r\n{}`],
  ['a length without end', `${HEAD}content-length: 99999999999999999999\r\n\r\n{}`],
  ['a length beyond the limit', `${HEAD}content-length: 99999999999\r\n\r\n{}`],
  ['a length and chunks', `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['chunks that are none', `${HEAD}transfer-encoding: chunked\r\n\r\nxyz\r\n`],
  ['chunks beyond the limit', `${HEAD}transfer-encoding: chunked\r\n\r\nffffffff\r\n${' '.repeat(11 * 1024 * 1024)}`],
  ['chunks within chunks', `${HEAD}transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
  ['an unknown transfer encoding', `${HEAD}transfer-encoding: zip\r\n\r\n{}`],
];

/** What has no body may say so with its status alone. */
const isErrorObject = (body: Buffer) => body.length === 0 || typeof JSON.parse(String(body)).message === 'string';

const healthy = async () => {
  const { socket, answers } = await open();
  socket.write(toBytes({ method: 'GET', target: '/health', headers: {} }));
  const [answer] = await answers(1, ANSWER_MILLIS);
  return answer?.status === 200 && fuzzed.takeErrors().length === 0;
};

describe('a connection', () => {
  it.each(MALFORMED)('with %s is answered 4xx with an error object, and closed', async (_, bytes) => {
    const { socket, answers, closed } = await open();
    socket.write(bytes);
    const [answer] = await answers(1, ANSWER_MILLIS);
    expect(answer?.status).toBeGreaterThanOrEqual(400);
    expect(answer?.status).toBeLessThan(500);
    expect(answer).toSatisfy(() => isErrorObject(answer?.body ?? Buffer.alloc(0)));
    socket.end();
    await closed(ANSWER_MILLIS);
    expect(await healthy()).toBe(true);
  });

  it('with any bytes is answered or closed', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array)),
      fc
        .tuple(fc.constantFrom(...MALFORMED), fc.nat())
        .map(([[, text], at]) => Buffer.from(text).subarray(0, at % 300)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (garbage) => {
        const { socket, received, closed } = await open();
        socket.end(garbage);
        await closed(ANSWER_MILLIS);
        return readAnswers(received()).every(({ status, body }) => status < 500 && isErrorObject(body));
      }),
      { numRuns: 200, seed },
    );
    expect(await healthy()).toBe(true);
  });

  it('with many requests at once answers each, in order', async () => {
    const { document } = fuzzed;
    const check = createAnswerCheck(document);
    const judge = document.operations.find(({ operationId }) => operationId === 'judge');
    const { bytes, headers } = plainBody(judge?.body?.example);
    const requests = fc.constantFrom<FuzzRequest>(
      { method: 'GET', target: '/health', headers: {} },
      { method: 'GET', target: '/canary/nope', headers: {} },
      { method: 'POST', target: '/judge', headers, body: bytes },
      { method: 'POST', target: '/judge', headers, body: bytes.subarray(1) },
      { method: 'DELETE', target: '/health', headers: {} },
      { method: 'POST', target: '/canaryConfig', headers: { 'content-type': 'text/plain' }, body: Buffer.from('x') },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: 2, maxLength: 30 }), async (batch) => {
        const { socket, answers } = await open();
        socket.write(Buffer.concat(batch.map(toBytes)));
        const found = await answers(batch.length, ANSWER_MILLIS);
        const last = found.at(-1)?.headers.connection === 'close' ? found.length : batch.length;
        expect(found).toHaveLength(last);
        expect(found.flatMap((answer, index) => check(batch[index] as FuzzRequest, answer))).toEqual([]);
      }),
      { numRuns: 50, seed },
    );
  });

  it('that is closed on one side after the request still brings the answer', async () => {
    const { socket, answers } = await open();
    socket.end(toBytes({ method: 'GET', target: '/judges', headers: {} }));
    expect(await answers(1, ANSWER_MILLIS)).toMatchObject([{ status: 200 }]);
  });

  it('that brings a request byte by byte is answered as any other', async () => {
    const { socket, answers } = await open();
    socket.setNoDelay(true);
    for (const byte of toBytes({ method: 'GET', target: '/judges', headers: {} })) {
      socket.write(Buffer.of(byte));
      await sleep(1);
    }
    expect(await answers(1, ANSWER_MILLIS)).toMatchObject([{ status: 200 }]);
  });

  it('may not take for ever to bring a request', () => {
    const { requestTimeout, headersTimeout } = fuzzed.service.http.server;
    for (const millis of [requestTimeout, headersTimeout]) {
      expect(millis).toBeGreaterThan(0);
      expect(millis).toBeLessThanOrEqual(300_000);
    }
  });

  it('that breaks in the middle of a body stores nothing', async () => {
    const config = fuzzed.document.operations.find(({ operationId }) => operationId === 'createCanaryConfig');
    const { bytes, headers } = plainBody(config?.body?.example);
    const whole = toBytes({ method: 'POST', target: '/canaryConfig', headers, body: bytes });
    for (const end of ['end', 'destroy'] as const) {
      const { socket, closed } = await open();
      socket.write(whole.subarray(0, whole.length - 1));
      await sleep(20);
      socket[end]();
      if (end === 'end') await closed(ANSWER_MILLIS);
    }
    expect((await fuzzed.service.http.inject('/canaryConfig')).json()).toEqual([]);
    expect(await healthy()).toBe(true);
  });

  it('that is dropped before its answer disturbs nobody and logs no error', async () => {
    for (const { method, path, body } of fuzzed.document.operations) {
      const sent = body === undefined ? undefined : plainBody(body.example);
      const target = `${path.replaceAll(/\{\w+\}/g, 'x')}${path.startsWith('/canary') ? '?wait=600s' : ''}`;
      const { socket } = await open();
      socket.write(toBytes({ method, target, headers: sent?.headers ?? {}, body: sent?.bytes }));
      await sleep(2);
      socket.destroy();
    }
    await sleep(200);
    expect(await healthy()).toBe(true);
  });
});
