import { describe, expect, it } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { autoregressive, drawsOf } from '../../support/samples/random-series.ts';

const { signal } = new AbortController();
const POINTS = 60;

/** A metric around 100 times `level`, with a tenth of noise. */
function seriesAt(level: number, seed: string): number[] {
  return autoregressive(drawsOf(seed), POINTS, 0.3).map((noise) => 100 * level * Math.exp(0.1 * noise));
}

function pairOf(experiment: number[], controls: readonly number[][], name = 'latency'): MetricSetPair {
  const scope = (day: number) => ({
    control: { startTimeIso: `2026-01-0${9 - day}T12:00:00Z`, startTimeMillis: 0, stepMillis: 60_000 },
    experiment: { startTimeMillis: 0, stepMillis: 60_000 },
  });
  const [newest = [], ...others] = controls;
  const earlier = others.map((control, index) => ({ values: { control }, scopes: scope(index + 1) }));
  return {
    ...{ name, id: name, tags: {}, values: { control: newest, experiment }, scopes: scope(0) },
    ...(others.length === 0 ? {} : { earlier }),
  };
}

async function judged(pair: MetricSetPair, canary: object = {}) {
  const beside = pair.denominator === undefined ? {} : { denominator: {} };
  const metric = {
    name: pair.name,
    groups: ['g'],
    query: { type: 'prometheus', serviceType: 'prometheus', ...beside },
    analysisConfigurations: { canary: { direction: 'increase', ...canary } },
  };
  const canaryConfig = { judge: { name: haldane.name }, metrics: [metric], classifier: { groupWeights: { g: 100 } } };
  const scoreThresholds = { pass: 95, marginal: 75 };
  const result = await haldane.judge({ canaryConfig, scoreThresholds, metricSetPairList: [pair] }, signal);
  const [one] = result.results;
  return { verdict: result.score.classification, ...one };
}

const sound = [0.98, 1.01, 1, 1.02, 0.99].map((level, day) => seriesAt(level, `day ${day}`));

describe('several windows of the past as the baseline', () => {
  it('flag what is worse than in each of them, and say so', async () => {
    const { verdict, classification, evidence } = await judged(pairOf(seriesAt(1.5, 'canary'), sound));
    expect([verdict, classification]).toEqual(['Fail', 'High']);
    expect(evidence?.earlierWindows).toMatchObject({ windows: 5, tested: 5 });
    expect(evidence?.earlierWindows?.spread).toBeCloseTo(0.0214, 4);
    expect(evidence?.notes?.join(' ')).toMatch(
      /Compared with 5 windows of the past; it counts as worse only if it is worse than in each \(p < 0.0001\)\. .* where the difference is smallest\. They differ by 2\.2 %/,
    );
  });

  it('pass a canary that is as one of them was, though it is worse than all others', async () => {
    const canary = seriesAt(1.2, 'canary');
    const beside = await judged(pairOf(canary, sound.slice(0, 1)));
    expect(beside.verdict).toBe('Fail');
    const { classification, evidence } = await judged(pairOf(canary, [...sound, seriesAt(1.2, 'a busy day')]));
    expect(classification).toBe('Pass');
    expect(evidence?.notes?.join(' ')).toContain('beside that from 2026-01-04T12:00:00Z');
  });

  it('do not let days that differ widely pass or fail a canary that is above all of them', async () => {
    const days = [0.8, 1, 1.25].map((level, day) => seriesAt(level, `day ${day}`));
    const { verdict, evidence } = await judged(pairOf(seriesAt(1.6, 'canary'), days));
    expect([verdict, evidence?.clause, evidence?.outcome]).toEqual(['Marginal', 'windowsDiffer', 'Inconclusive']);
    expect(evidence?.sentence).toContain('more than in every window of the past; but these differ so much');
    expect(evidence?.largestHarm).toBeGreaterThan(1);
  });

  it('make the interval as wide as the windows differ', async () => {
    const canary = seriesAt(1, 'canary');
    const same = await judged(pairOf(canary, sound.slice(0, 3)));
    const days = [0.8, 1, 1.25].map((level, day) => seriesAt(level, `day ${day}`));
    const differing = await judged(pairOf(canary, days));
    const widthOf = ({ evidence }: typeof same) =>
      Number(evidence?.ratioInterval?.upper) - Number(evidence?.ratioInterval?.lower);
    expect(widthOf(differing)).toBeGreaterThan(3 * widthOf(same));
  });

  it('are judged without those that have no data, and say how many had some', async () => {
    const none = new Array<number>(POINTS).fill(Number.NaN);
    const found = await judged(pairOf(seriesAt(1.5, 'canary'), [none, ...sound.slice(0, 3)]));
    expect(found.classification).toBe('High');
    expect(found.evidence?.notes?.join(' ')).toContain('Only 3 of 4 could be tested.');
  });

  it('are no data where none of them has any: the canary does not pass', async () => {
    const none = new Array<number>(POINTS).fill(Number.NaN);
    const { verdict, classification, evidence } = await judged(pairOf(seriesAt(1, 'canary'), [none, none, none]));
    expect([verdict, classification]).toEqual(['Fail', 'Nodata']);
    expect(evidence?.sentence).toContain('Baseline has no data for latency');
  });

  it('flag a metric that may go neither way only if all of them lie on one side', async () => {
    const days = [0.7, 1.4, 0.7].map((level, day) => seriesAt(level, `day ${day}`));
    const { classification } = await judged(pairOf(seriesAt(1, 'canary'), days), { direction: 'either' });
    expect(classification).not.toBe('High');
    expect(classification).not.toBe('Low');
    const low = await judged(pairOf(seriesAt(0.5, 'canary'), sound), { direction: 'either' });
    expect(low.classification).toBe('Low');
  });

  it('judge a rate beside the requests of the same window', async () => {
    const draws = drawsOf('rates');
    const counts = (mean: number) => Array.from({ length: POINTS }, () => draws.poisson(mean));
    const requests = (mean: number) => ({ values: { control: counts(mean), experiment: counts(1000) } });
    const base = pairOf(counts(20), [counts(10), counts(40), counts(20)], 'errors');
    // The same rate of 1 % in windows with half, and with four times, the requests; the canary's is 2 %.
    const pair: MetricSetPair = {
      ...base,
      denominator: requests(1000),
      earlier: (base.earlier ?? []).map((window, index) => {
        const control = counts(index === 0 ? 4000 : 2000);
        return { ...window, denominator: { values: { control } } };
      }),
    };
    const { classification, evidence } = await judged(pair);
    expect(classification).toBe('High');
    expect(Number(evidence?.ratioEstimate)).toBeCloseTo(2, 0);
  });
});
