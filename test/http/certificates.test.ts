import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Auth, withLoginAddress } from '../../src/config/auth.ts';
import { certificateRenewal } from '../../src/http/tls-options.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const FILES = 'test/fixtures/providers/tls';
const file = (name: string) => readFileSync(`${FILES}/${name}`);
const server = { certFile: `${FILES}/server.crt`, keyFile: `${FILES}/server.key`, clientCaFile: `${FILES}/client.crt` };

let service: TestService;
let port = 0;
beforeAll(async () => {
  const rules = [{ claims: { cn: 'cli*' }, role: 'viewer' }];
  service = await createTestService({
    server: { tls: server },
    auth: withLoginAddress(Auth.parse({ adminToken: 'a'.repeat(32), certificates: { rules } }), undefined),
  });
  port = Number(new URL(await service.http.listen({ port: 0, host: '127.0.0.1' })).port);
});
afterAll(() => service.close());

function ask(path: string, certificate: object = {}, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: 'localhost', port, path, headers, ca: file('server.crt'), agent: false, ...certificate };
    const asked = request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

describe('over https, a client', () => {
  const own = { cert: file('client.crt'), key: file('client.key') };

  it('with a certificate of the authority has the role of its rule', async () => {
    expect(await ask('/credentials', own)).toBe(200);
    expect(await ask('/tokens', own)).toBe(403);
  });

  it('with another certificate, or none, is nobody, but may have a token', async () => {
    const other = { cert: file('server.crt'), key: file('server.key') };
    for (const certificate of [other, {}]) {
      expect(await ask('/credentials', certificate)).toBe(401);
      expect(await ask('/health', certificate)).toBe(200);
      expect(await ask('/tokens', certificate, { authorization: `Bearer ${'a'.repeat(32)}` })).toBe(200);
    }
  });
});

describe('a certificate that was renewed', () => {
  const presented = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? 'none');
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const fingerprint = (name: string) => new X509Certificate(file(name)).fingerprint256;

  it('is shown to new connections, once its key is there too', async () => {
    expect(await presented()).toBe(fingerprint('server.crt'));
    const half = { ...server, certFile: `${FILES}/client.crt` };
    expect(() => certificateRenewal(service.http, half)).toThrow(/server\.tls: .*client\.crt .* cannot be used: .*key/);
    expect(await presented()).toBe(fingerprint('server.crt'));
    certificateRenewal(service.http, { ...half, keyFile: `${FILES}/client.key` })();
    expect(await presented()).toBe(fingerprint('client.crt'));
  });
});

it('a file that is not there ends the start with its field', async () => {
  const tls = { ...server, keyFile: 'nowhere.key' };
  await expect(createTestService({ server: { tls } })).rejects.toThrow(
    /server\.tls\.keyFile: nowhere\.key cannot be read/,
  );
});
