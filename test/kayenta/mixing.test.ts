import { describe, expect, it } from 'vitest';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { pairMetricSets } from '../../src/engine/fetching/pair-series.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

/** A series of `minutes` steps of a minute, unless told otherwise. */
function series(values: number[], changes: Partial<MetricSet> & { minutes?: number } = {}): MetricSet {
  const { minutes = values.length, ...fields } = changes;
  return {
    name: 'm',
    tags: {},
    startTimeMillis: START,
    startTimeIso: '2026-01-01T00:00:00Z',
    endTimeMillis: START + minutes * 60_000,
    endTimeIso: new Date(START + minutes * 60_000).toISOString(),
    stepMillis: 60_000,
    values,
    attributes: {},
    ...fields,
  };
}
const tagged = (zone: string, values: number[]) => series(values, { tags: { zone } });

function mix(control: MetricSet[], experiment: MetricSet[], names: string[] = ['m']): MetricSetPair[] {
  let ids = 0;
  const metrics = names.map((name) => ({ name, query: { type: 'fake', serviceType: 'fake' } }));
  return pairMetricSets({
    metrics,
    scopes: undefined,
    likeKayenta: true,
    ...{ control, experiment, newId: () => `id-${ids++}` },
  });
}
const valuesOf = (pairs: MetricSetPair[]) => pairs.map(({ values: { control, experiment } }) => [control, experiment]);
const byZone = (pairs: MetricSetPair[]) => Object.fromEntries(pairs.map((pair) => [pair.tags?.zone, pair.values]));
const [gap, gaps] = [Number.NaN, [Number.NaN, Number.NaN]];

describe('MIX-1: metrics', () => {
  it('are paired in the order of the config, all series of a name', () => {
    const sets = ['b', 'a', 'b'].map((name, index) => series([index], { name, tags: { n: String(index) } }));
    expect(mix(sets, sets, ['b', 'a']).map(({ name }) => name)).toEqual(['b', 'b', 'a']);
  });

  it.each([
    ['control', [], [series([1])]],
    ['experiment', [series([1])], []],
  ])('without series in %s fail the run', (side, control, experiment) => {
    expect(() => mix(control, experiment)).toThrow(
      `No ${side} metrics found for m and the metric service did not create a placeholder.`,
    );
  });
});

describe('MIX-2: tags', () => {
  it('must have the same keys on both sides, over all series', () => {
    const control = [series([1], { tags: { zone: 'a', pod: 'x' } })];
    const experiment = [series([1], { tags: { zone: 'a', host: 'x' } })];
    expect(() => mix(control, experiment)).toThrow(
      /Control metrics have different tag keys than the experiment tag set/,
    );
    const spread = [series([1], { tags: { zone: 'a' } }), series([1], { tags: { pod: 'x' } })];
    expect(mix(control, spread)).toHaveLength(3);
  });

  it('may be on one side only', () => {
    expect(mix([tagged('a', [1])], [series([2])])).toHaveLength(1);
  });
});

describe('MIX-3: pairs', () => {
  it('are of equal tags, whatever their order', () => {
    const control = [tagged('a', [1]), tagged('b', [2])];
    const pairs = mix(control, [tagged('b', [20]), tagged('a', [10])]);
    expect(byZone(pairs)).toEqual({
      a: { control: [1], experiment: [10] },
      b: { control: [2], experiment: [20] },
    });
  });

  it('are with gaps for tags that one side lacks', () => {
    const pairs = mix([tagged('a', [1, 2]), tagged('b', [3, 4])], [tagged('b', [5, 6]), tagged('c', [7, 8])]);
    expect(byZone(pairs)).toEqual({
      a: { control: [1, 2], experiment: gaps },
      b: { control: [3, 4], experiment: [5, 6] },
      c: { control: gaps, experiment: [7, 8] },
    });
  });

  it('are with gaps for every tagged series where the other side has none, whose own values do not count', () => {
    const pairs = mix([series([9, 9])], [tagged('a', [1, 2]), tagged('b', [3, 4])]);
    expect(byZone(pairs)).toEqual({
      a: { control: gaps, experiment: [1, 2] },
      b: { control: gaps, experiment: [3, 4] },
    });
    expect(valuesOf(mix([tagged('a', [1, 2])], [series([9, 9])]))).toEqual([[[1, 2], gaps]]);
  });

  it('are of the untagged series of both sides too', () => {
    const pairs = mix([series([1]), tagged('a', [2])], [series([3]), tagged('a', [4])]);
    expect(byZone(pairs)).toEqual({
      undefined: { control: [1], experiment: [3] },
      a: { control: [2], experiment: [4] },
    });
  });
});

describe('MIX-4: gaps that stand for a series', () => {
  it('are as many as whole steps fit its window, and have all else from its first', () => {
    const first = series([9], { minutes: 2.5, attributes: { query: 'first' }, startTimeMillis: START });
    const [pair] = mix([first, series([8], { attributes: { query: 'second' } })], [tagged('a', [1, 2, 3])]);
    expect(pair).toMatchObject({
      tags: { zone: 'a' },
      values: { control: gaps, experiment: [1, 2, 3] },
      attributes: { control: { query: 'first' } },
    });
  });

  it('are none when the step is none', () => {
    expect(valuesOf(mix([series([9], { stepMillis: 0 })], [tagged('a', [1])]))).toEqual([[[], [1]]]);
  });
});

describe('MIX-5: a side', () => {
  it('is padded at its end up to its own window', () => {
    expect(valuesOf(mix([series([1], { minutes: 3 })], [series([1, 2], { minutes: 2 })]))).toEqual([
      [
        [1, gap, gap],
        [1, 2],
      ],
    ]);
  });

  it('without any value becomes gaps: the placeholder for no data', () => {
    expect(valuesOf(mix([series([], { minutes: 2 })], [series([1, 2])]))).toEqual([[gaps, [1, 2]]]);
  });

  it('is never cut, nor moved in time', () => {
    const late = series([4, 5, 6], { minutes: 1, startTimeMillis: START + 30_000, stepMillis: 10_000 });
    expect(valuesOf(mix([series([1, 2, 3], { minutes: 1 })], [late]))).toEqual([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]);
  });

  it('whose window is the wrong way round is left alone', () => {
    expect(valuesOf(mix([series([1], { minutes: -5 })], [series([2])]))).toEqual([[[1], [2]]]);
  });
});

describe('MIX-6: a pair', () => {
  it('has an id of its own, name and tags, and scope and attributes of each side', () => {
    const control = series([1], { tags: { zone: 'a' }, attributes: { query: 'c' } });
    const experiment = series([2, 3], {
      tags: { zone: 'a' },
      attributes: { query: 'e' },
      stepMillis: 30_000,
      minutes: 1,
    });
    expect(mix([control, tagged('b', [1])], [experiment, tagged('b', [2])])).toMatchObject([
      {
        name: 'm',
        id: 'id-0',
        tags: { zone: 'a' },
        values: { control: [1], experiment: [2, 3] },
        scopes: {
          control: { startTimeIso: '2026-01-01T00:00:00Z', startTimeMillis: START, stepMillis: 60_000 },
          experiment: { startTimeIso: '2026-01-01T00:00:00Z', startTimeMillis: START, stepMillis: 30_000 },
        },
        attributes: { control: { query: 'c' }, experiment: { query: 'e' } },
      },
      { id: 'id-1' },
    ]);
  });
});
