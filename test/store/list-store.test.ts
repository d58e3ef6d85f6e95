import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import type { ListStore, Store } from '../../src/domain/stores.ts';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import type { UnreadableRow } from '../../src/store/unreadable.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const opened: Store[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function open(directory = temporaryDirectory()) {
  const unreadable: UnreadableRow[] = [];
  const store = await openStore(openSqlite(directory), Date.now, { onUnreadable: (row) => unreadable.push(row) });
  opened.push(store);
  return { store, unreadable, directory };
}

/** Random numbers, which hardly compress: about 180 KB each. */
const pairs = (count: number): MetricSetPair[] =>
  Array.from({ length: count }, (_, index) => {
    const values = () => Array.from({ length: 5000 }, Math.random);
    return { name: `m${index}`, id: `p${index}`, tags: {}, values: { control: values(), experiment: [Number.NaN] } };
  });

async function read(list: ListStore<MetricSetPair>, id = 'long'): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of (await list.texts(id)) ?? []) texts.push(text);
  return texts;
}

describe('a long list', () => {
  it('is handed on element by element, as it is read whole', async () => {
    const { store } = await open();
    const list = pairs(20);
    await store.metricSetPairLists.put('long', list);
    const texts = await read(store.metricSetPairLists);
    expect(texts.map((text) => JSON.parse(text).values.control)).toEqual(list.map(({ values }) => values.control));
    expect(texts[0]).toContain('"experiment":["NaN"]');
    expect(await store.metricSetPairLists.get('long')).toEqual(list);
  });

  it('may be left after its first element', async () => {
    const { store } = await open();
    await store.metricSetPairLists.put('long', pairs(20));
    for await (const text of (await store.metricSetPairLists.texts('long')) ?? []) {
      expect(JSON.parse(text).id).toBe('p0');
      break;
    }
    expect(await read(store.metricSetPairLists)).toHaveLength(20);
  });

  it('is gone once it is deleted, though somebody still reads it', async () => {
    const { store } = await open();
    await store.metricSetPairLists.put('long', pairs(20));
    const reader = (await store.metricSetPairLists.texts('long'))?.[Symbol.asyncIterator]();
    await store.metricSetPairLists.delete('long');
    expect(await store.metricSetPairLists.texts('long')).toBeUndefined();
    let count = 0;
    while (!(await reader?.next())?.done) count += 1;
    expect(count).toBe(20);
  });

  it.each([
    ['from its beginning is told at once', 20, 0],
    ['in its middle is told there', 700_000, 2],
  ])('that is broken %s', async (_, at, elements) => {
    const { store, unreadable, directory } = await open();
    await store.metricSetPairLists.put('long', pairs(20));
    await store.close();
    opened.pop();
    const database = new DatabaseSync(join(directory, 'haldane.sqlite'));
    const row = database.prepare('select document from metric_set_pair_list').get() as { document: Uint8Array };
    row.document.fill(0xff, at, at + 200);
    database.prepare('update metric_set_pair_list set document = ?').run(row.document);
    database.close();
    const again = await open(directory);
    const texts: string[] = [];
    const reading = async () => {
      for await (const text of (await again.store.metricSetPairLists.texts('long')) ?? []) texts.push(text);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'OBJECT_UNREADABLE' });
    expect(texts.length).toBeGreaterThanOrEqual(elements);
    expect(texts.length).toBeLessThan(20);
    expect([...unreadable, ...again.unreadable]).toMatchObject([{ table: 'metric_set_pair_list', id: 'long' }]);
  });
});
