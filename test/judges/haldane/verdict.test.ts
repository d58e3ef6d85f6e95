import { describe, expect, it } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import type { CanaryJudgeResult } from '../../../src/domain/canary-judge-result.ts';
import { readJudgeRequest } from '../../support/judge-request.ts';

// The verdict on a canary: what clients of Kayenta read of it is the score, so the score must say it.

const { signal } = new AbortController();
const THRESHOLDS = { pass: 95, marginal: 75 };
const points = (count: number) => Array.from({ length: count }, (_, index) => index);
const steady = (factor = 1, count = 60) => points(count).map((i) => factor * (100 + ((5 * i + 3) % 13)));
const control = points(60).map((i) => 100 + ((7 * i) % 11));
/** Twelve points that swing by two thirds. */
const wild = (step: number) => points(12).map((i) => 100 * Math.exp(Math.sin(i * step) / 2));

interface Metric {
  readonly control?: readonly unknown[];
  readonly experiment: readonly unknown[];
  readonly canary?: Record<string, unknown>;
  readonly query?: string;
}

interface Canary {
  readonly judge?: Record<string, unknown>;
  readonly thresholds?: { readonly pass: number; readonly marginal: number };
}

function judge(metrics: Readonly<Record<string, Metric>>, canary: Canary = {}): Promise<CanaryJudgeResult> {
  const entries = Object.entries(metrics);
  const request = {
    canaryConfig: {
      judge: { name: 'HaldaneJudge-v1.0', judgeConfigurations: canary.judge ?? {} },
      metrics: entries.map(([name, metric]) => ({
        name,
        query: { type: 'prometheus' },
        groups: ['all'],
        analysisConfigurations: { canary: { direction: 'increase', ...metric.canary } },
      })),
      classifier: { groupWeights: { all: 100 } },
    },
    scoreThresholds: canary.thresholds ?? THRESHOLDS,
    metricSetPairList: entries.map(([name, metric]) => ({
      name,
      values: { control: metric.control ?? control, experiment: metric.experiment },
      scopes: { control: { stepMillis: 60_000 }, experiment: { stepMillis: 60_000 } },
      attributes: { control: { query: metric.query ?? '' }, experiment: { query: metric.query ?? '' } },
    })),
  };
  return Promise.resolve(haldane.judge(readJudgeRequest(request), signal));
}

const unchanged = (count: number) =>
  Object.fromEntries(points(count).map((i) => [`same ${i}`, { experiment: steady() }]));

describe('one flagged metric among twenty', () => {
  it('fails the canary, with a score below the marginal threshold', async () => {
    const { score } = await judge({ ...unchanged(19), slow: { experiment: steady(1.3) } });
    expect(score).toMatchObject({ score: 74.99, classification: 'Fail' });
    expect(score.classificationReason).toContain('slow (High)');
  });

  it('fails it with a score of 0 when it is critical, by either name', async () => {
    for (const canary of [{ critical: true }, { importance: 'critical' }]) {
      const { score, results } = await judge({ ...unchanged(19), slow: { experiment: steady(1.3), canary } });
      expect(score).toMatchObject({ score: 0, classification: 'Fail' });
      expect(results.filter(({ critical }) => critical).map(({ name }) => name)).toEqual(['slow']);
    }
  });

  it('only lowers the score when it is advisory', async () => {
    const canary = { importance: 'advisory' };
    const { score } = await judge({ ...unchanged(19), slow: { experiment: steady(1.3), canary } });
    expect(score).toMatchObject({ score: 95, classification: 'Pass' });
  });

  it('only lowers the score where the config lets the score decide, as with Kayenta', async () => {
    const metrics = { ...unchanged(19), slow: { experiment: steady(1.3) } };
    const { score } = await judge(metrics, { judge: { verdict: 'weightedScore' } });
    expect(score).toMatchObject({ score: 95, classification: 'Pass' });
  });

  it('does not count when it is muted', async () => {
    const { score } = await judge({ ...unchanged(3), slow: { experiment: steady(1.3), canary: { muted: true } } });
    expect(score).toMatchObject({ score: 100, classification: 'Pass', classificationReason: '' });
  });

  it('fails it with thresholds of 0, which every score reaches, and with a marginal threshold above the other', async () => {
    const metrics = { ...unchanged(19), slow: { experiment: steady(1.3) } };
    expect((await judge(metrics, { thresholds: { pass: 0, marginal: 0 } })).score.classification).toBe('Fail');
    const { score } = await judge(metrics, { thresholds: { pass: 50, marginal: 75 } });
    expect(score).toMatchObject({ score: 49.99, classification: 'Fail' });
  });
});

