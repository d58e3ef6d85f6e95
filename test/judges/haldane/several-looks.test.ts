import { describe, expect, it } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import { createSeededRandom } from '../../../judges/stats/numerics/seeded-random.ts';
import type { CanaryJudgeResult } from '../../../src/domain/canary-judge-result.ts';
import { CanaryError } from '../../../src/errors.ts';
import { readJudgeRequest } from '../../support/judge-request.ts';

// One canary, judged again and again while its window grows: as a standalone analysis does.

const { signal } = new AbortController();
interface Series {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
}

interface Options {
  readonly settings?: object;
  readonly canary?: object;
  /** absent: each judgement by itself */
  readonly looks?: number;
}

const requestOf = ({ control, experiment }: Series, { settings = {}, canary = {} }: Options) =>
  readJudgeRequest({
    canaryConfig: {
      judge: { name: 'HaldaneJudge-v1.0', judgeConfigurations: settings },
      metrics: [
        {
          name: 'latency',
          query: { type: 'prometheus' },
          groups: ['all'],
          analysisConfigurations: { canary: { direction: 'increase', ...canary } },
        },
      ],
      classifier: { groupWeights: { all: 100 } },
    },
    scoreThresholds: { pass: 95, marginal: 75 },
    metricSetPairList: [{ name: 'latency', values: { control, experiment } }],
  });

/** The results of all looks, in order; what one carries on goes through JSON, as it does when it is stored. */
async function judgeLooks(series: Series, options: Options): Promise<CanaryJudgeResult[]> {
  const of = options.looks ?? 0;
  const results: CanaryJudgeResult[] = [];
  for (let number = 1; number <= of; number++) {
    const points = Math.floor((series.control.length * number) / of);
    const seen = { control: series.control.slice(0, points), experiment: series.experiment.slice(0, points) };
    const carried = results.at(-1)?.look?.carried;
    const look = { number, of, ...(carried === undefined ? {} : { carried: JSON.parse(JSON.stringify(carried)) }) };
    results.push(await haldane.judge({ ...requestOf(seen, options), look }, signal));
  }
  return results;
}

const noisy = (seed: number, change: (t: number) => number = () => 1, deviation = 0.05, points = 60): Series => {
  const random = createSeededRandom(Float64Array.of(seed));
  const arm = (level: (t: number) => number) =>
    Array.from({ length: points }, (_, t) => 100 * level(t) * Math.exp(deviation * random.normal()));
  return { control: arm(() => 1), experiment: arm(change) };
};

