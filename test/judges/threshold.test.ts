import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { CanaryJudge, EarlierRun } from '../../src/domain/canary-judge.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';

const { signal } = new AbortController();
const judges = createJudges({});
const named = (name: string) => judges.find((judge) => judge.name === `${name}-v1.0`) as CanaryJudge;
const STATISTICAL = ['NetflixACAJudge', 'HaldaneJudge', 'WelchTJudge', 'MannWhitneyJudge'];
const nan = Number.NaN;
const steady = [10, 11, 10, 12, 11, 10, 11, 12, 10, 11];

interface Asked {
  readonly judge?: string;
  readonly control?: readonly number[];
  readonly experiment: readonly number[];
  readonly pair?: Partial<MetricSetPair>;
  readonly settings?: object;
  readonly earlier?: readonly EarlierRun[];
}

async function judged(
  canary: object,
  { judge = 'ThresholdJudge', control = [], experiment, pair = {}, settings = {}, earlier = [] }: Asked,
) {
  const query = { type: 'prometheus', serviceType: 'prometheus' };
  const metrics = [{ name: 'm', query, groups: ['g'], analysisConfigurations: { canary } }];
  const judgeConfigurations = { ...settings };
  const { results, score } = await named(judge).judge(
    {
      canaryConfig: { metrics, classifier: { groupWeights: { g: 100 } }, judge: { judgeConfigurations } },
      scoreThresholds: { pass: 95, marginal: 75 },
      metricSetPairList: [{ name: 'm', values: { control: [...control], experiment: [...experiment] }, ...pair }],
      history: { runs: earlier },
    },
    signal,
  );
  const [result] = results;
  return { result, clause: result?.evidence?.clause, verdict: score.classification, score: score.score };
}

describe('a limit', () => {
  it.each([
    [{ max: 12 }, 'withinLimits'],
    [{ below: 12 }, 'beyondLimit'],
    [{ below: 12.1, above: 9.9 }, 'withinLimits'],
    [{ min: 10 }, 'withinLimits'],
    [{ above: 10 }, 'beyondLimit'],
    [{ max: 11, share: 0.2 }, 'withinLimits'],
    [{ max: 11, share: 0.19 }, 'beyondLimit'],
    [{ max: 10.8, of: 'mean' }, 'withinLimits'],
    [{ max: 10.79, of: 'mean' }, 'beyondLimit'],
    [{ max: 11, of: 'median' }, 'withinLimits'],
    [{ max: 10.9, of: 'last' }, 'beyondLimit'],
    [{ increase: 0.08 }, 'withinLimits'],
    [{ increase: 0.0799 }, 'beyondLimit'],
    [{ increase: 0.05, floor: 0.8 }, 'withinLimits'],
    [{ increase: 0.05, floor: 0.79 }, 'beyondLimit'],
    [{ decrease: 0 }, 'withinLimits'],
    [{ decrease: -0.1 }, 'beyondLimit'],
    [{ increaseBy: 0.8 }, 'withinLimits'],
    [{ decreaseBy: -1 }, 'beyondLimit'],
    [{ max: 5, anyOf: [{ min: 20 }, { increase: 0.5 }] }, 'withinLimits'],
    [{ anyOf: [{ max: 5 }, { min: 20 }] }, 'beyondLimit'],
    [{ anyOf: [{ max: 5 }, { min: 5 }] }, 'withinLimits'],
  ])('%j makes a canary of 10 to 12 beside a baseline of 10: %s', async (limits, clause) => {
    expect(await judged({ limits }, { control: [10, 10], experiment: steady })).toMatchObject({ clause });
  });

  it.each([
    ['shares of bad requests', { objective: 0.99 }, [0.02, 0], 'withinLimits'],
    ['percent of bad requests', { objective: 0.99, values: 'badPercent' }, [2, 0.1], 'beyondLimit'],
    ['shares of good requests', { objective: 0.99, values: 'goodShare' }, [0.98, 1], 'withinLimits'],
    ['percent of good requests', { objective: 0.99, burnRate: 2, values: 'goodPercent' }, [98, 98], 'withinLimits'],
    ['percent taken for shares', { objective: 0.99 }, [2, 2], 'limitUnchecked'],
    ['events without requests', { objective: 0.99, values: 'badEvents' }, [0, 0], 'limitUnchecked'],
  ])('of an error budget is held against %s', async (_words, limits, experiment, clause) => {
    expect(await judged({ limits }, { experiment })).toMatchObject({ clause });
  });

  it('of an error budget weighs shares with the requests, and reads rates as what they count', async () => {
    const limits = { objective: 0.9 };
    const denominator = { values: { control: [], experiment: [900, 100] } };
    expect(await judged({ limits }, { experiment: [0, 0.5], pair: { denominator } })).toMatchObject({
      clause: 'withinLimits',
    });
    const perSecond = { attributes: { experiment: { query: 'sum(rate(errors[1m]))' } } };
    const events = { limits: { ...limits, values: 'badEvents' } };
    // 2 a second are 120 of the 1,000 of a minute.
    const pair = { ...perSecond, denominator: { values: { experiment: [1000, 1000], control: [] } } };
    const { result } = await judged(events, { experiment: [2, 2], pair });
    expect(result?.evidence).toMatchObject({ clause: 'beyondLimit', limits: [{ name: 'burnRate', held: false }] });
    expect(result?.evidence?.limits?.[0]?.found).toBeCloseTo(1.2, 12);
  });
});

