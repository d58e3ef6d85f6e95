import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccountQueue } from '../../../src/engine/fetching/account-queue.ts';
import { fakeAccount } from '../../support/fake-provider.ts';

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: 1_000_000 }),
);
afterEach(() => void vi.useRealTimers());

const NEVER = new AbortController().signal;
const turnsOf = (account: { maxConcurrent?: number; requestsPerSecond?: number }) =>
  new AccountQueue({ ...fakeAccount, ...account }, { now: Date.now, monotonic: Date.now });

/** Lines up `count` pieces of work for a run; each notes when it begins and ends after `workMillis`. */
function lineUp(turns: AccountQueue, name: string, count: number, begun: string[], workMillis = 0) {
  const run = Symbol(name);
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      turns.queued({ runs: new Set([run]), signal: NEVER }, async () => {
        begun.push(`${name}${index} ${Date.now() - 1_000_000}`);
        await new Promise((resolve) => setTimeout(resolve, workMillis));
      }),
    ),
  );
}
const names = (begun: string[]) => begun.map((line) => line.split(' ')[0]);

describe('the turns of an account', () => {
  it('let no more work be under way than maxConcurrent', async () => {
    const begun: string[] = [];
    const done = lineUp(turnsOf({ maxConcurrent: 3 }), 'a', 7, begun, 100);
    await vi.runAllTimersAsync();
    await done;
    expect(begun).toEqual(['a0 0', 'a1 0', 'a2 0', 'a3 100', 'a4 100', 'a5 100', 'a6 200']);
  });

  it('go round between the runs, so that one of two metrics does not wait for one of 200', async () => {
    const turns = turnsOf({ maxConcurrent: 1 });
    const begun: string[] = [];
    const done = [lineUp(turns, 'large', 200, begun, 1), lineUp(turns, 'small', 2, begun, 1)];
    await vi.runAllTimersAsync();
    await Promise.all(done);
    expect(names(begun).slice(0, 6)).toEqual(['large0', 'large1', 'small0', 'large2', 'small1', 'large3']);
    expect(begun).toHaveLength(202);
  });

  it('give a place of two runs the turn of whichever comes first', async () => {
    const turns = turnsOf({ maxConcurrent: 1 });
    const [large, small] = [Symbol('large'), Symbol('small')];
    const begun: string[] = [];
    const places = Array.from({ length: 5 }, () => ({ runs: new Set([large]), signal: NEVER }));
    const done = places.map((place, index) => turns.queued(place, async () => void begun.push(`large${index}`)));
    const last = places[4];
    if (last !== undefined) turns.share(last, small);
    await Promise.all(done);
    expect(begun).toEqual(['large0', 'large1', 'large4', 'large2', 'large3']);
  });

  it('are left by who is canceled, and pass to the next', async () => {
    const turns = turnsOf({ maxConcurrent: 1 });
    const begun: string[] = [];
    const first = lineUp(turns, 'a', 1, begun, 100);
    const canceled = new AbortController();
    const waiting = turns.queued({ runs: new Set([Symbol('b')]), signal: canceled.signal }, async () => 'begun');
    const last = lineUp(turns, 'c', 1, begun);
    canceled.abort(new Error('canceled'));
    await expect(waiting).rejects.toThrow('canceled');
    await vi.runAllTimersAsync();
    await Promise.all([first, last]);
    expect(begun).toEqual(['a0 0', 'c0 100']);
  });

  it('pass on after a failure', async () => {
    const turns = turnsOf({ maxConcurrent: 1 });
    const place = { runs: new Set([Symbol('a')]), signal: NEVER };
    await expect(turns.queued(place, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await expect(turns.queued(place, async () => 'well')).resolves.toBe('well');
  });

  it('begin no faster than requestsPerSecond, after a burst of one second', async () => {
    const begun: string[] = [];
    const done = lineUp(turnsOf({ maxConcurrent: 100, requestsPerSecond: 4 }), 'a', 8, begun);
    await vi.runAllTimersAsync();
    await done;
    expect(begun.map((line) => Number(line.split(' ')[1]))).toEqual([0, 0, 0, 0, 250, 500, 750, 1000]);
  });

  it('may be fewer than one a second', async () => {
    const begun: string[] = [];
    const done = lineUp(turnsOf({ requestsPerSecond: 0.5 }), 'a', 3, begun);
    await vi.runAllTimersAsync();
    await done;
    expect(begun).toEqual(['a0 0', 'a1 2000', 'a2 4000']);
  });

  it('pause for all runs when the store asks for it', async () => {
    const turns = turnsOf({ maxConcurrent: 1 });
    turns.close(Date.now(), { pauseMillis: 5000, reason: 'busy', probe: false });
    const begun: string[] = [];
    const done = [lineUp(turns, 'a', 1, begun), lineUp(turns, 'b', 1, begun)];
    await vi.advanceTimersByTimeAsync(4999);
    expect(begun).toEqual([]);
    await vi.runAllTimersAsync();
    await Promise.all(done);
    expect(names(begun)).toEqual(['a0', 'b0']);
  });
});