describe('a canary that is judged twelve times', () => {
  it('is told the p-value of all looks, which never falls below that of one look for its share', async () => {
    const results = await judgeLooks(
      noisy(1, () => 1.3),
      { looks: 12 },
    );
    const looks = results.map(({ results: [metric] }) => metric?.evidence?.look);
    expect(looks.map((look) => look?.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const all = looks.map((look) => look?.p ?? 1);
    expect(all).toEqual(all.toSorted((one, other) => other - one));
    for (const [
      index,
      {
        results: [metric],
      },
    ] of results.entries()) {
      const share = ((index + 1) / 12) ** 1.5 - (index / 12) ** 1.5;
      expect(all[index]).toBeLessThanOrEqual(Math.min(1, (metric?.evidence?.pValue ?? 1) / share) + 1e-12);
    }
    expect(results.at(-1)?.score.classification).toBe('Fail');
  });

  it('that is unchanged raises fewer false alarms than twelve judgements by themselves', async () => {
    let [together, apart] = [0, 0];
    const settings = { delta: 0, tau: 0 };
    for (let seed = 0; seed < 40; seed++) {
      const series = noisy(1000 + seed);
      const fails = (results: readonly CanaryJudgeResult[]) =>
        results.some(({ score }) => score.classification === 'Fail') ? 1 : 0;
      together += fails(await judgeLooks(series, { looks: 12, settings }));
      const alone: CanaryJudgeResult[] = [];
      for (let points = 5; points <= 60; points += 5) {
        const seen = { control: series.control.slice(0, points), experiment: series.experiment.slice(0, points) };
        alone.push(await haldane.judge(requestOf(seen, { settings }), signal));
      }
      apart += fails(alone);
    }
    expect(together).toBeLessThan(apart);
    expect(together).toBeLessThanOrEqual(4);
  });

  it('keeps a harm that is over as shown, and says when it was', async () => {
    const healed = noisy(7, (t) => (t < 30 ? 1.6 : 1), 0.02);
    const results = await judgeLooks(healed, { looks: 4, settings: { recovered: 'fail' } });
    const last = results.at(-1)?.results[0];
    expect(last?.classification).toBe('High');
    const { decidedAt = 4 } = last?.evidence?.look ?? {};
    expect(decidedAt).toBeLessThan(4);
    expect(last?.evidence?.sentence).toContain(`harm was shown at judgement ${decidedAt} of 4`);
    expect(last?.evidence?.notes?.join(' ')).toContain('Judgement 4 of 4');
  });

  it('carries on what it knows of a metric whose data are missing at one look', async () => {
    const gap = noisy(3, () => 1.4);
    const [first] = await judgeLooks(gap, { looks: 1 });
    const look = { number: 1, of: 3 };
    const one = await haldane.judge({ ...requestOf(gap, {}), look }, signal);
    const carried = one.look?.carried;
    const none = { control: gap.control, experiment: gap.experiment.map(() => Number.NaN) };
    const two = await haldane.judge({ ...requestOf(none, {}), look: { number: 2, of: 3, carried } }, signal);
    expect(two.look?.carried).toEqual(carried);
    expect(first?.look?.carried).toMatchObject({ metrics: { latency: { side: 'High' } } });
  });

  it.each([{ metrics: { latency: { p: 'small' } } }, 'something', { metrics: [] }])(
    'refuses what no look of its carried on: %j',
    async (carried) => {
      const look = { number: 2, of: 3, carried };
      const judged = Promise.resolve().then(() => haldane.judge({ ...requestOf(noisy(1), {}), look }, signal));
      const error = await judged.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(CanaryError);
      expect((error as Error).message).toContain('look.carried is not what HaldaneJudge carries on');
    },
  );
});

describe('a canary whose number of judgements nobody knows, as in a ramp', () => {
  /** Each step has a window of its own. */
  const judgeSteps = async (steps: readonly Series[], options: Options = {}) => {
    const results: CanaryJudgeResult[] = [];
    for (const [index, step] of steps.entries()) {
      const carried = results.at(-1)?.look?.carried;
      const look = {
        number: index + 1,
        ...(carried === undefined ? {} : { carried: JSON.parse(JSON.stringify(carried)) }),
      };
      results.push(await haldane.judge({ ...requestOf(step, options), look }, signal));
    }
    return results;
  };

  it('spends 6 / (π² k²) of the budget on the k-th, and keeps the smallest p', async () => {
    const steps = [1, 2, 3, 4].map((seed) => noisy(seed, () => (seed === 2 ? 1.4 : 1)));
    const results = await judgeSteps(steps, { settings: { recovered: 'fail' } });
    const evidence = results.map(({ results: [metric] }) => metric?.evidence);
    let expected = 1;
    for (const [index, found] of evidence.entries()) {
      expected = Math.min(expected, ((found?.pValue ?? 1) * (Math.PI * (index + 1)) ** 2) / 6);
      expect(found?.look).toEqual({ number: index + 1, p: expect.closeTo(expected, 12), decidedAt: index < 1 ? 1 : 2 });
    }
    expect(evidence[3]?.sentence).toContain('harm was shown at judgement 2 (adjusted');
    expect(evidence[3]?.notes?.join(' ')).toContain('Judgement 4: alone');
  });

  it('raises no more false alarms over five steps than the budget', async () => {
    let alarms = 0;
    for (let canary = 0; canary < 40; canary++) {
      const steps = [0, 1, 2, 3, 4].map((step) => noisy(9000 + 5 * canary + step, () => 1, 0.05, 20));
      const results = await judgeSteps(steps, { settings: { delta: 0, tau: 0 } });
      if (results.some(({ score }) => score.classification === 'Fail')) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(4);
  });

  it('is not mixed with planned judgements', async () => {
    const [first] = await judgeSteps([noisy(1)]);
    const look = { number: 2, of: 3, carried: first?.look?.carried };
    const judged = Promise.resolve().then(() => haldane.judge({ ...requestOf(noisy(2), {}), look }, signal));
    await expect(judged).rejects.toThrow(/^look\.of is given at some looks/);
  });
});

describe('passing early', () => {
  const settledAt = (results: readonly CanaryJudgeResult[]) =>
    results.findIndex(({ look }) => look?.settled !== undefined) + 1;

  it('ends the looks once more harm than allowed is ruled out, and only where it is asked for', async () => {
    const canary = { effectSize: { allowedIncrease: 1.2 } };
    const calm = noisy(5, () => 1, 0.02);
    const results = await judgeLooks(calm, { looks: 6, settings: { passEarly: true }, canary });
    const at = settledAt(results);
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(6);
    expect(results[at - 1]?.look?.settled).toBe(
      `It passed early, at judgement ${at} of 6: harm of more than 20 % is ruled out for every metric.`,
    );
    expect(settledAt(await judgeLooks(calm, { looks: 6, canary }))).toBe(0);
  });

  it('never ends them while as much harm as allowed may be there', async () => {
    const canary = { effectSize: { allowedIncrease: 1.2 } };
    for (let seed = 0; seed < 20; seed++) {
      const harmed = noisy(40 + seed, () => 1.2, 0.05);
      expect(settledAt(await judgeLooks(harmed, { looks: 6, settings: { passEarly: true }, canary }))).toBe(0);
    }
  });
});
