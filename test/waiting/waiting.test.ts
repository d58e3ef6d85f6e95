import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { abortable } from '../../src/waiting/abortable.ts';
import { backoffMillis } from '../../src/waiting/backoff.ts';
import { startDeadline } from '../../src/waiting/deadline.ts';
import { sleep } from '../../src/waiting/sleep.ts';

const NEVER = new AbortController().signal;

describe('back-off', () => {
  test('doubles with every failure up to the longest wait', () => {
    const settings = { firstMillis: 100, longestMillis: 1000, jitter: [1, 1], random: () => 0 } as const;
    expect([1, 2, 3, 4, 5, 2000].map((failed) => backoffMillis(failed, settings))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
  });

  test('draws each wait between its parts', () => {
    const of = (random: number) => backoffMillis(2, { firstMillis: 100, jitter: [0.5, 1.5], random: () => random });
    expect([of(0), of(0.5), of(0.999)]).toEqual([100, 200, expect.closeTo(299.8)]);
  });
});

describe('with a clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('sleep ends after its time, or with the reason of the signal', async () => {
    const canceled = new AbortController();
    const [slept, woken] = [sleep(50, NEVER), sleep(50, canceled.signal)];
    canceled.abort('enough');
    await expect(woken).rejects.toBe('enough');
    vi.advanceTimersByTime(50);
    await expect(slept).resolves.toBeUndefined();
    await expect(sleep(50, canceled.signal)).rejects.toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a deadline aborts when its time is up, and says so', () => {
    const deadline = startDeadline(50, NEVER);
    vi.advanceTimersByTime(49);
    expect([deadline.signal.aborted, deadline.passed]).toEqual([false, false]);
    vi.advanceTimersByTime(1);
    expect([deadline.signal.aborted, deadline.passed]).toEqual([true, true]);
  });

  test('a deadline whose work is canceled has not passed', () => {
    const canceled = new AbortController();
    const deadline = startDeadline(50, canceled.signal);
    canceled.abort('enough');
    expect([deadline.signal.reason, deadline.passed]).toEqual(['enough', false]);
    deadline.clear();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an abortable wait', () => {
  test('ends with the abort, although the work goes on', async () => {
    const canceled = new AbortController();
    const { promise, resolve } = Promise.withResolvers<string>();
    const [one, other] = [abortable(promise, canceled.signal), abortable(promise, NEVER)];
    canceled.abort('enough');
    resolve('done');
    await expect(one).rejects.toBe('enough');
    await expect(other).resolves.toBe('done');
  });

  test('ends with an error of its own where one is given', async () => {
    const waiting = abortable(new Promise(() => {}), AbortSignal.abort(), () => new Error('canceled by us'));
    await expect(waiting).rejects.toThrow('canceled by us');
  });
});
