import intercept from 'nock';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

// While nock is active it handles every request of the process, mocked or not, at several times the cost of the
// request. So it is active only from the first mock of a test file to the file's end.
intercept.restore();

function mock(...asked: Parameters<typeof intercept>): intercept.Scope {
  if (!intercept.isActive()) {
    intercept.activate();
    intercept.disableNetConnect();
    intercept.enableNetConnect(LOOPBACK);
  }
  return intercept(...asked);
}

const { isDone, cleanAll, abortPendingRequests } = intercept;

/** nock, as tests use it: import it from here. */
export const nock = Object.assign(mock, { isDone, cleanAll, abortPendingRequests });

export type MockBody = intercept.Body;

/** Whether nock handles the requests of this process now. */
export function isMocking(): boolean {
  return intercept.isActive();
}

/** Forgets every mock. @throws Error when one had no request */
export function endMocks(): void {
  const unused = intercept.pendingMocks();
  intercept.cleanAll();
  if (unused.length > 0) throw new Error(`mocks without a request: ${unused.join(', ')}`);
}

/** Lets requests pass untouched again. */
export function stopMocking(): void {
  intercept.restore();
}
