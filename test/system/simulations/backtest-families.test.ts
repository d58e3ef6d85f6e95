import { expect, it, vi } from 'vitest';
import { reproduced } from '../../bench/backtests/reproduced.ts';
import { CHANGES, FAMILIES } from '../../bench/verdicts/simulated-families.ts';
import { drawsOf } from '../../support/samples/random-series.ts';

// What a backtest says, held against series made by kinds of metrics that it knows nothing of: each window is drawn by
// itself, and those that are worse are worse from the generator on. Seeds are fixed.
vi.setConfig({ testTimeout: 180_000 });

const [POINTS, WINDOWS] = [60, 24];
/** Of the difference of two shares, in its standard deviations; one of a thousand is beyond that by chance. */
const FAR = 3.3;

const drawn = (change: keyof typeof CHANGES, seed: string) =>
  FAMILIES.flatMap(({ name, make }) =>
    Array.from({ length: WINDOWS }, (_, window) => make(drawsOf(seed, name, window), POINTS, CHANGES[change])),
  );

it('has the false alarms and finds the changes that are there, of every judge', async () => {
  const worse = new Map([
    ['10 %', drawn('+10 %', 'ten')] as const,
    ['25 %', drawn('+25 %', 'twenty-five')] as const,
    ['50 %', drawn('+50 %', 'fifty')] as const,
  ]);
  const figures = await reproduced({ points: POINTS, same: drawn('unchanged', 'same'), worse });
  expect(figures).toHaveLength(12);
  const windows = FAMILIES.length * WINDOWS;
  for (const { judge, change, backtest, direct } of figures) {
    const what = `${judge}, ${change ?? 'nothing changed'}`;
    expect(direct.trials, what).toBeGreaterThan(0.9 * windows);
    if (change === undefined) {
      expect(backtest, what).toEqual(direct);
      continue;
    }
    const [told, true_] = [backtest.hits / backtest.trials, direct.hits / direct.trials];
    const pooled = (backtest.hits + direct.hits) / (backtest.trials + direct.trials);
    const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / backtest.trials + 1 / direct.trials));
    expect({ what, told, true_, isNear: Math.abs(told - true_) < FAR * deviation }).toMatchObject({ isNear: true });
  }
});
