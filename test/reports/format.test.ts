import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  count,
  formatChange,
  formatDuration,
  formatNumber,
  formatPercent,
  formatTime,
  formatWindow,
} from '../../src/reports/format.ts';
import { visibleText } from '../../src/reports/visible-text.ts';
// @ts-expect-error a script of the pages, which has types of its own in comments
import { niceTicks, numberText, pathOf, timeTicks } from '../../src/web/assets/charts/chart-scales.js';

const START = Date.parse('2026-01-01T12:00:00Z');

describe('numbers', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [0.1234567, '0.1235'],
    [-0.3, '−0.3'],
    [1234.5, '1235'],
    [9999.4, '9999'],
    [9999.6, '10k'],
    [999_990, '1M'],
    [300_123_456, '300.1M'],
    [0.00001, '1e-5'],
    [1e15, '1e+15'],
    [Number.NaN, 'NaN'],
    [-Infinity, '−∞'],
  ])('%d is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('are written alike by the server and by the script of the charts', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberText(value)).toBe(formatNumber(value));
      }),
    );
  });

  it('say at least four digits of what they stand for', () => {
    const units: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e18, noNaN: true }), (value) => {
        const [, digits = '', unit = ''] = /^([\d.e+-]+?)([kMGT]?)$/.exec(formatNumber(value)) ?? [];
        expect(Math.abs((Number(digits) * (units[unit] ?? 1)) / value - 1)).toBeLessThan(0.006);
      }),
    );
  });
});

describe('shares', () => {
  it.each([
    [0.18, '+18 %'],
    [-0.0312, '−3.1 %'],
    [0, '0 %'],
    [0.0996, '+10 %'],
    [0.0994, '+9.9 %'],
    [-0.00012, '−0.012 %'],
    [20_000, '+2M %'],
  ])('%d as a change is %s', (share, text) => {
    expect(formatChange(share)).toBe(text);
  });

  it('have no sign where they are no change', () => {
    expect(formatPercent(0.5)).toBe('50 %');
  });
});

describe('times', () => {
  it('are of a day and a zone, with seconds only where there are any', () => {
    expect(formatTime(START)).toBe('2026-01-01 12:00 UTC');
    expect(formatTime(START + 1000)).toBe('2026-01-01 12:00:01 UTC');
    expect(formatWindow(START, START + 3_600_000)).toBe('2026-01-01 12:00–13:00 UTC');
    expect(formatWindow(START, START + 86_400_000)).toBe('2026-01-01 12:00 – 2026-01-02 12:00 UTC');
  });

  it('last as long as the two largest units say', () => {
    expect([340, 1540, 9990, 59_999, 3_900_000, 90_061_000, 86_400_000].map(formatDuration)).toEqual([
      '340 ms',
      '1.5 s',
      '10 s',
      '1 min',
      '1 h 5 min',
      '1 d 1 h',
      '1 d',
    ]);
  });
});

it('one is one and two are many', () => {
  expect([count(1, 'metric'), count(2, 'metric'), count(0, 'series', 'series')]).toEqual([
    '1 metric',
    '2 metrics',
    '0 series',
  ]);
});

describe('text', () => {
  it('shows that there was a character that cannot be shown', () => {
    expect(visibleText('a\u0000b\u202ec\u2066d\ud800e\tf\ng')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\tf\ng');
  });

  it('of any language stays as it is', () => {
    for (const text of ['زمن الاستجابة', 'Größe', '遅延', '👩‍👩‍👧']) expect(visibleText(text)).toBe(text);
  });
});

describe('what a reader zooms into', () => {
  it('has few round ticks around all that is seen', () => {
    const Bound = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(Bound, Bound, (one, other) => {
        const [least, greatest] = [Math.min(one, other), Math.max(one, other)];
        fc.pre(greatest - least > 1e-6 || greatest === least);
        const ticks: number[] = niceTicks(least, greatest, 5);
        const spare = 1e-9 * Math.max(Math.abs(least), Math.abs(greatest));
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect(ticks[0]).toBeLessThanOrEqual(least + spare);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(greatest - spare);
      }),
    );
  });

  it('has round times', () => {
    expect(timeTicks(START - 30_000, 600_000)).toEqual(
      [0, 5, 10].map((minutes) => START + minutes * 60_000).slice(0, 2),
    );
    const week: number[] = timeTicks(START, 7 * 86_400_000);
    expect(week.every((tick) => tick % 86_400_000 === 0)).toBe(true);
  });

  it('has the gaps it had, and dots between two of them', () => {
    expect(pathOf([1, null, 2, 3, null, 4], (value: number) => value)).toBe('M0 1.00zM2 2.00L3 3.00M5 4.00z');
  });
});
