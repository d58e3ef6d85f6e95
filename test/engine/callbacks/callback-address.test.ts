import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import {
  type CallbackPolicy,
  callbackLookup,
  checkCallbackUrl,
} from '../../../src/engine/callbacks/callback-address.ts';
import { postCallback } from '../../../src/engine/callbacks/callback-http.ts';
import { startLoopback } from '../../support/servers/loopback-server.ts';

const STRICT: CallbackPolicy = { allowPrivate: false, allowHosts: [] };

describe('the URL of a callback', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://2130706433/',
    'http://017700000001/',
    'http://0177.0.0.1/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://１２７.０.０.１/',
    'http://127。0。0。1/',
    'http://%31%32%37.0.0.1/',
    'http://user:password@127.0.0.1/',
    'http://example.com@127.0.0.1/',
    'http:\\\\127.0.0.1\\',
    'http:127.0.0.1',
    'HTTP://LOCALHOST/',
    'http://localhost./',
    'https://api.localhost:8443/',
    'http://0/',
    'http://0.0.0.0:8090/canary',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/latest/meta-data/',
    'http://0xA9FEA9FE/',
    'http://100.64.0.1/',
    'http://100.100.100.200/latest/meta-data/',
    'http://168.63.129.16/machine',
    'http://192.0.0.192/opc/v2/',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::127.0.0.1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::FFFF:10.0.0.1]:8080/',
    'http://[::ffff:0:127.0.0.1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[64:ff9b:1::1]/',
    'http://[2002:7f00:1::]/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://[fc00::1]/',
    'http://[fe80::1]/',
    'http://[fec0::1]/',
    'http://[ff02::1]/',
  ])('%s is private, and refused', (url) => {
    expect(() => checkCallbackUrl(url, STRICT)).toThrow(/which is a private address/);
    expect(checkCallbackUrl(url, { allowPrivate: true, allowHosts: [] })).toBe(new URL(url).href);
  });

  it.each([
    ['ftp://example.com/', /neither https nor http/],
    ['file:///etc/passwd', /neither https nor http/],
    ['gopher://example.com/', /neither https nor http/],
    ['//example.com/', /not a URL/],
    ['example.com/hook', /not a URL/],
    ['http://', /not a URL/],
    ['', /not a URL/],
    ['http://[fe80::1%25eth0]/', /not a URL/],
    ['http://256.1.1.1/', /not a URL/],
    ['http://example.com:22/', /on port 22/],
    ['https://example.com:25/', /on port 25/],
  ])('%s is refused', (url, reason) => {
    expect(() => checkCallbackUrl(url, STRICT)).toThrow(reason);
  });

  it('is refused when it is very long', () => {
    expect(() => checkCallbackUrl(`https://example.com/${'x'.repeat(2048)}`, STRICT)).toThrow(/up to 2048 characters/);
  });

  it.each([
    'https://ci.example.org/hooks/canary?token=1',
    'http://example.org:8080/',
    'https://user:password@example.org/',
    'https://8.8.8.8/',
    'https://172.32.0.1/',
    'https://[2606:4700::1111]/',
    'https://[64:ff9b::808:808]/',
    'https://[::ffff:8.8.8.8]/',
  ])('%s may be asked', (url) => {
    expect(checkCallbackUrl(url, STRICT)).toBe(new URL(url).href);
  });

  it('may be private where its host is allowed, and nowhere else', () => {
    const policy = { allowPrivate: false, allowHosts: ['CI.internal', '10.0.0.7', '::1', 'localhost'] };
    for (const url of ['http://ci.internal:81/', 'http://10.0.0.7/', 'http://[::1]/', 'http://localhost/']) {
      expect(checkCallbackUrl(url, policy)).toBe(url);
    }
    expect(() => checkCallbackUrl('http://10.0.0.8/', policy)).toThrow(/private/);
  });
});

describe('the lookup of a callback', () => {
  const answering = (...answers: string[][]) => {
    const asked: string[] = [];
    const resolve = (hostname: string, _: object, callback: (error: null, addresses: LookupAddress[]) => void) => {
      asked.push(hostname);
      const addresses = answers.shift() ?? [];
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    return { asked, resolve };
  };
  const lookup = (addresses: string[], all: boolean, policy = STRICT) =>
    new Promise((resolve, reject) => {
      callbackLookup(policy, answering(addresses).resolve)('ci.example.org', { all }, (error, address, family) =>
        error ? reject(error) : resolve([address, family]),
      );
    });

  it('gives what it has checked', async () => {
    expect(await lookup(['8.8.8.8', '2606:4700::1111'], false)).toEqual(['8.8.8.8', 4]);
    expect(await lookup(['8.8.8.8'], true)).toEqual([[{ address: '8.8.8.8', family: 4 }], undefined]);
  });

  it.each([[['127.0.0.1']], [['8.8.8.8', '10.0.0.1']], [['::ffff:169.254.169.254']], [['fe80::1%eth0']]])(
    'refuses a name that has %j, and does not say which',
    async (addresses) => {
      const refused = await lookup(addresses, true).catch((error: Error) => error.message);
      expect(refused).toMatch(/'ci.example.org' has no public address/);
      expect(refused).not.toContain(addresses.at(-1));
    },
  );

  it('lets an allowed name be private', async () => {
    expect(await lookup(['10.0.0.1'], false, { ...STRICT, allowHosts: ['ci.example.org'] })).toEqual(['10.0.0.1', 4]);
  });

  it('says the same of a name that nobody knows, so that it tells nobody which names are inside', async () => {
    const refusals = await Promise.all(
      [['10.0.0.1'], []].map((one) => lookup(one, true).catch((error) => error.message)),
    );
    expect(new Set(refusals).size).toBe(1);
    const failing = (code: string) =>
      new Promise<string>((resolve) => {
        const answer = (_host: string, _options: object, done: (error: Error, found: []) => void) =>
          done(Object.assign(new Error(`getaddrinfo ${code}`), { code }), []);
        callbackLookup(STRICT, answer)('ci.example.org', { all: true }, (error) => resolve(error?.message ?? ''));
      });
    expect([await failing('ENOTFOUND'), await failing('ENODATA')]).toEqual([refusals[0], refusals[0]]);
    expect(await failing('EAI_AGAIN')).toBe('getaddrinfo EAI_AGAIN');
  });

  it('says when an allowed name has no address', async () => {
    await expect(lookup([], true, { ...STRICT, allowPrivate: true })).rejects.toThrow(/has no address/);
  });

  it('decides what is connected to: a private address is not, and a name is asked for once a try', async () => {
    const hosts: (string | undefined)[] = [];
    const server = await startLoopback((request, response) => {
      hosts.push(request.headers.host);
      response.writeHead(204).end();
    });
    const host = `rebinding.example.org:${server.port}`;
    const { asked, resolve } = answering(['127.0.0.1'], ['127.0.0.1'], ['8.8.8.8']);
    const post = (allowHosts: string[]) =>
      postCallback(
        {
          url: `http://${host}/`,
          headers: {},
          body: '{}',
          policy: { ...STRICT, allowHosts },
          timeoutMillis: 2000,
          resolve,
        },
        new AbortController().signal,
      );
    await expect(post([])).rejects.toThrow(/no public address/);
    expect(hosts).toEqual([]);
    expect(await post(['rebinding.example.org'])).toBe(204);
    expect([asked, hosts]).toEqual([['rebinding.example.org', 'rebinding.example.org'], [host]]);
    await server.stop();
  });
});
