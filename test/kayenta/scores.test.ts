import { describe, expect, it } from 'vitest';
import { netflixAca } from '../../judges/netflix-aca/index.ts';
import type { CanaryAnalysisResult } from '../../src/domain/canary-judge-result.ts';

const { signal } = new AbortController();
const usual = Array.from({ length: 30 }, (_, index) => 100 + (index % 7));
const SERIES = {
  pass: { control: usual, experiment: usual },
  high: { control: usual, experiment: usual.map((value) => value * 2) },
  low: { control: usual, experiment: usual.map((value) => value / 2) },
  empty: { control: usual, experiment: [] },
  gaps: { control: usual, experiment: [Number.NaN, Number.NaN] },
  nothing: { control: [], experiment: [] },
  untestable: { control: [5], experiment: [5.5] },
  zero: { control: usual.map(() => 0), experiment: usual },
} as const;

interface Metric {
  readonly series: keyof typeof SERIES;
  readonly groups?: readonly string[];
  readonly canary?: object;
}

async function judge(
  metrics: readonly Metric[],
  weights: Record<string, number> = { g: 100 },
  pass = 95,
  marginal = 75,
) {
  return netflixAca.judge(
    {
      canaryConfig: {
        metrics: metrics.map(({ groups = ['g'], canary = {} }, index) => ({
          name: `m${index}`,
          query: { type: 'fake', serviceType: 'fake' },
          groups: [...groups],
          analysisConfigurations: { canary },
        })),
        classifier: { groupWeights: weights },
      },
      scoreThresholds: { pass, marginal },
      metricSetPairList: metrics.map(({ series }, index) => {
        const { control, experiment } = SERIES[series];
        return { name: `m${index}`, id: `p${index}`, values: { control: [...control], experiment: [...experiment] } };
      }),
    },
    signal,
  );
}
const scoreOf = async (...given: Parameters<typeof judge>) => (await judge(...given)).score;
const one = async (metric: Metric): Promise<CanaryAnalysisResult> => {
  const [result] = (await judge([metric])).results;
  if (result === undefined) throw new Error('no result');
  return result;
};

describe('SCO-1: a muted metric', () => {
  it('is shown, and counts neither as a failure, nor as critical, nor as missing', async () => {
    for (const series of ['high', 'empty'] as const) {
      const { results, score } = await judge([{ series: 'pass' }, { series, canary: { muted: true, critical: true } }]);
      expect(results).toHaveLength(2);
      expect([score.score, results[1]?.muted]).toEqual([100, true]);
    }
  });
});

describe('SCO-2: the score of a group', () => {
  it('is the share of those that pass among those that could fail', async () => {
    const { groupScores } = await judge([
      { series: 'pass' },
      { series: 'high' },
      { series: 'low' },
      { series: 'empty' },
      { series: 'untestable' },
      { series: 'empty', canary: { mustHaveData: true } },
    ]);
    expect(groupScores).toEqual([{ name: 'g', score: 25, classification: '', classificationReason: '' }]);
  });

  it('in which nothing counts is shown as 0 and counted as 100', async () => {
    const { groupScores, score } = await judge(
      [{ series: 'pass' }, { series: 'pass' }, { series: 'untestable', groups: ['odd'] }],
      { g: 60, odd: 40 },
    );
    expect(groupScores).toMatchObject([{ score: 100 }, { name: 'odd', score: 0 }]);
    expect(score.score).toBe(100);
  });

  it('has each metric that names it, and a metric may name several or none', async () => {
    const metrics: Metric[] = [
      { series: 'pass', groups: ['a', 'b'] },
      { series: 'high', groups: ['b'] },
      { series: 'high', groups: [] },
    ];
    const { groupScores, score } = await judge(metrics, { a: 50, b: 50 });
    expect(groupScores).toMatchObject([
      { name: 'a', score: 100 },
      { name: 'b', score: 50 },
    ]);
    expect(score.score).toBe(75);
  });
});

describe('SCO-3: a critical metric', () => {
  it('that does not pass makes the score 0 and says so', async () => {
    expect(
      await scoreOf([{ series: 'pass' }, { series: 'pass' }, { series: 'high', canary: { critical: true } }]),
    ).toEqual({
      score: 0,
      classification: 'Fail',
      classificationReason: 'Canary Failed: The metric m2 was classified as High (Critical)',
    });
    const missing = { series: 'empty', canary: { critical: true } } as const;
    expect((await scoreOf([{ series: 'pass' }, { series: 'pass' }, missing])).classificationReason).toBe(
      'Canary Failed: Missing data for m2',
    );
  });

  it('takes precedence over half of the data missing', async () => {
    const score = await scoreOf([{ series: 'empty' }, { series: 'high', canary: { critical: true } }]);
    expect(score.classificationReason).toMatch(/^Canary Failed: The metric m1/);
  });
});

describe('SCO-4: metrics without data', () => {
  const NODATA = {
    score: 0,
    classification: 'Fail',
    classificationReason: 'Canary Failed: 50% or more metrics returned NODATA',
  };

  it('make the score 0 when they are half of those that count', async () => {
    expect(await scoreOf([{ series: 'pass' }, { series: 'empty' }])).toEqual(NODATA);
    const muted = { series: 'pass', canary: { muted: true } } as const;
    expect(await scoreOf([{ series: 'pass' }, { series: 'empty' }, muted])).toEqual(NODATA);
  });

  it('are left out of the score when they are fewer', async () => {
    expect((await scoreOf([{ series: 'pass' }, { series: 'pass' }, { series: 'empty' }])).score).toBe(100);
  });
});

