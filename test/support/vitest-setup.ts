import nock from 'nock';
import { afterEach, beforeEach } from 'vitest';

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
