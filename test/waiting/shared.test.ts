import { expect, it, vi } from 'vitest';
import { Shared } from '../../src/waiting/shared.ts';

it('a value is loaded once for all who ask for it while it is loaded or used', async () => {
  const shared = new Shared<object>();
  const load = vi.fn(async () => ({}));
  const [first, second] = await Promise.all([shared.take('a', load), shared.take('a', load)]);
  expect(second).toBe(first);
  expect(await shared.take('a', load)).toBe(first);
  expect(load).toHaveBeenCalledTimes(1);
  expect(await shared.take('b', load)).not.toBe(first);
});

it('a failure, or nothing, is not kept', async () => {
  const shared = new Shared<object>();
  await expect(shared.take('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await shared.take('a', async () => undefined)).toBeUndefined();
  expect(await shared.take('a', async () => ({ found: true }))).toEqual({ found: true });
});
