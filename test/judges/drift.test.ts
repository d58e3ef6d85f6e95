import { describe, expect, it } from 'vitest';
import { drift } from '../../judges/drift/index.ts';
import { settingProblems } from '../../src/domain/judge-settings.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';

const { signal } = new AbortController();
const query = { type: 'prometheus', serviceType: 'prometheus' };
const metricOf = (canary: object, name = 'm') => ({ name, query, groups: ['g'], analysisConfigurations: { canary } });

async function judged(canary: object, pairs: readonly Partial<MetricSetPair>[], others: readonly object[] = []) {
  const metrics = [metricOf(canary), ...others.map((one, index) => metricOf(one, `m${index + 1}`))];
  const { results, score } = await drift.judge(
    {
      canaryConfig: { metrics, classifier: { groupWeights: { g: 100 } } },
      scoreThresholds: { pass: 95, marginal: 75 },
      metricSetPairList: pairs.map((pair) => ({ name: 'm', values: { control: [], experiment: [] }, ...pair })),
    },
    signal,
  );
  return { results, first: results[0], clause: results[0]?.evidence?.clause, verdict: score.classification };
}

const values = (control: readonly number[], experiment: readonly number[]) => {
  return { values: { control: [...control], experiment: [...experiment] } };
};
const series = (count: number, at: (index: number) => number) => Array.from({ length: count }, (_, index) => at(index));
const wave = (scale: number) => series(60, (index) => scale * (10 + ((index * 7) % 13)));

describe('buckets', () => {
  const bucket = (le: string, control: number, experiment: number, other = {}) => {
    return { tags: { le, ...other }, ...values([control], [experiment]) };
  };
  const histogram = [bucket('+Inf', 100, 100), bucket('1', 90, 60), bucket('0.5', 40, 10)];

  it('of a classic histogram are cumulative, in the order of their bounds, and judged once', async () => {
    const { results, verdict } = await judged({ data: 'buckets', measure: 'psi' }, histogram);
    const [counted] = results.filter(({ muted }) => !muted);
    // 40, 50, 10 against 10, 50, 40
    const psi = 2 * 0.3 * Math.log(4);
    expect(counted?.evidence?.statistic).toBeCloseTo(psi, 12);
    expect([results.length, results.filter(({ muted }) => muted).length, verdict]).toEqual([3, 2, 'Fail']);
  });

  it('are the same whatever the order of the series, and of the series that are added up', async () => {
    const split = [...histogram.slice(1), bucket('+Inf', 60, 50, { pod: 'a' }), bucket('+Inf', 40, 50, { pod: 'b' })];
    const found = async (pairs: readonly Partial<MetricSetPair>[]) => {
      const { results } = await judged({ data: 'buckets' }, pairs);
      return results.find(({ muted }) => !muted)?.evidence?.statistic;
    };
    expect(await found(histogram.toReversed())).toBe(await found(histogram));
    expect(await found(split)).toBe(await found(histogram));
  });

  it('without le are categories, and rates count what they stand for', async () => {
    const attributes = {
      control: { query: 'sum by (label) (rate(predictions_total[1m]))' },
      experiment: { query: 'sum by (label) (rate(predictions_total[1m]))' },
    };
    const pairs = [
      { tags: { label: 'cat' }, ...values([1, 1], [0.5, 0.5]), attributes },
      { tags: { label: 'dog' }, ...values([1, 1], [1.5, 1.5]), attributes },
    ];
    const { results } = await judged({ data: 'buckets' }, pairs);
    // 120 and 120 against 60 and 180
    expect(results.find(({ muted }) => !muted)?.evidence?.statistic).toBeCloseTo(32, 10);
  });
});

