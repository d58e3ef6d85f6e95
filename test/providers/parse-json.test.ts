import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from '../../providers/shared/http/parse-json.ts';

/** Long enough to be parsed in slices, whatever stands before it. */
const PADDING = ' '.repeat(600_000);

it('reads a large text as JSON.parse reads it', async () => {
  const values = fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
    const text = JSON.stringify(value);
    expect(await parseJson(PADDING + text)).toEqual(JSON.parse(text));
  });
  await fc.assert(values, { numRuns: 30 });
  for (const text of ['{"__proto__":{"a":1},"b":2}', '{"a":1,"a":2}', '"\\ud83d\\ude00"', '-1.5e-7', '[1e400]']) {
    expect(await parseJson(PADDING + text)).toStrictEqual(JSON.parse(text));
  }
  const long = JSON.stringify([{ text: `é${'x'.repeat(70_000)}"` }]);
  expect(await parseJson(PADDING + long)).toEqual(JSON.parse(long));
});

it('refuses what JSON.parse refuses', async () => {
  for (const text of ['', '{', '{"a":1', '[1,]', '{"a":1}{', 'nul', '<!doctype html>', '"a', '[1] x', '1 2']) {
    expect(() => JSON.parse(PADDING + text)).toThrow();
    await expect(parseJson(PADDING + text)).rejects.toThrow();
  }
});

it('lets others have their turns', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  await parseJson(JSON.stringify(Array.from({ length: 120_000 }, (_, index) => [index, String(index / 7)])));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
});
