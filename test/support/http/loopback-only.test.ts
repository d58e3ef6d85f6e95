import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startLoopback } from '../servers/loopback-server.ts';
import { resolveNames } from './loopback-only.ts';

const codeOf = (host: string, port = 9) =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.once('connect', () => resolve(socket.destroy() && 'connected'));
  });

test('a test connects to this machine and to no other', async () => {
  const { port, stop } = await startLoopback(() => {});
  resolveNames({
    'outside.test': [{ address: '8.8.8.8', family: 4 }],
    'inside.test': [{ address: '127.0.0.1', family: 4 }],
  });
  for (const host of ['127.0.0.1', 'localhost', 'inside.test']) expect(await codeOf(host, port)).toBe('connected');
  for (const host of ['192.0.2.1', '2001:db8::1', 'outside.test']) expect(await codeOf(host)).toBe('ERR_IP_BLOCKED');
  expect(await codeOf('example.com')).toBe('ENOTFOUND');
  await expect(fetch('http://192.0.2.1/')).rejects.toMatchObject({ cause: { code: 'ERR_IP_BLOCKED' } });
  await stop();
});
