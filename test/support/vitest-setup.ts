import fc from 'fast-check';
import nock from 'nock';
import { afterEach, beforeEach } from 'vitest';

// Properties are tried with the same cases every time, so that a red run is red again; FC_SEED tries others.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20261123) });

// No test talks to the network: only to this machine, and only where it says so.
beforeEach(() => {
  nock.disableNetConnect();
  nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);
});

// A mock without a request fails its test, as a request without a mock does.
afterEach(() => {
  const unused = nock.pendingMocks();
  nock.cleanAll();
  if (unused.length > 0) throw new Error(`mocks without a request: ${unused.join(', ')}`);
});