describe('what cannot be tested is never a pass', () => {
  it.each([
    ['no outputs', {}, values([], [])],
    ['too few', {}, values(wave(1).slice(0, 29), wave(1))],
    [
      'missing and infinite ones only',
      {},
      values(
        wave(1),
        series(60, (i) => (i % 2 ? Number.NaN : Number.POSITIVE_INFINITY)),
      ),
    ],
    ['no counts', { data: 'counts' }, values([0, 0], [50, 50])],
    ['events of nothing', { data: 'events' }, values([1], [1])],
    ['more events than outputs', { data: 'events' }, { ...values([1], [50]), denominator: values([40], [40]) }],
    [
      'pairs that never meet',
      { data: 'pairs' },
      values(
        series(60, (i) => (i % 2 ? Number.NaN : 1)),
        series(60, (i) => (i % 2 ? 1 : Number.NaN)),
      ),
    ],
  ])('with %s', async (_words, canary, pair) => {
    const alone = await judged(canary, [pair]);
    expect(alone).toMatchObject({ clause: 'notTested', verdict: 'Fail' });
    expect(alone.first?.classification).toBe('Nodata');
    const beside = await judged(canary, [pair, { name: 'm1', ...values(wave(1), wave(1)) }], [{}]);
    expect(beside.verdict).toBe('Marginal');
    const critical = await judged(
      { ...canary, critical: true },
      [pair, { name: 'm1', ...values(wave(1), wave(1)) }],
      [{}],
    );
    expect(critical).toMatchObject({ verdict: 'Fail', first: { critical: true } });
  });
});

describe('the verdict', () => {
  const drifted = values(wave(1), wave(2));
  const same = { name: 'm1', ...values(wave(1), wave(1).toReversed()) };

  it('fails by one metric among others, or lowers the score where it is advisory', async () => {
    expect(await judged({}, [drifted, same], [{}])).toMatchObject({ clause: 'drift', verdict: 'Fail' });
    expect(await judged({ importance: 'advisory' }, [drifted, same], [{}])).toMatchObject({ verdict: 'Fail' });
    expect(await judged({ muted: true }, [drifted, same], [{}])).toMatchObject({ clause: 'drift', verdict: 'Pass' });
    const { first } = await judged({}, [drifted, same], [{}]);
    expect(first).toMatchObject({ classification: 'High', evidence: { errorBudget: 0.05, effect: { measure: 'ks' } } });
    expect(first?.evidence?.interval?.lower).toBeGreaterThan(0);
  });

  it('does not count drift below the smallest that matters', async () => {
    expect(await judged({ measure: 'wasserstein', minimumEffect: 17 }, [drifted])).toMatchObject({
      clause: 'belowMinimum',
    });
    expect(await judged({ measure: 'wasserstein', minimumEffect: 15 }, [drifted])).toMatchObject({ clause: 'drift' });
  });

  it('counts one direction only where it is told to', async () => {
    const events = { ...values([40], [10]), denominator: values([400], [400]) };
    expect(await judged({ data: 'events', direction: 'increase' }, [events])).toMatchObject({ clause: 'noDrift' });
    const { first } = await judged({ data: 'events', direction: 'decrease' }, [events]);
    expect(first).toMatchObject({
      classification: 'Low',
      evidence: { clause: 'drift', estimate: expect.closeTo(-0.075, 12) },
    });
  });

  it('needs more for a larger sample to be small: the critical value follows the size', async () => {
    const critical = async (size: number) => {
      const { first } = await judged({ data: 'counts', measure: 'psi' }, [
        values(
          series(10, () => size / 10),
          series(10, () => size / 10),
        ),
      ]);
      return first?.evidence?.criticalValue ?? Number.NaN;
    };
    // At n = 100 chance alone exceeds the folk threshold of 0.10.
    expect(await critical(100)).toBeGreaterThan(0.3);
    expect(await critical(100_000)).toBeLessThan(0.0004);
  });
});

it('a measure that does not fit the data is refused with the remedy', () => {
  const problems = (canary: object) =>
    settingProblems(drift, { metrics: [metricOf(canary)] }).map(({ message }) => message);
  expect(problems({ data: 'counts', measure: 'ks' })).toEqual([
    expect.stringContaining('write chiSquare, g, jensenShannon or psi'),
  ]);
  expect(problems({ data: 'events', measure: 'psi' })).toEqual([expect.stringContaining('leave it out')]);
  expect(problems({ data: 'samples', measure: 'psi' })).toEqual([]);
});
