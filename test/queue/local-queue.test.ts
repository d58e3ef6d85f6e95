import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalQueue } from '../../src/queue/local.ts';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const create = () =>
  new LocalQueue({ concurrency: { run: 1, analysis: 1, callback: 1, backtest: 1 }, monotonic: () => Date.now(), log });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the queue of one process', () => {
  it('does a job again whose handler failed, and the others meanwhile', async () => {
    const queue = create();
    const done: string[] = [];
    queue.handle('run', async (id) => {
      done.push(id);
      if (done.length === 1) throw new Error('disk full');
    });
    await queue.start();
    await queue.push({ kind: 'run', id: 'a' });
    await queue.push({ kind: 'run', id: 'b' });
    await vi.advanceTimersByTimeAsync(100);
    expect(done).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual(['a', 'b', 'a']);
    expect(log.error).toHaveBeenCalledWith(expect.objectContaining({ kind: 'run', id: 'a' }), expect.any(String));
    await queue.stop();
  });

  it.each([1, 2])('takes turns between shares, %s at once, and is first come, first served within one', async (run) => {
    const queue = new LocalQueue({
      concurrency: { run, analysis: 1, callback: 1, backtest: 1 },
      monotonic: () => Date.now(),
      log,
    });
    const done: string[] = [];
    queue.handle('run', async (id) => {
      done.push(id);
      await new Promise((resolve) => setTimeout(resolve, 10));
    });
    await queue.start();
    for (let number = 0; number < 50; number++) await queue.push({ kind: 'run', id: `a${number}`, share: 'a' });
    for (const id of ['b0', 'b1']) await queue.push({ kind: 'run', id, share: 'b' });
    await queue.push({ kind: 'run', id: 'c0', share: 'c' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(done.slice(0, run)).toEqual(['a0', 'a1'].slice(0, run));
    expect(done.slice(run, 8)).toEqual(expect.arrayContaining(['b0', 'b1', 'c0']));
    expect(done.filter((id) => id.startsWith('a'))).toEqual(Array.from({ length: 50 }, (_, number) => `a${number}`));
    await queue.stop();
  });

  it('has no more of a share in work than the limit, over all groups, and the others meanwhile', async () => {
    const concurrency = { run: 4, analysis: 1, callback: 1, backtest: 1 };
    const queue = new LocalQueue({ concurrency, perShare: 2, monotonic: () => Date.now(), log });
    const done: string[] = [];
    let [busy, most] = [0, 0];
    queue.handle('run', async (id) => {
      busy += id.startsWith('a') ? 1 : 0;
      most = Math.max(most, busy);
      await new Promise((resolve) => setTimeout(resolve, 10));
      busy -= id.startsWith('a') ? 1 : 0;
      done.push(id);
    });
    await queue.start();
    for (let number = 0; number < 10; number++) {
      await queue.push({ kind: 'run', id: `a${number}`, share: 'a', group: number < 5 ? 'prom' : 'datadog' });
    }
    await queue.push({ kind: 'run', id: 'b0', share: 'b', group: 'prom' });
    await vi.advanceTimersByTimeAsync(11);
    expect(done.toSorted()).toEqual(['a0', 'a1', 'b0']);
    await vi.advanceTimersByTimeAsync(1000);
    expect([done.length, most]).toEqual([11, 2]);
    await queue.stop();
  });

  it('does a job that is pushed with two delays at the earlier time, once', async () => {
    const queue = create();
    const done: string[] = [];
    queue.handle('callback', async (id) => void done.push(id));
    await queue.start();
    await queue.push({ kind: 'callback', id: 'a' }, 5000);
    await queue.push({ kind: 'callback', id: 'a' }, 1000);
    await queue.push({ kind: 'callback', id: 'a' }, 9000);
    await vi.advanceTimersByTimeAsync(999);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(done).toEqual(['a']);
    await queue.stop();
  });
});
