import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createConnections } from '../../src/outbound/connections.ts';
import { type OutgoingMessage, send } from '../../src/outbound/send.ts';
import { startLoopback } from '../support/servers/loopback-server.ts';

const NEVER = new AbortController().signal;

let asked: { method: string | undefined; url: string | undefined; authorization: string | undefined; body: string }[];
let answer: (response: import('node:http').ServerResponse) => void;
let server: Awaited<ReturnType<typeof startLoopback>>;

beforeEach(async () => {
  asked = [];
  server = await startLoopback(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method, url, headers } = request;
    asked.push({ method, url, authorization: headers.authorization, body });
    answer(response);
  });
});
afterEach(() => server.stop());

function sendTo(fields: Partial<OutgoingMessage> = {}, signal = NEVER) {
  const message = {
    method: 'POST',
    url: `${server.baseUrl}/x`,
    headers: { 'content-type': 'application/json' },
    connections: createConnections(),
    timeoutMillis: 5000,
    maxAnswerBytes: 1000,
    ...fields,
  } as const;
  return send(message, signal);
}

test('the bytes of the body are sent as they are, and the answer is read whatever its status', async () => {
  answer = (response) => response.writeHead(503).end('{"a": 1}');
  const url = server.baseUrl.replace('//', '//ada:pass%20word@');
  expect(await sendTo({ url, body: ' {"a":  1.0} ' })).toEqual({ status: 503, text: '{"a": 1}' });
  const authorization = `Basic ${btoa('ada:pass word')}`;
  expect(asked).toEqual([{ method: 'POST', url: '/', authorization, body: ' {"a":  1.0} ' }]);
});

test('a redirect is not followed', async () => {
  answer = (response) => response.writeHead(302, { location: '/elsewhere' }).end();
  expect(await sendTo()).toEqual({ status: 302, text: '' });
  expect(asked).toHaveLength(1);
});

test('an answer of more bytes than allowed is none', async () => {
  answer = (response) => response.end('x'.repeat(1001));
  await expect(sendTo()).rejects.toMatchObject({ name: 'NoAnswer', message: expect.stringContaining('1000') });
});

test('where only the status is asked for, an endless answer is not waited for', async () => {
  answer = (response) => void response.writeHead(200).write('and so on');
  expect(await sendTo({ maxAnswerBytes: 0 })).toEqual({ status: 200, text: '' });
});

test('the time is up even while bytes keep coming', async () => {
  answer = (response) => {
    const drip = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(drip));
  };
  await expect(sendTo({ timeoutMillis: 100 })).rejects.toMatchObject({
    late: true,
    message: 'no answer within 100 ms',
  });
});

test('an abort ends the wait with its reason', async () => {
  answer = () => {};
  const canceled = new AbortController();
  const sent = sendTo({}, canceled.signal);
  canceled.abort(new Error('stopping'));
  await expect(sent).rejects.toThrow('stopping');
});

test('a failure says why, and holds no credentials', async () => {
  answer = (response) => response.destroy();
  const url = server.baseUrl.replace('//', '//ada:hidden@');
  const failure = await sendTo({ url, headers: { 'x-key': 'secret' }, body: 'secret' }).catch((error) => error);
  expect(failure).toMatchObject({ late: false, message: 'socket hang up' });
  expect(inspect(failure, { depth: 20, showHidden: true })).not.toMatch(/secret|hidden/);
});
