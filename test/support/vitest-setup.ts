import fc from 'fast-check';
import { afterAll, afterEach } from 'vitest';
import { allowLoopbackOnly } from './http/loopback-only.ts';
import { endMocks, isMocking, stopMocking } from './http/nock.ts';
import { removeTemporaryDirectories } from './temporary-directory.ts';

// Runs before every test file. Files share their process and its modules, so what a file changes is put back here.

// Properties are tried with the same cases every time, so that a red run is red again; FC_SEED tries others.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20261123) });

allowLoopbackOnly(isMocking);

// A mock without a request fails its test, as a request without a mock does.
afterEach(endMocks);

afterAll(() => {
  stopMocking();
  removeTemporaryDirectories();
});
