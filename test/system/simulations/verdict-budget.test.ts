import { describe, expect, it, vi } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import type { CanaryJudgeResult } from '../../../src/domain/canary-judge-result.ts';
import type { Look } from '../../../src/domain/look.ts';
import { type BenchMetric, requestOf } from '../../bench/verdicts/judged-canary.ts';
import { CHANGES, type ChangeName, FAMILIES } from '../../bench/verdicts/simulated-families.ts';
import { drawsOf } from '../../support/samples/random-series.ts';

// The error budget where it counts, at the verdict: whole canaries through the judge, thousands of them, on a machine that
// may be busy. Seeds are fixed, so every share is one number, and a limit leaves it room.
vi.setConfig({ testTimeout: 60_000 });

const { signal } = new AbortController();
const judge = (metrics: readonly BenchMetric[], settings = {}, look?: Look): Promise<CanaryJudgeResult> =>
  Promise.resolve(haldane.judge({ ...requestOf(metrics, settings), ...(look && { look }) }, signal));

/** Of load that both arms share, of values and counts that are independent, and of rare errors that are critical. */
const METRICS = ['replica-like: ', 'independent', 'Poisson counts, mean 5', 'share of errors'].map((start) => {
  const family = FAMILIES.find(({ name }) => name.startsWith(start));
  if (family === undefined) throw new Error(`There is no family that starts with '${start}'.`);
  return family;
});

interface Canary {
  readonly points: number;
  /** Of the first metric. */
  readonly change?: ChangeName;
  readonly critical?: boolean;
}

function canary(trial: number, { points, change = 'unchanged', critical = false }: Canary): BenchMetric[] {
  const draws = drawsOf('error budget', points, trial);
  return METRICS.map((family, index) => ({
    ...family.make(draws, points, CHANGES[index === 0 ? change : 'unchanged']),
    canary: { direction: 'either', critical: critical && index === METRICS.length - 1 },
  }));
}

/** How many of so many canaries have each verdict. */
async function verdicts(trials: number, of: Canary, settings = {}): Promise<Record<string, number>> {
  const counts: Record<string, number> = { Pass: 0, Marginal: 0, Fail: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const { classification } = (await judge(canary(trial, of), settings)).score;
    counts[classification] = (counts[classification] ?? 0) + 1;
  }
  return counts;
}

describe('of whole canaries in which nothing has changed', () => {
  it('no more fail than the error budget lets, by default 5 %', async () => {
    const { Fail = 0 } = await verdicts(1500, { points: 12 });
    expect(Fail / 1500).toBeLessThanOrEqual(0.05);
    expect((await verdicts(150, { points: 60 })).Fail).toBeLessThanOrEqual(0.05 * 150);
  });

  it('more fail with a larger budget, and none with hardly any', async () => {
    const { Fail: many = 0 } = await verdicts(150, { points: 12 }, { errorBudget: 0.5 });
    expect(many / 150).toBeGreaterThan(0.05);
    expect(many / 150).toBeLessThanOrEqual(0.5);
    expect((await verdicts(150, { points: 12 }, { errorBudget: 0.0001 })).Fail).toBeLessThanOrEqual(1);
  });

  it('no more fail when a metric is critical, and few are Marginal for errors too rare to judge', async () => {
    const { Fail = 0, Marginal = 0 } = await verdicts(150, { points: 60, critical: true });
    expect(Fail / 150).toBeLessThanOrEqual(0.05);
    expect(Marginal / 150).toBeLessThanOrEqual(0.15);
  });

  it('no more fail at any of six looks than the budget lets', async () => {
    let failed = 0;
    for (let trial = 0; trial < 60; trial++)
      if ((await firstFailure(canary(trial, { points: 30 }), 6)) !== undefined) failed++;
    expect(failed / 60).toBeLessThanOrEqual(0.05);
  });
});

describe('of whole canaries with one metric that is worse', () => {
  it.each([
    [12, '+25 %', 0.85],
    [60, '+10 %', 0.6],
    [60, '+25 %', 0.99],
    [60, '+50 % from half time', 0.97],
  ] as const)('of %i points, %s, at least %f fail', async (...[points, change, least]) => {
    const { Fail = 0 } = await verdicts(80, { points, change });
    expect(Fail / 80).toBeGreaterThanOrEqual(least);
  });

  it('most are found before the last of six looks', async () => {
    let early = 0;
    for (let trial = 0; trial < 25; trial++) {
      const look = await firstFailure(canary(trial, { points: 30, change: '+25 %' }), 6);
      if (look !== undefined && look < 6) early++;
    }
    expect(early / 25).toBeGreaterThanOrEqual(0.9);
  });
});

it('a canary is judged to the same bytes again, also among others and after them', async () => {
  const once = JSON.stringify(await judge(canary(7, { points: 60 })));
  await verdicts(20, { points: 60 });
  const [again, together] = await Promise.all([judge(canary(7, { points: 60 })), judge(canary(7, { points: 60 }))]);
  expect(JSON.stringify(again)).toBe(once);
  expect(JSON.stringify(together)).toBe(once);
});

async function firstFailure(metrics: readonly BenchMetric[], looks: number): Promise<number | undefined> {
  let carried: Look['carried'];
  for (let number = 1; number <= looks; number++) {
    const soFar = metrics.map(({ control, experiment, ...rest }) => {
      const end = Math.round((control.length * number) / looks);
      return { ...rest, control: control.slice(0, end), experiment: experiment.slice(0, end) };
    });
    const { score, look } = await judge(soFar, {}, { number, of: looks, ...(carried !== undefined && { carried }) });
    if (score.classification === 'Fail') return number;
    carried = look?.carried;
  }
  return undefined;
}
