import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BytesInFlight, readBytes } from '../../src/waiting/bytes-in-flight.ts';

const MIB = 1024 * 1024;

/** A query that reads chunks until it is told to end. */
function reader(budget: BytesInFlight, signal = new AbortController().signal) {
  const end = Promise.withResolvers<void>();
  let read = 0;
  let more = Promise.withResolvers<number>();
  const done = budget.during(signal, async () => {
    for (;;) {
      const bytes = await Promise.race([more.promise, end.promise]);
      if (bytes === undefined) return;
      more = Promise.withResolvers();
      await readBytes(bytes, signal);
      read += bytes;
    }
  });
  return {
    done,
    /** @returns what it has read in all, without a chunk whose turn has not come */
    reads: async (bytes: number) => {
      more.resolve(bytes);
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      return read;
    },
    has: () => read,
    ends: async () => {
      end.resolve();
      await done;
      for (let turn = 0; turn < 5; turn++) await nextTurn();
    },
  };
}

it('lets the first query read on when the budget is used up, and the others when there is room again', async () => {
  const budget = new BytesInFlight(10 * MIB);
  const [first, second, third] = [reader(budget), reader(budget), reader(budget)];
  expect(await first.reads(6 * MIB)).toBe(6 * MIB);
  expect(await second.reads(6 * MIB)).toBe(0);
  expect(await third.reads(6 * MIB)).toBe(0);
  expect(await first.reads(20 * MIB)).toBe(26 * MIB);
  await first.ends();
  expect([second.has(), third.has()]).toEqual([6 * MIB, 0]);
  await second.ends();
  expect(third.has()).toBe(6 * MIB);
  await third.ends();
});

it('does not make small answers wait behind large ones', async () => {
  const budget = new BytesInFlight(2 * MIB);
  const [large, small] = [reader(budget), reader(budget)];
  await large.reads(50 * MIB);
  expect(await small.reads(MIB)).toBe(MIB);
  await Promise.all([large.ends(), small.ends()]);
});

it('lets a query that is canceled while it waits leave', async () => {
  const budget = new BytesInFlight(2 * MIB);
  const canceled = new AbortController();
  const [large, waiting] = [reader(budget), reader(budget, canceled.signal)];
  await large.reads(50 * MIB);
  expect(await waiting.reads(2 * MIB)).toBe(0);
  canceled.abort(new Error('canceled'));
  await expect(waiting.done).rejects.toThrow('canceled');
  const next = reader(budget);
  await next.reads(2 * MIB);
  await large.ends();
  expect(next.has()).toBe(2 * MIB);
  await next.ends();
});
