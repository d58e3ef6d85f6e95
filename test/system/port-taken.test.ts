import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const holder = createServer();
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => void holder.close());

const startedAt = (environment: Record<string, string>) =>
  startService({ HALDANE_DATA_DIR: temporaryDirectory(), HALDANE_LOG_LEVEL: 'fatal', ...environment }).catch(
    (error: Error) => error.message,
  );

it('a port that is taken ends the start with the port, who may have it, and how to choose another', async () => {
  const message = await startedAt({ HALDANE_PORT: String(port) });
  expect(message).toContain(`haldane: cannot listen on 127.0.0.1, port ${port}: another process has it`);
  expect(message).toContain(`ss -ltnp sport = :${port}`);
  expect(message).toContain('HALDANE_PORT or server.port, 0 for any free one');
});

it('an address no interface has ends it with the field', async () => {
  // Open, or the start would first ask who may reach it there.
  const message = await startedAt({ HALDANE_HOST: '192.0.2.1', HALDANE_PORT: '0', HALDANE_AUTH_MODE: 'open' });
  expect(message).toContain('cannot listen on 192.0.2.1, port 0: no interface of this machine has the address');
});
