import { expect, it } from 'vitest';
import type { AttemptStore } from '../../src/domain/attempt-store.ts';
import { attemptNoted, createLossLimit } from '../../src/engine/lost-attempts.ts';

/** A store whose work was lost so often. */
function storeOf(lost: number | undefined) {
  const noted: string[] = [];
  const store: AttemptStore = {
    beginAttempt: async () => {
      noted.push('begin');
      return lost;
    },
    stepAside: async () => void noted.push('aside'),
    reportBack: async () => void noted.push('back'),
  };
  return { store, noted };
}

const work = { id: 'id', attempt: async () => 'tried', abandon: async (lost: number) => `given up after ${lost}` };

it.each([
  [undefined, undefined, ['begin']],
  [0, 'tried', ['begin', 'back']],
  [1, 'tried', ['begin', 'back']],
  [2, 'tried', ['begin', 'aside', 'begin', 'back']],
  [3, 'given up after 3', ['begin', 'back']],
])('work that was lost %s times: %s', async (lost, outcome, notes) => {
  const { store, noted } = storeOf(lost);
  expect(await attemptNoted(createLossLimit(3), { ...work, store })).toBe(outcome);
  expect(noted).toEqual(notes);
});

it('reports back when the attempt fails', async () => {
  const { store, noted } = storeOf(0);
  const attempt = () => Promise.reject(new Error('failed'));
  await expect(attemptNoted(createLossLimit(3), { ...work, store, attempt })).rejects.toThrow('failed');
  expect(noted).toEqual(['begin', 'back']);
});

it('makes last attempts one at a time, so that none is lost for what another does', async () => {
  const limit = createLossLimit(3);
  const first = Promise.withResolvers<string>();
  const [one, other] = [storeOf(2), storeOf(2)];
  const attempts = [
    attemptNoted(limit, { ...work, store: one.store, attempt: () => first.promise }),
    attemptNoted(limit, { ...work, store: other.store }),
  ];
  await expect.poll(() => one.noted).toEqual(['begin', 'aside', 'begin']);
  expect(other.noted).toEqual(['begin', 'aside']);
  first.resolve('tried');
  expect(await Promise.all(attempts)).toEqual(['tried', 'tried']);
});
