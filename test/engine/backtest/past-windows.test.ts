import { describe, expect, it } from 'vitest';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { countWindows, windowAt } from '../../../src/engine/backtest/past-windows.ts';

const [MINUTE, START] = [60_000, Date.UTC(2026, 0, 1)];
const scope = { stepMillis: MINUTE, startTimeMillis: START, startTimeIso: '2026-01-01T00:00:00Z' };
const scopes = { control: scope, experiment: scope };
const upTo = (points: number, from = 0) => Array.from({ length: points }, (_, t) => from + t);

const pair = (points: number): MetricSetPair => ({
  name: 'latency',
  values: { control: upTo(points), experiment: upTo(points, 100) },
  scopes,
});

describe('windows of the past', () => {
  it('follow each other and none overlaps; what does not fill one is left out', () => {
    expect(countWindows([pair(25), pair(29)], 10 * MINUTE)).toBe(2);
    const second = windowAt([pair(25)], 10 * MINUTE, 1);
    expect(second.startMillis).toBe(START + 10 * MINUTE);
    expect(second.pairs[0]?.values).toEqual({ control: upTo(10, 10), experiment: upTo(10, 110) });
    expect(second.pairs[0]?.scopes?.experiment).toEqual({
      stepMillis: MINUTE,
      startTimeMillis: START + 10 * MINUTE,
      startTimeIso: '2026-01-01T00:10:00Z',
    });
  });

  it('have gaps where one side ends early', () => {
    const short = { ...pair(20), values: { control: upTo(20), experiment: upTo(13) } };
    const [cut] = windowAt([short], 10 * MINUTE, 1).pairs;
    expect(cut?.values.experiment).toEqual([10, 11, 12, ...new Array(7).fill(Number.NaN)]);
  });

  it('have their companions of the same time, and a history that ends where they begin', () => {
    const whole = {
      ...pair(30),
      traffic: { values: { control: upTo(30, 500), experiment: upTo(30, 600) }, scopes },
      history: { values: { control: [-3, -2, -1], experiment: [] }, scopes: { control: scope } },
    };
    const [cut] = windowAt([whole], 10 * MINUTE, 2).pairs;
    expect(cut?.traffic?.values.experiment).toEqual(upTo(10, 620));
    expect(cut?.history?.values.control).toEqual([17, 18, 19]);
    const [first] = windowAt([whole], 10 * MINUTE, 0).pairs;
    expect(first?.history?.values.control).toEqual([-3, -2, -1]);
  });

  it('of no series are none', () => {
    expect(countWindows([], MINUTE)).toBe(0);
  });
});
