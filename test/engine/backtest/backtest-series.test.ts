import { describe, expect, it } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import type { CanaryConfig, CanaryMetricConfig } from '../../../src/domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../../src/domain/canary-judge.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { backtestSeries } from '../../../src/engine/backtest/backtest-series.ts';
import { judgeSeries } from '../../../src/engine/judging/judge-series.ts';
import { labelledSeries } from '../../support/samples/labelled-series.ts';
import { type Draws, drawsOf, seriesOf } from '../../support/samples/random-series.ts';

const judges = createJudges({});
const { signal } = new AbortController();
const KAYENTA = 'NetflixACAJudge-v1.0';
const [HOUR, MINUTE, POINTS] = [3_600_000, 60_000, 60];
const thresholds = { pass: 95, marginal: 75 };
const scope = { stepMillis: MINUTE, startTimeMillis: Date.UTC(2026, 0, 1), startTimeIso: '2026-01-01T00:00:00Z' };
const scopes = { control: scope, experiment: scope };

const metric = (name: string, canary: Record<string, unknown> = { direction: 'increase' }): CanaryMetricConfig => ({
  name,
  groups: ['all'],
  analysisConfigurations: { canary },
});
const configOf = (metrics: CanaryMetricConfig[], judge = HALDANE_JUDGE): CanaryConfig => ({
  judge: { name: judge },
  metrics,
  classifier: { groupWeights: { all: 100 } },
});
const pairOf = (name: string, control: number[], experiment: number[]): MetricSetPair => {
  return { name, values: { control, experiment }, scopes };
};
const noise = (draws: Draws, windows: number, deviation: number) =>
  seriesOf(windows * POINTS, () => 100 * Math.exp(deviation * draws.normal()));
const steady = (name: string, windows: number, deviation: number) => {
  const draws = drawsOf('backtest', name);
  return pairOf(name, noise(draws, windows, deviation), noise(draws, windows, deviation));
};
const options = { thresholds, judges, windowMillis: HOUR, judgements: 100_000 };

describe('a backtest of labelled series', () => {
  const same = labelledSeries(0).filter((_, index) => index % 2 === 0);
  const pairs = [
    pairOf(
      'latency',
      same.flatMap(({ control }) => control),
      same.flatMap(({ experiment }) => experiment),
    ),
  ];
  const config = configOf([metric('latency')], KAYENTA);

  it('has the false alarms that judging each by itself has, and the share found of the same change', async () => {
    const report = await backtestSeries({ ...options, config, pairs, changes: ['25 %'] }, signal);
    expect(report).toMatchObject({ windows: 54, judged: 54, withoutData: 0, windowMinutes: 60 });
    for (const judge of [KAYENTA, HALDANE_JUDGE]) {
      const high = async (one: ReturnType<typeof labelledSeries>[number]) => {
        const single = [pairOf('latency', one.control, one.experiment)];
        const { results } = await judgeSeries({ judges, config, thresholds, pairs: single, judge }, signal);
        return results[0]?.classification === 'High';
      };
      const count = async (ones: typeof same) => (await Promise.all(ones.map(high))).filter(Boolean).length;
      const found = report.metrics[0]?.judges.find((one) => one.judge === judge);
      expect(found?.falseAlarms.count, judge).toBe(await count(same));
      const labelled = labelledSeries(0.25);
      const share = (await count(labelled)) / labelled.length;
      const { lower = 1, upper = 0 } = found?.changes[0]?.found ?? {};
      expect(share, judge).toBeGreaterThan(lower - 0.1);
      expect(share, judge).toBeLessThan(upper + 0.1);
    }
  });
});