describe('a limit that cannot be checked is never held', () => {
  it.each([
    ['there is no data', { max: 5 }, { experiment: [] }],
    ['every value is missing', { max: 5 }, { experiment: [nan, nan] }],
    ['every value is missing and counts as 0', { max: 5 }, { experiment: [nan, nan], zero: true }],
    ['most values are missing', { max: 5 }, { experiment: [1, nan, nan] }],
    ['the baseline has no data', { increase: 0.1 }, { experiment: [1, 1] }],
    ['the baseline has no data, but a floor', { increase: 0.1, floor: 5 }, { experiment: [1, 1] }],
    ['the mean is infinite', { max: 5, of: 'mean' }, { experiment: [1, Number.NEGATIVE_INFINITY] }],
    ['there are no requests', { objective: 0.99, values: 'badEvents' }, { experiment: [0], requests: [0] }],
    [
      'both sides were asked the same question',
      { increase: 0.1 },
      { control: [1], experiment: [1], pair: { attributes: { experiment: { sameQuery: 'yes' } } } },
    ],
  ] as const)('where %s', async (_words, limits, { ...given }) => {
    const { zero = false, requests, ...asked } = given as Asked & { zero?: boolean; requests?: number[] };
    const pair = requests ? { denominator: { values: { control: [], experiment: requests } } } : {};
    const canary = { limits, ...(zero && { nanStrategy: 'replace' }) };
    const outcome = await judged(canary, { ...asked, pair: { ...pair, ...asked.pair } });
    expect(outcome).toMatchObject({ clause: 'limitUnchecked', verdict: 'Fail', score: 0 });
    for (const judge of STATISTICAL) {
      const { result, verdict } = await judged(canary, { ...asked, judge, pair: { ...pair, ...asked.pair } });
      expect([judge, result?.classification]).not.toContain('Pass');
      expect([judge, verdict]).toEqual([judge, 'Fail']);
    }
  });

  it('and an infinite value is beyond every limit', async () => {
    const experiment = [1, 1, Number.NEGATIVE_INFINITY];
    expect(await judged({ limits: { max: 5 } }, { experiment })).toMatchObject({ clause: 'beyondLimit' });
  });

  it('and a canary of which no metric has limits fails', async () => {
    expect(await judged({}, { control: steady, experiment: steady })).toMatchObject({
      clause: 'noLimits',
      verdict: 'Fail',
    });
    expect(await judged({ limits: { of: 'mean' } }, { experiment: steady })).toMatchObject({ verdict: 'Fail' });
  });

  it('whatever the points are: what passes keeps to its limits at every point that counts', async () => {
    const value = fc.oneof(fc.double({ min: -10, max: 10 }), fc.constantFrom(nan, Number.POSITIVE_INFINITY));
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 12 }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        async (experiment, max) => {
          const { result } = await judged({ limits: { max } }, { experiment });
          const present = experiment.filter((one) => !Number.isNaN(one));
          const keeps =
            present.length > 0 && present.length * 2 >= experiment.length && present.every((one) => one <= max);
          expect(result?.classification === 'Pass').toBe(keeps);
        },
      ),
      { seed: 17, numRuns: 300 },
    );
  });
});

