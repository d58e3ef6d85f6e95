import { describe, expect, it } from 'vitest';
import { asAnswered } from '../../providers/shared/series/as-answered.ts';
import { gridOf, type RawPoint, type RawPoints, toGrid } from '../../providers/shared/series/grid.ts';
import { JoinedSeries } from '../../providers/shared/series/joined-series.ts';
import type { SeriesRequest } from '../../providers/shared/series/metric-sets.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const request = { account: { name: 'a', maxSeries: 100 }, metric: { name: 'm' } } as unknown as SeriesRequest;
const grid = gridOf({ start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:06:00Z', step: 60 });
const chunk = (from: number, values: readonly unknown[]): RawPoint[] =>
  values.map((value, index) => [START + (from + index) * 60_000, value]);

async function joined(...chunks: readonly RawPoint[][]) {
  const series = new JoinedSeries(request, grid);
  for (const points of chunks) await series.add({ series: [{ tags: {}, points }] });
  return series.series[0] ?? { tags: {}, points: [] };
}

describe('chunks of a series', () => {
  it('are the series as if it came at once, put into slots or left as they were answered', async () => {
    const values = ['1', 2.5, null, 'NaN', '+Inf', '-6e2'];
    const whole = { tags: {}, points: chunk(0, values) };
    const inChunks = await joined(
      chunk(0, values.slice(0, 2)),
      chunk(2, values.slice(2, 4)),
      chunk(4, values.slice(4)),
    );
    expect(inChunks.points).toHaveLength(6);
    for (const gaps of ['kept', 'squeezed', 'inner'] as const) {
      const how = { gaps, end: 'lastStep' } as const;
      expect(asAnswered(inChunks, grid, how)).toEqual(asAnswered(whole, grid, how));
    }
    const slots = { grid, label: 'start', combine: 'last' } as const;
    expect(toGrid({ ...slots, points: inChunks.points })).toEqual(toGrid({ ...slots, points: whole.points }));
  });

  it('may come in any order', async () => {
    const { points } = await joined(chunk(4, [5, 6]), chunk(0, [1, 2]), chunk(2, [3, 4]));
    expect(toGrid({ grid, points, label: 'start', combine: 'last' })).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('are refused for a value that is not a number, with account and metric', async () => {
    await expect(joined(chunk(0, [1]), chunk(1, ['fast']))).rejects.toThrow(
      `account 'a', metric 'm': the store answered the value "fast", which is not a number`,
    );
  });

  it('are refused beyond five million points, before they are joined', async () => {
    const series = new JoinedSeries(request, grid);
    await series.add({ series: [{ tags: {}, points: chunk(0, [1]) }] });
    const many: RawPoints = { length: 5_000_000, [Symbol.iterator]: () => [][Symbol.iterator]() };
    await expect(series.add({ series: [{ tags: {}, points: many }] })).rejects.toThrow(
      "account 'a', metric 'm': the store answered 5000001 points, more than 5000000; aggregate, or use a longer step",
    );
  });
});
