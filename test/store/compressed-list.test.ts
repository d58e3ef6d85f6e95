import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { compressList, readCompressedList } from '../../src/store/compressed-list.ts';

const Element = z.object({ name: z.string(), values: z.array(z.union([z.number(), z.literal('NaN')])) });
const series = (count: number, points: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `series "${index}"\nof é\u2028`,
    values: Array.from({ length: points }, (_, at) => (at % 5 === 3 ? ('NaN' as const) : (index + 1) / (at + 3))),
  }));

it('what is written is read, whatever its size', async () => {
  for (const list of [[], series(1, 2), series(2, 0), series(7, 60), series(12, 9000)]) {
    const bytes = await compressList(list);
    expect(await readCompressedList(bytes, Element)).toEqual(list);
    expect(JSON.parse(gunzipSync(bytes).toString())).toEqual(list);
  }
});

it('lists of earlier versions, in one line, are read too', async () => {
  for (const list of [[], series(1, 3), series(30, 60)]) {
    expect(await readCompressedList(gzipSync(toWireJson(list)), Element)).toEqual(list);
  }
});

it('what is damaged, or is no such list, cannot be read', async () => {
  const bytes = await compressList(series(5, 20));
  for (const damaged of [Buffer.from('no gzip'), bytes.subarray(0, bytes.length / 2), Buffer.of()]) {
    await expect(readCompressedList(damaged, Element)).rejects.toThrow();
  }
  for (const value of [{}, 'text', [{ name: 1, values: [] }], [...series(3, 2), null]]) {
    await expect(readCompressedList(gzipSync(JSON.stringify(value)), Element)).rejects.toThrow();
    if (Array.isArray(value))
      await expect(compressList(value).then((b) => readCompressedList(b, Element))).rejects.toThrow();
  }
});

it('others have their turns meanwhile', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const bytes = await compressList(series(20, 9000));
  const written = turns;
  await readCompressedList(bytes, Element);
  clearInterval(timer);
  expect(written).toBeGreaterThan(2);
  expect(turns - written).toBeGreaterThan(2);
});