describe('SCO-5: the weights of groups', () => {
  const failing: Metric[] = [
    { series: 'high', groups: ['a'] },
    { series: 'pass', groups: ['b'] },
    { series: 'pass', groups: ['c'] },
  ];

  it.each([
    ['are hundredths', { a: 50, b: 30, c: 20 }, 50],
    ['that are missing share what is left equally', { a: 40 }, 60],
    ['that are all missing are equal', {}, 66.67],
    ['of groups that are not there are lost', { a: 20, b: 20, c: 20, d: 40 }, 40],
    ['are not made to be 100 together', { a: 10, b: 200, c: 1 }, 201],
    ['are rounded to two decimals', { a: 66.666, b: 33.333, c: 0.001 }, 33.33],
  ])('%s', async (_, weights, score) => {
    expect((await scoreOf(failing, weights)).score).toBe(score);
  });
});

describe('SCO-6: the verdict', () => {
  const half: Metric[] = [{ series: 'pass' }, { series: 'high' }];

  it.each([
    [50, 40, 'Pass'],
    [50.01, 50, 'Marginal'],
    [95, 50, 'Marginal'],
    [95, 50.01, 'Fail'],
    [40, 95, 'Pass'],
  ])('of a score of 50 with %d and %d is %s', async (pass, marginal, verdict) => {
    expect(await scoreOf(half, { g: 100 }, pass, marginal)).toEqual({
      score: 50,
      classification: verdict,
      classificationReason: '',
    });
  });
});

describe('SCO-7: a side without data', () => {
  const missing = 'Missing data for m0';

  it.each([
    [{}, { classification: 'Nodata', classificationReason: missing, critical: false }],
    [{ critical: true }, { classification: 'Nodata', classificationReason: missing, critical: true }],
    [{ mustHaveData: true }, { classification: 'NodataFailMetric', classificationReason: missing, critical: false }],
    [
      { mustHaveData: true, critical: true },
      { classification: 'Nodata', critical: true },
    ],
    [
      { nanStrategy: 'replace', mustHaveData: true, critical: true },
      { classification: 'Pass', critical: false },
    ],
  ])('of a metric with %j is %j', async (canary, expected) => {
    for (const series of ['empty', 'nothing'] as const) expect(await one({ series, canary })).toMatchObject(expected);
  });

  it('has no data when all there is are gaps', async () => {
    expect((await one({ series: 'gaps' })).classification).toBe('Nodata');
  });
});

describe('RES-2, RES-4, RES-6: every result', () => {
  const kinds = Object.keys(SERIES) as (keyof typeof SERIES)[];

  it.each(kinds)('of a metric that is %s has statistics in finite numbers on both sides', async (series) => {
    const { controlMetadata, experimentMetadata } = await one({ series });
    for (const { stats } of [controlMetadata, experimentMetadata]) {
      expect(Object.keys(stats).sort()).toEqual(['count', 'max', 'mean', 'min', 'std']);
      expect(Object.values(stats).filter((value) => !Number.isFinite(value))).toEqual([]);
      expect(Number.isInteger(stats.count)).toBe(true);
    }
  });

  it.each([
    ['pass', {}, 'Pass'],
    ['high', {}, 'High'],
    ['low', {}, 'Low'],
    ['empty', {}, 'Nodata'],
    ['empty', { mustHaveData: true }, 'NodataFailMetric'],
    ['untestable', {}, 'Error'],
  ] as const)('of a metric that is %s with %j is spelled %s', async (series, canary, classification) => {
    expect((await one({ series, canary })).classification).toBe(classification);
  });

  it('counts points after gaps and outliers were handled', async () => {
    const stats = async (canary: object) => (await one({ series: 'gaps', canary })).experimentMetadata.stats;
    expect((await stats({})).count).toBe(0);
    expect((await stats({ nanStrategy: 'replace' })).count).toBe(2);
  });

  it('says whether it is critical and muted, critical only when it forces the score', async () => {
    const flagsOf = ({ critical, muted }: CanaryAnalysisResult) => ({ critical, muted });
    expect(flagsOf(await one({ series: 'high' }))).toEqual({ critical: false, muted: false });
    expect(flagsOf(await one({ series: 'pass', canary: { critical: true } }))).toEqual({
      critical: false,
      muted: false,
    });
    expect(flagsOf(await one({ series: 'high', canary: { critical: true, muted: true } }))).toEqual({
      critical: true,
      muted: true,
    });
  });
});

describe('RES-3, RES-7: the scores', () => {
  it('have a reason in words, which may be empty, and groups have none', async () => {
    const { score, groupScores } = await judge([{ series: 'pass' }, { series: 'high', groups: ['h'] }], {});
    expect(score).toEqual({ score: 50, classification: 'Fail', classificationReason: '' });
    expect(
      groupScores.map(({ classification, classificationReason }) => [classification, classificationReason]),
    ).toEqual([
      ['', ''],
      ['', ''],
    ]);
  });
});

describe('RES-5: the ratio', () => {
  it('is the mean of experiment over that of control', async () => {
    expect((await one({ series: 'high' })).resultMetadata?.ratio).toBeCloseTo(2, 12);
    expect((await one({ series: 'zero' })).resultMetadata?.ratio).toBeNaN();
  });

  it('is absent on an error', async () => {
    expect(await one({ series: 'untestable' })).not.toHaveProperty('resultMetadata');
  });
});
