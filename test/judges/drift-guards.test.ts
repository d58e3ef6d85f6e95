import { describe, expect, it } from 'vitest';
import { drift } from '../../judges/drift/index.ts';
import { type MetricSetPair, SAME_QUERY, UNPAIRED } from '../../src/domain/metric-set-pair.ts';

const { signal } = new AbortController();
const query = { type: 'prometheus', serviceType: 'prometheus' };

async function judged(canary: object, pairs: readonly Partial<MetricSetPair>[]) {
  const metrics = [{ name: 'm', query, groups: ['g'], analysisConfigurations: { canary } }];
  const { results, score } = await drift.judge(
    {
      canaryConfig: { metrics, classifier: { groupWeights: { g: 100 } } },
      scoreThresholds: { pass: 95, marginal: 75 },
      metricSetPairList: pairs.map((pair) => ({ name: 'm', values: { control: [], experiment: [] }, ...pair })),
    },
    signal,
  );
  const counted = results.find(({ muted }) => !muted);
  return { verdict: score.classification, clause: counted?.evidence?.clause, sentence: counted?.evidence?.sentence };
}

const values = (control: readonly number[], experiment: readonly number[]) => {
  return { values: { control: [...control], experiment: [...experiment] } };
};
const series = (count: number, at: (index: number) => number) => Array.from({ length: count }, (_, index) => at(index));
const scores = series(100, (index) => 0.5 + ((index * 7) % 11) / 50);
const attributes = (told: Record<string, string>) => ({ attributes: { control: told, experiment: told } });
const bucket = (le: string, control: number, experiment: number) => ({
  tags: { le },
  ...values([control], [experiment]),
});
const range = (vmrange: string, control: number, experiment: number) => {
  return { tags: { vmrange }, ...values([control], [experiment]) };
};
const NONE = Number.NaN;

describe('what would look as green as no drift is not tested, and says why', () => {
  it.each<[string, object, readonly Partial<MetricSetPair>[], string]>([
    [
      'the same question to both sides',
      {},
      [{ ...values(scores, scores), ...attributes({ [SAME_QUERY]: 'x' }) }],
      'asked the same question',
    ],
    [
      'categories of which none pair',
      { data: 'buckets' },
      [{ tags: { pod: 'a' }, ...values([50], [NONE]), ...attributes({ [UNPAIRED]: 'they differ in pod' }) }],
      'they differ in pod',
    ],
    [
      'outputs that the canary does not give where they would be bad',
      {},
      [
        values(
          scores,
          series(100, (index) => (index % 3 === 0 ? NONE : (scores[index] ?? 0))),
        ),
      ],
      'values of the canary are missing',
    ],
    [
      'requests that the challenger does not answer',
      { data: 'pairs' },
      [
        values(
          series(100, () => 1),
          series(100, (index) => (index < 80 ? 1 : NONE)),
        ),
      ],
      '20 of 100 values of the canary are missing, and 0 of 100 of the baseline',
    ],
    [
      'infinite latencies',
      {},
      [
        values(
          scores,
          series(100, (index) => (index % 2 ? Number.POSITIVE_INFINITY : 0.6)),
        ),
      ],
      '50 values of the canary are infinite',
    ],
    ['counts below 0', { data: 'counts' }, [values([50, 50], [50, -50])], 'a counter that was reset needs increase()'],
    [
      'shares instead of events',
      { data: 'events' },
      [{ ...values([0.02, 0.03], [0.4, 0.4]), denominator: values([500, 500], [500, 500]) }],
      'shares, not counts of events',
    ],
    [
      'no series of events, which may be a wrong query',
      { data: 'events' },
      [{ ...values([3, 4], [NONE, NONE]), denominator: values([500, 500], [500, 500]) }],
      'the canary has no count of events',
    ],
    [
      'no bucket above the last bound',
      { data: 'buckets' },
      [bucket('0.5', 50, 50), bucket('1', 100, 100)],
      'no bucket le="+Inf"',
    ],
    [
      'buckets that are not cumulative',
      { data: 'buckets' },
      [bucket('0.5', 50, 50), bucket('1', 40, 40), bucket('+Inf', 60, 60)],
      'its buckets are not cumulative',
    ],
    [
      'a bucket without a bound',
      { data: 'buckets' },
      [bucket('fast', 50, 50), bucket('+Inf', 60, 60)],
      'le is "fast", which is no number',
    ],
    [
      'buckets of two kinds',
      { data: 'buckets' },
      [bucket('1', 50, 50), range('0...1', 50, 50)],
      'ask for buckets of one kind',
    ],
    [
      'buckets without a common bound',
      { data: 'buckets' },
      [range('0...2', 100, 0), range('1...3', 0, 100)],
      'no bound in common',
    ],
    ['a range that is none', { data: 'buckets' }, [range('2...1', 50, 50)], 'vmrange is "2...1"'],
  ])('%s', async (_words, canary, pairs, why) => {
    const found = await judged(canary, pairs);
    expect(found).toMatchObject({ clause: 'notTested', verdict: 'Fail' });
    expect(found.sentence).toContain(why);
  });
});

describe('buckets', () => {
  it('of other bounds are compared by the bounds that both sides have', async () => {
    const pairs = [bucket('0.1', 40, NONE), bucket('0.2', NONE, 50), bucket('0.5', 90, 60), bucket('+Inf', 100, 100)];
    // 90 and 10 against 60 and 40
    const { sentence } = await judged({ data: 'buckets' }, pairs);
    expect(sentence).toContain('chi-square is 24');
  });

  it('of another resolution are compared by the coarser one', async () => {
    const fine = [
      range('1...1.41', 25, 0),
      range('1.41...2', 25, 0),
      range('2...2.83', 25, 0),
      range('2.83...4', 25, 0),
    ];
    expect(await judged({ data: 'buckets' }, [...fine, range('1...2', 0, 50), range('2...4', 0, 50)])).toMatchObject({
      verdict: 'Pass',
    });
    const drifted = await judged({ data: 'buckets' }, [...fine, range('1...2', 0, 20), range('2...4', 0, 80)]);
    expect(drifted).toMatchObject({ clause: 'drift', verdict: 'Fail' });
  });

  it('that one side lacks are empty there', async () => {
    const found = await judged({ data: 'buckets' }, [range('1...2', 100, 60), range('2...4', 0, 40)]);
    expect(found).toMatchObject({ clause: 'drift', verdict: 'Fail' });
  });
});

describe('what is no reason not to test', () => {
  it('arms of unlike sizes, and a few missing values on both sides', async () => {
    const some = series(100, (index) => (index % 20 === 3 ? NONE : (scores[index] ?? 0)));
    expect(await judged({}, [values(some, some.slice(0, 60))])).toMatchObject({ clause: 'noDrift', verdict: 'Pass' });
  });

  it('few events, and points at which only the requests were counted', async () => {
    const events = { ...values([0, 1, NONE], [1, 0, NONE]), denominator: values([500, 500, 500], [500, 500, 500]) };
    const found = await judged({ data: 'events' }, [events]);
    expect(found).toMatchObject({ clause: 'noDrift', verdict: 'Pass' });
    expect(found.sentence).toContain('1 of 1000');
  });

  it('one category that nearly all outputs have', async () => {
    expect(await judged({ data: 'counts' }, [values([10_000, 0], [10_000, 0])])).toMatchObject({ verdict: 'Pass' });
    expect(await judged({ data: 'counts' }, [values([10_000, 2], [10_000, 60])])).toMatchObject({ clause: 'drift' });
  });
});
