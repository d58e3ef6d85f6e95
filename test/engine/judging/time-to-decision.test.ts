import { describe, expect, it } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { forecastSeries } from '../../../src/engine/judging/forecast-series.ts';
import { judgeSeries } from '../../../src/engine/judging/judge-series.ts';
import { timeToDecision } from '../../../src/engine/judging/time-to-decision.ts';
import { drawsOf, seriesOf } from '../../support/samples/random-series.ts';

const judges = createJudges({});
const { signal } = new AbortController();
const scopes = { control: { stepMillis: 60_000 }, experiment: { stepMillis: 60_000 } };
const pair = (name: string, deviation: number, points = 30): MetricSetPair => {
  const draws = drawsOf('decision', name);
  const arm = () => seriesOf(points, () => 100 * Math.exp(deviation * draws.normal()));
  return { name, values: { control: arm(), experiment: arm() }, scopes };
};
const config = (
  names: string[],
  judge = 'HaldaneJudge-v1.0',
  canary: object = { direction: 'increase' },
): CanaryConfig => ({
  judge: { name: judge },
  metrics: names.map((name) => ({ name, groups: ['all'], analysisConfigurations: { canary } })),
  classifier: { groupWeights: { all: 100 } },
});
const judge = (asked: CanaryConfig, pairs: MetricSetPair[]) =>
  judgeSeries({ judges, config: asked, thresholds: { pass: 95, marginal: 75 }, pairs }, signal);

describe('the time to a decision', () => {
  it('is in every result: that of the metric that needs longest', async () => {
    const pairs = [pair('quiet', 0.03), pair('noisy', 0.6)];
    const { results, timeToDecision: told } = await judge(config(['quiet', 'noisy']), pairs);
    expect(results.map(({ evidence }) => evidence?.minutesToDecision)).toEqual([0, expect.any(Number)]);
    expect(told).toEqual({ minutes: results[1]?.evidence?.minutesToDecision, metric: 'noisy', never: [] });
    expect(told?.minutes).toBeGreaterThan(60);
  });

  it('names metrics that can never find it, and leaves muted ones out', async () => {
    const strict = { direction: 'increase', effectSize: { allowedIncrease: 1.01 } };
    const { timeToDecision: told } = await judge(config(['quiet'], undefined, strict), [pair('quiet', 0.03)]);
    expect(told).toEqual({ never: ['quiet'] });
    const muted = await judge(config(['quiet'], undefined, { muted: true }), [pair('quiet', 0.03)]);
    expect(muted.timeToDecision).toBeUndefined();
  });

  it("is absent where the judge forecasts nothing, so that Kayenta's answers stay as they are", async () => {
    const result = await judge(config(['quiet'], 'NetflixACAJudge-v1.0'), [pair('quiet', 0.03)]);
    expect('timeToDecision' in result).toBe(false);
    expect(timeToDecision([])).toBeUndefined();
  });
});

describe('the forecast of series', () => {
  const asked = { judges, trafficPercent: 50 };

  it('of one metric is the one it has among the others, whatever judge the config names', async () => {
    const pairs = [pair('quiet', 0.03), pair('noisy', 0.6)];
    const among = (await judge(config(['quiet', 'noisy']), pairs)).results[1]?.evidence;
    const [told] = await forecastSeries(
      { ...asked, config: config(['quiet', 'noisy'], 'NetflixACAJudge-v1.0'), pairs: pairs.slice(1) },
      signal,
    );
    expect(told?.minutes).toBeCloseTo(30 + (among?.minutesToDecision ?? 0), 6);
    expect(told?.smallestChange.now).toBeCloseTo(among?.smallestChange?.now ?? 0, 9);
    expect(told?.change).toBe(0.25);
    expect(told?.ramp.map(({ percent }) => percent)).toEqual([1, 5, 25, 50, 100]);
    expect(told?.ramp[1]?.minutes).toBeCloseTo((told?.minutes ?? 0) * (0.25 / 0.0475), 6);
  });

  it('is absent of what cannot be tested, and where HaldaneJudge refuses the settings', async () => {
    const few = pair('quiet', 0.03, 2);
    expect(await forecastSeries({ ...asked, config: config(['quiet']), pairs: [few] }, signal)).toEqual([undefined]);
    const cles = config(['quiet'], undefined, { effectSize: { measure: 'cles', allowedIncrease: 1.2 } });
    expect(await forecastSeries({ ...asked, config: cles, pairs: [pair('quiet', 0.03)] }, signal)).toEqual([undefined]);
  });
});
