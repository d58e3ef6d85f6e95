import { describe, expect, it } from 'vitest';
import { mapLimited } from '../../../src/cli/client/map-limited.ts';

const progress = { output: { write: () => {} }, label: '' };

describe('mapLimited', () => {
  it('answers in the order of the items, whichever is done first', async () => {
    const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
    const work = async (index: number) => {
      await gates[index]?.promise;
      return [index];
    };
    const mapped = mapLimited({ items: [0, 1, 2], concurrency: 3, work, progress });
    for (const gate of gates.toReversed()) gate.resolve();
    expect(await mapped).toEqual({ results: [[0], [1], [2]] });
  });

  it('begins nothing more after a failure, and keeps what is done', async () => {
    const begun: number[] = [];
    const failure = new Error('gone');
    const work = async (index: number) => {
      begun.push(index);
      if (index === 1) throw failure;
      return index;
    };
    const mapped = await mapLimited({ items: [0, 1, 2, 3], concurrency: 1, work, progress });
    expect(mapped).toEqual({ results: [0], failure });
    expect(begun).toEqual([0, 1]);
  });
});