describe('a metric of which nobody can tell', () => {
  it('makes the canary Marginal at best when it is critical, and passes otherwise', async () => {
    const doubtful = { control: wild(7), experiment: wild(3.3) };
    const critical = await judge({ ...unchanged(1), doubtful: { ...doubtful, canary: { critical: true } } });
    expect(critical.score).toMatchObject({ score: 94.99, classification: 'Marginal' });
    expect(critical.results[1]).toMatchObject({ classification: 'Nodata', evidence: { outcome: 'Inconclusive' } });
    const normal = await judge({ ...unchanged(1), doubtful });
    expect(normal.score).toMatchObject({ score: 100, classification: 'Pass' });
    expect(normal.results[1]).toMatchObject({ classification: 'Pass', evidence: { outcome: 'Inconclusive' } });
  });

  /** Errors at the first points of sixty, and none after that. */
  const errors = (count: number) => points(60).map((i) => (i < count ? 1 : 0));
  const rare = (ofControl: number, ofCanary: number, canary = {}) => {
    const metric = { control: errors(ofControl), experiment: errors(ofCanary), canary: { critical: true, ...canary } };
    return judge({ ...unchanged(1), errors: metric });
  };

  it.each([
    [0, 0, undefined],
    [4, 3, 'Inconclusive'],
    [3, 4, 'Inconclusive'],
  ])(
    'passes when it is critical and counts %i errors against %i: nothing points to harm',
    async (...[c, e, outcome]) => {
      const { score, results } = await rare(c, e);
      expect(score).toMatchObject({ score: 100, classification: 'Pass' });
      expect(results[1]).toMatchObject({ classification: 'Pass', evidence: { clause: 'rareEvents' } });
      expect(results[1]?.evidence?.outcome).toBe(outcome);
      expect(results[1]?.evidence?.sentence).toContain('events this rare cannot exclude 25 % more');
    },
  );

  it('is Marginal when errors this rare point to harm, when the config says so, and when the canary had no traffic', async () => {
    expect((await rare(2, 7)).score.classification).toBe('Marginal');
    expect((await rare(4, 3, { inconclusive: 'marginal' })).score.classification).toBe('Marginal');
    const requests = {
      control: points(60).map(() => 1000),
      experiment: points(60).map(() => 1),
      canary: { muted: true },
    };
    const canary = { critical: true, ratioOf: 'requests' };
    const starved = { control: points(60).map((i) => i % 2), experiment: errors(0), canary };
    expect((await judge({ ...unchanged(1), starved, requests })).score.classification).toBe('Marginal');
  });

  it.each(['decrease', 'either'])(
    'is Marginal when shares of orders stop and a fall is harm: direction %s',
    async (direction) => {
      const orders = points(60).map((i) => (i % 6 === 0 ? 0.01 + ((i * 7) % 13) / 1000 : 0));
      const stopped = { control: orders, experiment: errors(0), canary: { critical: true, direction } };
      expect((await judge({ ...unchanged(1), stopped })).score.classification).toBe('Marginal');
    },
  );

  it.each([
    ['pass', 'Pass'],
    ['marginal', 'Marginal'],
    ['fail', 'Fail'],
  ])('may be told to %s', async (inconclusive, verdict) => {
    const doubtful = { control: wild(7), experiment: wild(3.3), canary: { critical: true } };
    const { score } = await judge({ ...unchanged(1), doubtful }, { judge: { inconclusive } });
    expect(score.classification).toBe(verdict);
  });

  it('is never a pass when it is all there is: too few points, no data, nothing but gaps', async () => {
    for (const experiment of [[1, 2, 3, 4], [], points(60).map(() => 'NaN')]) {
      const { score } = await judge({ only: { control: experiment, experiment } });
      expect(score).toMatchObject({ score: 0, classification: 'Fail' });
      expect(score.classificationReason).toContain('0 of 1 metrics could be judged');
    }
  });
});

