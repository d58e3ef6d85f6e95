import { describe, expect, it } from 'vitest';
import { worsened } from '../../../src/engine/backtest/known-changes.ts';
import { isWorseLow } from '../../../src/engine/judging/allowed-change.ts';

const steady = (points: number, value = 1.5) => new Array<number>(points).fill(value);

describe('a known change', () => {
  it('makes what may not rise higher, and what may not fall lower', () => {
    expect(worsened([1.5, Number.NaN], '10 %', false)).toEqual([1.5 * 1.1, Number.NaN]);
    expect(worsened([1.5], '25 %', true)).toEqual([1.5 / 1.25]);
    const direction = (value: string) => ({ analysisConfigurations: { canary: { direction: value } } });
    expect(['increase', 'decrease', 'either'].map((one) => isWorseLow(direction(one)))).toEqual([false, true, false]);
  });

  it('that is late begins when three quarters are over', () => {
    const changed = worsened(steady(12), 'late', false);
    expect(changed.slice(0, 9)).toEqual(steady(9));
    expect(changed.slice(9)).toEqual(steady(3, 2.25));
  });

  it('of spikes is one point of twenty, three times as high', () => {
    const changed = worsened(steady(60), 'spikes', false);
    expect(changed.filter((value) => value !== 1.5)).toEqual([4.5, 4.5, 4.5]);
  });

  it('leaves counts whole numbers, with the sum that is due', () => {
    const counts = [3, 0, 1, 7, 2, 5, 4, 0, 9, 1];
    const changed = worsened(counts, '10 %', false);
    expect(changed.every(Number.isInteger)).toBe(true);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b);
    expect(Math.abs(sum(changed) - 1.1 * sum(counts))).toBeLessThan(1);
  });
});
