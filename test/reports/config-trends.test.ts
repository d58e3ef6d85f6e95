import { expect, it } from 'vitest';
import type { RunOutcome } from '../../src/domain/run-outcome.ts';
import { configTrends, TREND_RUNS } from '../../src/reports/config-trends.ts';

const outcome = (buildTime: number, changes: Partial<RunOutcome> = {}): RunOutcome => ({
  id: String(buildTime),
  canaryConfigId: 'checkout',
  status: 'succeeded',
  verdict: 'Pass',
  score: 100,
  buildTime,
  durationMillis: buildTime,
  ...changes,
});

it('tells of each config how many of its last runs passed, and how long they took', () => {
  const newestFirst = [
    outcome(5, { canaryConfigId: 'cart' }),
    outcome(4, { verdict: 'Fail', score: 10 }),
    outcome(3),
    outcome(2, { status: 'terminal', verdict: undefined, score: undefined, durationMillis: 90_000 }),
    outcome(1),
  ];
  const [cart, checkout] = configTrends(newestFirst);
  expect(cart).toMatchObject({ configId: 'cart', judged: 1, passed: 1, medianMillis: 5 });
  expect(checkout).toMatchObject({ configId: 'checkout', judged: 3, passed: 2, medianMillis: 3 });
  expect(checkout?.runs.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
});

it('counts a pass over nothing as judged, not as passed', () => {
  const [trend] = configTrends([outcome(2, { overNothing: true }), outcome(1)]);
  expect(trend).toMatchObject({ judged: 2, passed: 1 });
});

it('has no median where nothing was judged', () => {
  const [trend] = configTrends([outcome(1, { status: 'canceled', verdict: undefined })]);
  expect(trend).toMatchObject({ judged: 0, passed: 0, medianMillis: undefined });
});

it('looks at the last runs of a config only', () => {
  const newestFirst = Array.from({ length: 30 }, (_, place) =>
    outcome(30 - place, { verdict: place < 25 ? 'Fail' : 'Pass' }),
  );
  const [trend] = configTrends(newestFirst);
  expect(trend).toMatchObject({ judged: TREND_RUNS, passed: 0 });
  expect(trend?.runs.at(-1)?.id).toBe('30');
});
