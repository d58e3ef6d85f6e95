import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { haldane } from '../support/haldane-process.ts';
import { startService } from '../support/http/service-process.ts';
import { writeConfiguration } from '../support/http/written-configuration.ts';
import { startLoopback } from '../support/servers/loopback-server.ts';

const TLS = 'test/fixtures/providers/tls';
const tls = { certFile: `${TLS}/server.crt`, keyFile: `${TLS}/server.key`, clientCaFile: `${TLS}/client.crt` };

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { port, stop } = await startLoopback(() => {});
  await stop();
  return port;
}

it.each([
  ['http', {}],
  ['https, with a certificate for other names, where clients have certificates', { tls }],
  ['http on every interface, with names of its own', { host: '0.0.0.0', allowedHosts: ['haldane.internal'] }],
])('asks the service of the configuration, over %s', async (_, server) => {
  const port = await freePort();
  const auth = { adminToken: 'an-admin-token-of-at-least-32-letters' };
  const env = { HALDANE_CONFIG: writeConfiguration({ server: { ...server, port }, auth }) };
  const service = await startService(env);
  try {
    const works = await haldane(['health'], { env });
    expect([works.code, JSON.parse(works.out)]).toMatchObject([0, { status: 'UP' }]);
    const ready = await haldane(['health', '--ready'], { env });
    expect([ready.code, JSON.parse(ready.out)]).toMatchObject([0, { status: 'READY' }]);
  } finally {
    await service.stop();
  }
  const gone = await haldane(['health'], { env });
  expect([gone.code, gone.err]).toEqual([1, expect.stringMatching(/:\d+\/health cannot be reached: .*ECONNREFUSED/)]);
});

it('says when it cannot know the port, and when what answers is not well', async () => {
  const unknown = await haldane(['health'], { env: { HALDANE_CONFIG: writeConfiguration({ server: { port: 0 } }) } });
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('name one to ask it')]);
  const other = await startLoopback((_, response) => response.writeHead(503).end('{"status":"DOWN"}'));
  const env = { HALDANE_CONFIG: writeConfiguration({ server: { port: other.port } }) };
  const down = await haldane(['health'], { env });
  await other.stop();
  expect([down.code, down.out]).toEqual([1, '{"status":"DOWN"}\n']);
});

it('writes a log for people on a terminal', async () => {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const file = writeConfiguration({ server: { port: 0 } });
  // `script` runs a program on a terminal of its own.
  const command = `exec ${process.execPath} ${main}`;
  const env = { ...process.env, HALDANE_CONFIG: file, NO_COLOR: '1' };
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const problems = text(child.stderr);
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.includes('"address"')) break;
  }
  child.kill();
  await once(child, 'close');
  expect([lines.at(-1), await problems]).toEqual([
    expect.stringMatching(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: listening \{"address":"http/),
    expect.any(String),
  ]);
});