describe('guards', () => {
  it('keep a percentile of too few requests from being called lower', async () => {
    const slow = {
      experiment: steady(0.7),
      canary: { direction: 'either', traffic: 'requests' },
      query: 'histogram_quantile(0.99, sum by (le) (rate(seconds_bucket[1m])))',
    };
    const few = { control: points(60).map(() => 1000), experiment: points(60).map(() => 20), canary: { muted: true } };
    const { results } = await judge({ ...unchanged(1), slow, requests: few });
    expect(results[1]).toMatchObject({ classification: 'Nodata', evidence: { clause: 'tooLittleTraffic' } });
    expect(results[1]?.evidence?.sentence).toContain('baseline has 1000 and canary 20, so it is inconclusive');
    const enough = { ...few, experiment: points(60).map(() => 1000) };
    expect((await judge({ slow, requests: enough })).results[0]?.classification).toBe('Low');
  });

  it('do not let harm pass that fewer requests do not explain, nor harm beside requests that nobody knows', async () => {
    const slow = { experiment: steady(1.5), canary: { percentile: 0.99, traffic: 'requests' } };
    const requests = (control: unknown, canary: unknown) => ({
      control: points(60).map(() => control),
      experiment: points(60).map(() => canary),
      canary: { muted: true },
    });
    const verdict = async (control: unknown, canary: unknown) => {
      const { results, score } = await judge({ ...unchanged(3), slow, requests: requests(control, canary) });
      return [results[3]?.evidence?.clause, score.classification];
    };
    expect(await verdict(1000, 20)).toEqual(['doubtfulHarm', 'Marginal']);
    expect(await verdict('NaN', 'NaN')).toEqual(['doubtfulHarm', 'Marginal']);
    expect(await verdict(20, 1000)).toEqual(['tooLittleTraffic', 'Pass']);
    expect(await verdict(20, 20)).toEqual(['harm', 'Fail']);
    const advisory = { ...slow, canary: { ...slow.canary, importance: 'advisory' } };
    const { score } = await judge({ ...unchanged(3), advisory, requests: requests(1000, 20) });
    expect(score.classification).toBe('Pass');
  });

  it('let no canary pass that has stopped, unless the config lets what is inconclusive pass', async () => {
    const zeros = points(60).map(() => 0);
    const verdict = async (canary: Record<string, unknown>) => {
      const { results, score } = await judge({ ...unchanged(3), orders: { experiment: zeros, canary } });
      return [results[3]?.evidence?.clause, results[3]?.classification, score.classification];
    };
    expect(await verdict({ direction: 'decrease' })).toEqual(['stopped', 'Low', 'Fail']);
    expect(await verdict({ direction: 'either' })).toEqual(['stopped', 'Nodata', 'Marginal']);
    expect(await verdict({ direction: 'either', inconclusive: 'pass' })).toEqual(['stopped', 'Nodata', 'Pass']);
    expect((await verdict({ direction: 'increase' }))[2]).toBe('Pass');
  });

  it('count points as fewer when the range in the query is longer than the step', async () => {
    const [alone, shared] = await Promise.all(
      ['rate(x[1m])', 'rate(x[15m])'].map((query) => judge({ a: { experiment: steady(), query } })),
    );
    expect(shared?.results[0]?.evidence?.effectivePoints).toBeLessThan(5);
    expect(alone?.results[0]?.evidence?.effectivePoints).toBeGreaterThan(50);
    expect(shared?.results[0]?.evidence?.notes?.join(' ')).toContain('from 15 minutes, 15 steps');
  });

  it('call more scatter harm only with equal traffic, and a note otherwise', async () => {
    const scattered = { experiment: points(60).map((i) => 100 + 5 * (((5 * i + 3) % 13) - 6)) };
    const note = await judge({ scattered });
    expect(note.results[0]?.classification).toBe('Pass');
    expect(note.results[0]?.evidence?.notes?.join(' ')).toContain('times as much from point to point');
    const told = await judge({ scattered }, { judge: { arms: { traffic: 'equal' } } });
    expect(told.results[0]).toMatchObject({ classification: 'High' });
  });
});

describe('a setting that cannot be kept', () => {
  it.each([
    [{ history: 'a day' }, /^judge\.judgeConfigurations\.history is "a day"; write a length of time .*"24h"/],
    [{ errorBudget: 0 }, /^judge\.judgeConfigurations\.errorBudget is 0; write a number above 0/],
    [{ arms: { traffic: 'same' } }, /arms\.traffic is "same"; write one of unknown, equal/],
  ])('is refused with its remedy: %j', async (judgeConfigurations, message) => {
    const judged = judge(unchanged(1), { judge: judgeConfigurations });
    await expect(judged).rejects.toMatchObject({ code: 'JUDGEMENT_FAILED', message: expect.stringMatching(message) });
  });

  it.each([
    [
      { critical: true, importance: 'advisory' },
      /canary\.importance is "advisory"; leave it out, or leave critical out/,
    ],
    [{ effectSize: { measure: 'cles' } }, /canary\.effectSize\.measure is "cles"; leave it out/],
    [{ ratioOf: 'nothing' }, /canary\.ratioOf is "nothing"; write the name of another metric/],
  ])('of a metric is refused with its remedy: %j', async (canary, message) => {
    const judged = judge({ a: { experiment: steady(), canary } });
    await expect(judged).rejects.toMatchObject({ code: 'JUDGEMENT_FAILED', message: expect.stringMatching(message) });
  });
});

it('a change within what is allowed passes, and the sentence about the limit is true', async () => {
  const { results } = await judge({ a: { experiment: steady(1.1) } });
  const [, limit] =
    /allowedIncrease were above (\d+\.\d+)/.exec(results[0]?.evidence?.wouldPass?.join(' ') ?? '') ?? [];
  const effectSize = { allowedIncrease: Number(limit) };
  const again = await judge({ a: { experiment: steady(1.1), canary: { effectSize } } });
  expect(again.results[0]?.classification).toBe('Pass');
});
