import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredState } from '../../src/domain/stores.ts';
import { StateWatch } from '../../src/engine/state-watch.ts';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const running = (revision: string): StoredState => ({ complete: false, revision });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function create() {
  const store = new Map<string, StoredState>();
  const asked: string[][] = [];
  const failure: { error?: Error } = {};
  const states = async (ids: readonly string[]) => {
    asked.push([...ids]);
    if (failure.error !== undefined) throw failure.error;
    return new Map([...store].filter(([id]) => ids.includes(id)));
  };
  return { store, asked, failure, watch: new StateWatch({ states, log }) };
}
const look = () => vi.advanceTimersByTimeAsync(300);

describe('those who wait for a run', () => {
  it('share one look at the store, however many they are', async () => {
    const { asked, watch } = create();
    for (let follower = 0; follower < 500; follower++) watch.follow(`run-${follower % 3}`, () => {});
    await look();
    await look();
    expect(asked).toEqual([
      ['run-0', 'run-1', 'run-2'],
      ['run-0', 'run-1', 'run-2'],
    ]);
  });

  it('are told the first state that is seen, every change, and that there is none any more', async () => {
    const { store, watch } = create();
    const [first, second] = [vi.fn(), vi.fn()];
    store.set('a', running('1'));
    watch.follow('a', first);
    await look();
    await look();
    expect(first.mock.calls).toEqual([[running('1')]]);
    watch.follow('a', second);
    await look();
    expect(second.mock.calls).toEqual([[running('1')]]);
    store.set('a', running('2'));
    await look();
    store.delete('a');
    await look();
    expect(second.mock.calls.slice(1)).toEqual([[running('2')], [undefined]]);
  });

  it('go on waiting while the store cannot be read', async () => {
    const { store, failure, watch } = create();
    const told = vi.fn();
    store.set('a', running('1'));
    watch.follow('a', told);
    failure.error = new Error('away');
    await look();
    expect(told).not.toHaveBeenCalled();
    delete failure.error;
    await look();
    expect(told).toHaveBeenCalledWith(running('1'));
  });

  it('for its end alone are content with every third look', async () => {
    const { asked, watch } = create();
    watch.follow('end', () => {}, false);
    const stop = watch.follow('every change', () => {});
    for (let time = 0; time < 6; time++) await look();
    stop();
    for (let time = 0; time < 3; time++) await look();
    const both = ['end', 'every change'];
    expect(asked).toEqual([
      ['every change'],
      ['every change'],
      both,
      ['every change'],
      ['every change'],
      both,
      ['end'],
    ]);
  });

  it('leave no timer behind', async () => {
    const { asked, watch } = create();
    const stops = ['a', 'a', 'b'].map((id) => watch.follow(id, () => {}));
    stops[0]?.();
    await look();
    expect(asked).toEqual([['a', 'b']]);
    for (const stop of stops) stop();
    await look();
    expect([asked.length, vi.getTimerCount()]).toEqual([1, 0]);
  });
});