describe.each(STATISTICAL)('beside %s', (judge) => {
  const alike = { judge, control: steady, experiment: steady.toReversed() };

  it('limits that hold change nothing but what is said', async () => {
    const [without, beside] = [await judged({}, alike), await judged({ limits: { max: 12 } }, alike)];
    expect(beside).toMatchObject({ verdict: without.verdict, clause: without.clause });
    expect(beside.result?.evidence?.sentence).toContain('is within its limits: no point is above 12.');
  });

  it('a metric whose comparison passes fails by its limits', async () => {
    expect(await judged({}, alike)).toMatchObject({ verdict: 'Pass' });
    const beyond = await judged({ limits: { max: 11 } }, alike);
    expect(beyond).toMatchObject({ clause: 'beyondLimit', verdict: 'Fail' });
    expect(beyond.result).toMatchObject({ classification: 'High', critical: false });
    const critical = await judged({ limits: { min: 11 }, critical: true }, alike);
    expect(critical.result).toMatchObject({ classification: 'Low', critical: true });
    expect(critical.score).toBe(0);
  });

  it('a metric that is worse fails within its limits too', async () => {
    const worse = { judge, control: steady, experiment: steady.map((value) => value * 2) };
    const { result, verdict } = await judged({ limits: { max: 100 } }, worse);
    expect([result?.classification, verdict]).toEqual(['High', 'Fail']);
    const critical = await judged({ limits: { max: 5 }, critical: true, effectSize: { criticalIncrease: 9 } }, worse);
    expect(critical.result).toMatchObject({ classification: 'High', critical: true });
  });

  it('a muted metric beyond its limits does not count', async () => {
    const { result } = await judged({ limits: { max: 5 }, muted: true }, alike);
    expect(result).toMatchObject({ classification: 'High', muted: true });
  });
});

describe('earlier runs', () => {
  const run = (level: number, classification: string, withSeries = true): EarlierRun => {
    const stats = { count: 2, mean: level, min: level, max: level, std: 0 };
    const result = { name: 'm', classification: 'Pass' as const, critical: false, muted: false };
    const results = [{ ...result, experimentMetadata: { stats }, controlMetadata: { stats } }];
    return {
      id: `${level}`,
      acceptedMillis: 0,
      result: {
        judgeName: 'x',
        results,
        groupScores: [],
        score: { score: 0, classification, classificationReason: '' },
      },
      ...(withSeries && { metricSetPairList: [{ name: 'm', values: { control: [1], experiment: [level, level] } }] }),
    };
  };
  const runs = [run(20, 'Fail'), run(10, 'Pass', false), run(12, 'Marginal'), run(14, 'Pass')];
  const found = async (earlier: object, given = runs) => {
    const { result } = await judged(
      { limits: { increase: 0 } },
      { control: [1], experiment: [13], settings: { earlier }, earlier: given },
    );
    return [result?.classification, result?.evidence?.sentence];
  };

  it('are what relative limits compare with, as many as are asked for', async () => {
    expect(await found({ runs: 1 })).toEqual(['Pass', expect.stringContaining('below the 20 of the earlier run')]);
    expect(await found({ runs: 3 })).toEqual(['Pass', expect.stringContaining('the 14 of the mean of 3 earlier runs')]);
    expect(await found({ runs: 3, verdicts: 'passOrMarginal' })).toEqual([
      'High',
      expect.stringContaining('the 12 of'),
    ]);
    expect(await found({ runs: 2, verdicts: 'pass', statistic: 'p95' })).toEqual([
      'Pass',
      expect.stringContaining('the 13.8 of'),
    ]);
    expect(await found({ runs: 1, verdicts: 'pass' })).toEqual(['High', expect.stringContaining('the 10 of')]);
  });

  it('of which there are none leave the baseline of the run to compare with', async () => {
    expect(await found({ runs: 3 }, [])).toEqual(['High', expect.stringContaining('the 1 of the baseline')]);
    expect(await found({ runs: 0 })).toEqual(['High', expect.stringContaining('the 1 of the baseline')]);
  });

  it('are read only where the config compares with them', () => {
    const { readsHistory } = named('ThresholdJudge');
    expect(readsHistory?.({ judge: { judgeConfigurations: { earlier: { runs: 1 } } } })).toBe(true);
    expect(readsHistory?.({})).toBe(false);
  });
});
