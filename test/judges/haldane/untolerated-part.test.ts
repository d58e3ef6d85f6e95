import { expect, it } from 'vitest';
import { judgeCanary } from '../../bench/verdicts/judged-canary.ts';
import { type Draws, drawsOf, seriesOf } from '../../support/samples/random-series.ts';

// A metric may rise by 25 %. The whole window rose by 12 %, which is as sure as anything can be, and is allowed.

const ALLOWED = { direction: 'increase', effectSize: { allowedIncrease: 1.25 } };
const around = (draws: Draws, points: number, level: (t: number) => number) =>
  seriesOf(points, (t) => 100 * level(t) * Math.exp(0.01 * draws.normal()));

async function alarmOf(points: number, level: (t: number) => number, canary: Record<string, unknown> = ALLOWED) {
  const draws = drawsOf('untolerated', points);
  const metric = { control: around(draws, points, () => 1), experiment: around(draws, points, level), canary };
  return (await judgeCanary('Haldane', [metric], {})).metrics[0]?.alarm;
}

it('an allowed rise of the whole window is no alarm', async () => {
  expect(await alarmOf(24, () => 1.12)).toBeUndefined();
});

it('it hides no last points that rose by more', async () => {
  expect(await alarmOf(24, (t) => (t < 20 ? 1.12 : 1.6))).toBe('High');
});

it('it hides no spikes', async () => {
  expect(await alarmOf(60, (t) => (t % 5 === 2 ? 3.36 : 1.12))).toBe('High');
});

it('it hides no last points on the other side', async () => {
  const either = { direction: 'either', effectSize: { allowedIncrease: 1.25, allowedDecrease: 0.9 } };
  expect(await alarmOf(24, (t) => (t < 20 ? 1.12 : 0.6), either)).toBe('Low');
});
