import { expect, it, vi } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import { readTemplatePacks } from '../../../providers/index.ts';
import type { CanaryMetricConfig } from '../../../src/domain/canary-config.ts';
import { companionMetric } from '../../../src/domain/companion-series.ts';
import type { CompanionSeries, MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { TemplatePacks } from '../../../src/engine/configs/template-packs.ts';
import { type Draws, drawsOf, seriesOf } from '../../support/samples/random-series.ts';

// Whole canaries as a pack configures them: a critical share of errors, a percentile with its traffic, and the traffic. The
// series are as PromQL gives them, rates over two minutes at every minute. Seeds are fixed, so every share is one number.
vi.setConfig({ testTimeout: 60_000 });

const { signal } = new AbortController();
const GRPC = new TemplatePacks(readTemplatePacks).get('grpc');
const SECONDS = 60;

interface Arm {
  readonly ratio: readonly number[];
  readonly latency: readonly number[];
  readonly traffic: readonly number[];
}

interface Canary {
  readonly points: number;
  /** A point of the control; the canary has `share` of it. */
  readonly requests: number;
  readonly share?: number;
  readonly errors: number;
  /** How many times as often the canary fails, and how many times as slow it is. */
  readonly worse?: number;
  readonly slower?: number;
}

/** What two minutes have in common, at every minute. */
const overTwo = (counts: readonly number[]) => counts.slice(1).map((count, t) => (count + (counts[t] ?? 0)) / 2);

function armOf(draws: Draws, points: number, requests: number, errors: number, slower: number): Arm {
  const [all, failed] = [seriesOf(points + 1, () => draws.poisson(requests)), [] as number[]];
  for (const count of all) failed.push(draws.poisson(count * errors));
  const [total, bad] = [overTwo(all), overTwo(failed)];
  return {
    ratio: total.map((count, t) => (count === 0 ? Number.NaN : (100 * (bad[t] ?? 0)) / count)),
    latency: overTwo(seriesOf(points + 1, () => 80 * slower * Math.exp(0.05 * draws.normal()))),
    traffic: total.map((count) => count / SECONDS),
  };
}

function pairsOf(trial: number, { points, requests, share = 1, errors, worse = 1, slower = 1 }: Canary) {
  const draws = drawsOf('pack', points, requests, share, errors, worse, slower, trial);
  const control = armOf(draws, points, requests, errors, 1);
  const experiment = armOf(draws, points, requests * share, errors * worse, slower);
  const stepMillis = SECONDS * 1000;
  const series = (metric: CanaryMetricConfig, of: keyof Arm): CompanionSeries => {
    const query = String(metric.query?.customInlineTemplate).replace(/\$\{\w+:-([^}]*)\}/g, '$1');
    return {
      values: { control: [...control[of]], experiment: [...experiment[of]] },
      scopes: { control: { stepMillis }, experiment: { stepMillis } },
      attributes: { control: { query }, experiment: { query } },
    };
  };
  return (metric: CanaryMetricConfig): MetricSetPair => {
    const own = metric.name?.endsWith('-ratio') ? 'ratio' : metric.name?.endsWith('-latency') ? 'latency' : 'traffic';
    const beside = (['denominator', 'traffic'] as const).flatMap((companion) => {
      const asked = companionMetric(metric, companion);
      return asked === undefined ? [] : [[companion, series(asked, 'traffic')] as const];
    });
    return { name: metric.name ?? '', ...series(metric, own), ...Object.fromEntries(beside) };
  };
}

/** The metrics of the pack as they were before they named any requests. */
const withoutRequests = GRPC.metrics.map(({ query, analysisConfigurations, ...metric }) => {
  const { denominator: _d, traffic: _t, ...own } = query ?? { type: '', serviceType: '' };
  const { valuesAre: _v, ...canary } = (analysisConfigurations?.canary ?? {}) as Record<string, unknown>;
  return { ...metric, query: own, analysisConfigurations: { canary } };
});

/** Of so many canaries, the share with each verdict. */
async function verdicts(trials: number, canary: Canary, metrics: readonly CanaryMetricConfig[] = GRPC.metrics) {
  const shares = { Pass: 0, Marginal: 0, Fail: 0 };
  const groups = new Set(metrics.flatMap((metric) => metric.groups ?? []));
  const groupWeights = groups.has('traffic') ? GRPC.classifier.groupWeights : { errors: 57, latency: 43 };
  for (let trial = 0; trial < trials; trial++) {
    const canaryConfig = { judge: { judgeConfigurations: {} }, metrics: [...metrics], classifier: { groupWeights } };
    const metricSetPairList = metrics.map(pairsOf(trial, canary));
    const scoreThresholds = { pass: 95, marginal: 75 };
    const { score } = await haldane.judge({ canaryConfig, scoreThresholds, metricSetPairList }, signal);
    shares[score.classification as keyof typeof shares] += 1 / trials;
  }
  return shares;
}

const SOUND = { points: 12, requests: 1000, errors: 0.01 };

it('of sound canaries of 12 points with 1 % of errors a tenth is Marginal, where two thirds were before packs named requests', async () => {
  const { Marginal, Fail } = await verdicts(300, SOUND);
  expect(Fail).toBeLessThanOrEqual(0.05);
  expect(Marginal).toBeLessThanOrEqual(0.12);
  expect((await verdicts(100, SOUND, withoutRequests)).Marginal).toBeGreaterThan(0.5);
});

it.each([
  [12, 1000, 0.001, 0.1],
  [12, 1000, 0.0001, 0.1],
  [12, 100, 0.01, 0.1],
  [60, 1000, 0.01, 0.03],
  [60, 1000, 0.0001, 0.1],
])('nor of %i points with %i requests each and a share of %f errors', async (points, requests, errors, most) => {
  const { Marginal, Fail } = await verdicts(100, { points, requests, errors });
  expect(Fail).toBeLessThanOrEqual(0.05);
  expect(Marginal).toBeLessThanOrEqual(most);
});

it('a canary with a tenth of the traffic is as sound, and its harm is found', async () => {
  const tenth = { points: 60, requests: 10_000, share: 0.1, errors: 0.01 };
  const { Marginal, Fail } = await verdicts(100, tenth, GRPC.metrics.slice(0, 2));
  expect(Marginal).toBeLessThanOrEqual(0.05);
  expect(Fail).toBeLessThanOrEqual(0.05);
  expect((await verdicts(30, { ...tenth, worse: 2 }, GRPC.metrics.slice(0, 2))).Fail).toBeGreaterThan(0.95);
  expect((await verdicts(30, { ...tenth, slower: 1.3 }, GRPC.metrics.slice(0, 2))).Fail).toBeGreaterThan(0.95);
});

it('of worse canaries none passes: errors doubled at 12 points, or slower with requests too few for a percentile', async () => {
  expect((await verdicts(60, { ...SOUND, worse: 2 })).Fail).toBeGreaterThan(0.9);
  expect((await verdicts(60, { ...SOUND, slower: 1.3 })).Fail).toBeGreaterThan(0.9);
  // 40 requests a minute on both sides are too few for a p95 against many, but not against as few.
  expect((await verdicts(60, { ...SOUND, requests: 40, slower: 1.5 })).Pass).toBeLessThan(0.1);
  const few = { points: 60, requests: 1000, share: 0.04, errors: 0.01, slower: 1.5 };
  expect((await verdicts(30, few, GRPC.metrics.slice(0, 2))).Pass).toBeLessThan(0.05);
});