describe('a backtest', () => {
  it('tells the quiet metric from the noisy one, and what each can find', async () => {
    const config = configOf([metric('quiet'), metric('noisy')]);
    const pairs = [steady('quiet', 12, 0.03), steady('noisy', 12, 1)];
    const { metrics, judges: ofCanary, noisiest } = await backtestSeries({ ...options, config, pairs }, signal);
    const [quiet, noisy] = metrics;
    expect(ofCanary.map(({ judge }) => judge)).toEqual([HALDANE_JUDGE]);
    expect(ofCanary[0]?.falseAlarms).toMatchObject({ of: 12 });
    expect(noisiest).not.toContain('quiet');
    expect(quiet?.judges[0]?.changes.map(({ change, found }) => [change, (found.share ?? 0) >= 0.9])).toEqual([
      ['5 %', false],
      ['10 %', true],
      ['25 %', true],
      ['50 %', true],
      ['late', true],
      ['spikes', expect.any(Boolean)],
    ]);
    expect(quiet?.judges[0]?.changes[3]?.minutes).toBe(15);
    expect(quiet?.judges[0]?.smallestFound).toBeLessThanOrEqual(0.1);
    expect(quiet?.smallestChange?.now).toBeLessThan(0.1);
    expect(quiet?.advice.action).toBe('keep');
    expect(noisy?.judges[0]?.changes[0]?.found.share).toBeLessThan(0.5);
    expect(noisy?.advice).toMatchObject({ action: 'lengthen', minutes: expect.any(Number) });
    expect(noisy?.advice.minutes).toBeGreaterThan(60);
  });

  it('advises to allow more where the arms always differ, and says which metric makes the noise', async () => {
    const { control = [], experiment = [] } = steady('cpu', 20, 0.03).values;
    const apart = pairOf(
      'cpu',
      control,
      experiment.map((value, t) => value * (Math.floor(t / POINTS) % 2 === 0 ? 1.3 : 1)),
    );
    const pairs = [steady('latency', 20, 0.03), apart];
    const config = configOf([metric('latency'), metric('cpu')]);
    const report = await backtestSeries({ ...options, config, pairs, changes: [] }, signal);
    expect(report.judges[0]?.falseAlarms).toMatchObject({ count: 10, of: 20, share: 0.5 });
    expect(report.judges[0]?.alarms[0]).toEqual({ start: '2026-01-01T00:00:00Z', verdict: 'Fail', metrics: ['cpu'] });
    expect(report.judges[0]?.alarms[1]?.start).toBe('2026-01-01T02:00:00Z');
    expect(report.noisiest).toEqual(['cpu']);
    expect(report.metrics[1]?.advice).toMatchObject({ action: 'allow', change: expect.closeTo(0.32, 1) });
  });

  it('counts windows without data as such, and passes none of them', async () => {
    const gaps = new Array<number>(20 * POINTS).fill(Number.NaN);
    const config = configOf([metric('latency')], KAYENTA);
    const empty = await backtestSeries({ ...options, config, pairs: [pairOf('latency', gaps, gaps)] }, signal);
    expect(empty).toMatchObject({ windows: 20, judged: 0, withoutData: 20 });
    expect(empty.judges[0]?.falseAlarms).toEqual({ count: 0, of: 0 });
    expect(empty.metrics[0]).toMatchObject({ judged: 0, withoutData: 20, missing: { control: 1, experiment: 1 } });
    expect(empty.metrics[0]?.advice.action).toBe('drop');
    expect(empty.notes[0]).toContain('No window had data');

    const { control = [], experiment = [] } = steady('latency', 20, 0.03).values;
    const half = pairOf('latency', control, experiment.with(0, 100).fill(Number.NaN, 10 * POINTS));
    const some = await backtestSeries({ ...options, config, pairs: [half], changes: [] }, signal);
    expect(some).toMatchObject({ windows: 20, judged: 10, withoutData: 10 });
    expect(some.judges[0]?.falseAlarms.of).toBe(10);
    expect(some.metrics[0]?.missing).toEqual({ control: 0, experiment: 0.5 });
    expect(some.notes[0]).toBe('10 of 20 windows had no data; they are in no share.');
  });

  it('tries changes in fewer windows when all of them are more than may be judged', async () => {
    const config = configOf([metric('latency')]);
    const pairs = [steady('latency', 20, 0.03)];
    const report = await backtestSeries({ ...options, judgements: 45, config, pairs, changes: ['10 %'] }, signal);
    expect(report.metrics[0]?.judges[0]?.changes[0]?.found.of).toBe(10);
    expect(report.metrics[0]?.judges[0]?.falseAlarms.of).toBe(20);
    expect(report.notes.some((note) => note.includes('one window of 2'))).toBe(true);
  });

  it('tells of a judge that cannot judge the config, and goes on with the others', async () => {
    const config = configOf([metric('latency', { effectSize: { measure: 'cles', allowedIncrease: 1.5 } })], KAYENTA);
    const report = await backtestSeries({ ...options, config, pairs: [steady('latency', 12, 0.03)] }, signal);
    expect(report.judges.map(({ judge, failed }) => [judge, failed])).toEqual([
      [KAYENTA, 0],
      [HALDANE_JUDGE, 12],
    ]);
    expect(report.judges[1]).toMatchObject({
      falseAlarms: { count: 0, of: 0 },
      failure: expect.stringContaining('cles'),
    });
  });

  it('ends when it is canceled', async () => {
    const canceled = AbortSignal.abort(new Error('enough'));
    const config = configOf([metric('latency')]);
    await expect(
      backtestSeries({ ...options, config, pairs: [steady('latency', 2, 0.03)] }, canceled),
    ).rejects.toThrow();
  });

  it('of a judge that nobody knows is refused', async () => {
    const config = configOf([metric('latency')]);
    const pairs = [steady('latency', 2, 0.03)];
    await expect(backtestSeries({ ...options, config, pairs, beside: ['Solomon'] }, signal)).rejects.toThrow(/Solomon/);
  });
});
