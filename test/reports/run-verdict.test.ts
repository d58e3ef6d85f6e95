import { beforeAll, describe, expect, it } from 'vitest';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import type { CanaryAnalysisResult, CanaryJudgeScore } from '../../src/domain/canary-judge-result.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { VerdictReport } from '../../src/domain/verdict-report.ts';
import { verdictOfRun } from '../../src/reports/run-verdict.ts';
import { SAMPLE_START, sampleConfig } from '../support/samples/report-samples.ts';
import { samplePairs, sampleRun } from '../support/samples/sample-run.ts';

const context = { nowMillis: SAMPLE_START + 60_000, address: 'https://haldane.example.com' };
const verdictOf = async (run: CanaryExecutionStatusResponse) =>
  VerdictReport.strict().parse(await verdictOfRun(run, context));
let sample: CanaryExecutionStatusResponse;
beforeAll(async () => {
  sample = (await sampleRun(20, 60)).run;
});

const STATS = { count: 30, mean: 2, min: 1, std: 1, max: 3 };
const EMPTY = { count: 0, mean: 0, min: 0, std: 0, max: 0 };

function resultOf(name: string, changes: Partial<CanaryAnalysisResult> = {}): CanaryAnalysisResult {
  const stats = { experimentMetadata: { stats: STATS }, controlMetadata: { stats: STATS } };
  return { name, classification: 'Pass', critical: false, muted: false, groups: [], ...stats, ...changes };
}

/** A run judged with these results. */
function judged(results: readonly CanaryAnalysisResult[], score: Partial<CanaryJudgeScore>) {
  const names = [...new Set(results.map(({ name }) => name))];
  const judgeResult = {
    judgeName: 'any',
    groupScores: [],
    results: [...results],
    score: { score: 100, classification: 'Pass', classificationReason: '', ...score },
  };
  return { ...sample, config: { ...sample.config, metrics: names.map((name) => ({ name })) }, result: { judgeResult } };
}

const silentSide = { experimentMetadata: { stats: EMPTY } };
const nodata = (name: string, changes: Partial<CanaryAnalysisResult> = {}) =>
  resultOf(name, { classification: 'Nodata', ...silentSide, ...changes });

describe('the verdict of a run', () => {
  it('has every field when it has ended', async () => {
    expect(await verdictOf(sample)).toEqual({
      verdict: 'marginal',
      done: true,
      score: 77.5,
      thresholds: { pass: 95, marginal: 75 },
      reason:
        'Score 77.5 is marginal (95 is needed to pass): 3 of 19 metrics failed: “failed requests” 0.418 → 0.786 % ' +
        '(+88 %), “latency, 95th percentile” 243 → 299 ms (+23 %), “cache hits” 92.2 → 89.5 % (−3 %); 18 of 19 ' +
        'metrics could be judged.',
      failed: ['failed requests', 'latency, 95th percentile', 'cache hits'],
      counted: 18,
      metrics: 20,
      progress: 1,
      secondsLeft: 0,
      links: { report: 'https://haldane.example.com/reports/a-run' },
    });
  });

  it.each([
    ['of a run that nobody has taken up', { status: 'not_started', stageStatus: { setupContext: 'not_started' } }],
    ['of a run under way', { status: 'running', stageStatus: { setupContext: 'succeeded', judge: 'not_started' } }],
  ] as const)('has every field from the first second on, %s', async (_, changes) => {
    const later = { buildTimeMillis: SAMPLE_START + 3_600_000 };
    const { result: _result, ...run } = { ...sample, ...changes, ...later, complete: false };
    const { progress, reason, ...fixed } = await verdictOf(run);
    expect(fixed).toEqual({
      verdict: 'running',
      done: false,
      score: null,
      thresholds: { pass: 95, marginal: 75 },
      failed: [],
      counted: 0,
      metrics: 20,
      secondsLeft: null,
      links: { report: 'https://haldane.example.com/reports/a-run' },
    });
    expect(progress).toBe(changes.status === 'running' ? 0.5 : 0);
    expect(reason).toMatch(/^The run is under way.*\.$/);
  });

  it('says how long a run waits for its window', async () => {
    const waitsUntilMillis = SAMPLE_START + 600_000;
    const { result: _, ...run } = { ...sample, complete: false, status: 'not_started' as const, waitsUntilMillis };
    expect(await verdictOf(run)).toMatchObject({
      verdict: 'running',
      reason: 'The run waits until 2026-01-01 12:10 UTC for the window to end.',
      progress: 0.09,
      secondsLeft: 540,
    });
  });

  it('is `error`, never `pass` or `fail`, where the run could not be judged, and says why', async () => {
    const details = { error: 'Timeout', errors: ['prom did not answer within 30 s.'], stackTrace: '' };
    const exception = { timestamp: 1, exceptionType: 'TIMEOUT', operation: 'prometheusFetch', details };
    const { result: _, ...run } = { ...sample, status: 'terminal' as const };
    expect(await verdictOf({ ...run, exception: { ...exception, shouldRetry: false } })).toMatchObject({
      verdict: 'error',
      done: true,
      score: null,
      reason: 'The run could not be judged: prom did not answer within 30 s.',
    });
    expect(await verdictOf(run)).toMatchObject({ verdict: 'error', score: null });
    expect(await verdictOf({ ...run, status: 'canceled' })).toMatchObject({ verdict: 'canceled', score: null });
  });

  it('is `error` where a judge gives no number, or a verdict nobody knows', async () => {
    expect(await verdictOf(judged([resultOf('a')], { score: Number.NaN }))).toMatchObject({ verdict: 'error' });
    expect(await verdictOf(judged([resultOf('a')], { classification: 'Splendid' }))).toMatchObject({
      verdict: 'error',
      score: null,
    });
  });
});

describe('a verdict over nothing', () => {
  const overNothing = { done: true, score: null };

  it('is `nodata`, and has no score that a condition could let pass', async () => {
    const results = [nodata('a'), nodata('b')];
    expect(await verdictOf(judged(results, {}))).toMatchObject({
      ...overNothing,
      verdict: 'nodata',
      reason: 'No data from the canary (2 of 2 metrics); the baseline has data; nothing can be said of the canary.',
      counted: 0,
    });
    const failure = { score: 0, classification: 'Fail', classificationReason: 'Canary Failed: 50% or more' };
    expect(await verdictOf(judged(results, failure))).toMatchObject({ ...overNothing, verdict: 'nodata' });
    expect(await verdictOf(judged([], {}))).toMatchObject({ ...overNothing, verdict: 'nodata' });
  });

  it('is `nodata` where half the metrics have no data and none of the others failed', async () => {
    const half = judged([resultOf('a'), nodata('b')], { score: 0, classification: 'Fail' });
    expect(await verdictOf(half)).toMatchObject({
      ...overNothing,
      verdict: 'nodata',
      reason: 'Only 1 of 2 metrics could be judged; nothing can be said of the canary.',
      counted: 1,
    });
  });

  it.each([
    ['must have data', 'NodataFailMetric', false],
    ['is critical', 'Nodata', true],
  ] as const)('is `fail` where the config says so, of a metric that %s', async (_, classification, critical) => {
    const results = [nodata('a', { classification, critical })];
    expect(await verdictOf(judged(results, { score: 0, classification: 'Fail' }))).toMatchObject({
      verdict: 'fail',
      score: 0,
      failed: ['a'],
      reason: expect.stringContaining('“a” has no data'),
    });
  });

  it('is `fail` where the weights of the config leave too little, though no metric failed', async () => {
    const run = judged([resultOf('a')], { score: 50, classification: 'Fail' });
    expect(await verdictOf(run)).toMatchObject({ verdict: 'fail', score: 50, failed: [] });
  });

  it('counts no muted metric', async () => {
    const run = judged([resultOf('a'), resultOf('b', { muted: true })], {});
    expect(await verdictOf(run)).toMatchObject({ verdict: 'pass', counted: 1, metrics: 2 });
  });
});

describe('the limits of the score', () => {
  it.each([
    [95, 'Pass', 'pass'],
    [94.99, 'Marginal', 'marginal'],
    [75, 'Marginal', 'marginal'],
    [74.99, 'Fail', 'fail'],
  ])('%d is %s to the judge and `%s` here', async (score, classification, verdict) => {
    expect(await verdictOf(judged([resultOf('a')], { score, classification }))).toMatchObject({ verdict, score });
  });
});

/** The sample metrics as HaldaneJudge judges them. */
async function byHaldane(canary: (index: number) => object, pairs: MetricSetPair[], settings = {}) {
  const base = sampleConfig(pairs.length, { judge: { name: 'HaldaneJudge-v1.0', judgeConfigurations: settings } });
  const metrics = base.metrics?.map((metric, index) => ({
    ...metric,
    analysisConfigurations: { canary: canary(index) },
  }));
  return verdictOf((await sampleRun(pairs.length, 60, { config: { ...base, metrics } as CanaryConfig, pairs })).run);
}

const alike = (pair: MetricSetPair) => ({
  ...pair,
  values: { control: pair.values.control ?? [], experiment: pair.values.control ?? [] },
});
const rising = { direction: 'increase' };

describe('the verdict of HaldaneJudge', () => {
  it('is the same here: what it flags fails, what it does not passes', async () => {
    const pairs = samplePairs(5, 60);
    const flagged = await byHaldane(() => rising, pairs);
    expect(flagged).toMatchObject({ verdict: 'fail', failed: expect.arrayContaining(['failed requests']) });
    expect(flagged.score).toBeLessThan(75);
    expect(await byHaldane(() => rising, pairs.map(alike))).toMatchObject({ verdict: 'pass', failed: [] });
  });

  it('is `marginal` where a critical metric is inconclusive', async () => {
    const [one, ...others] = samplePairs(4, 60).map(alike) as [MetricSetPair, ...MetricSetPair[]];
    const random = (index: number) => 1 + 0.9 * Math.sin(index * 12.9898);
    const noisy = {
      ...one,
      values: {
        control: Array.from({ length: 60 }, (_, index) => random(index)),
        experiment: Array.from({ length: 60 }, (_, index) => random(index + 1000)),
      },
    };
    const critical = (index: number) => (index === 0 ? { ...rising, importance: 'critical' } : rising);
    const verdict = await byHaldane(critical, [noisy, ...others]);
    expect(verdict).toMatchObject({ verdict: 'marginal', reason: expect.stringContaining('inconclusive: “latency') });
    expect(verdict.score).toBeLessThan(95);
    const alone = await byHaldane(critical, [noisy]);
    expect(alone).toMatchObject({ verdict: 'marginal', counted: 0 });
  });

  it('is `nodata` where the canary is silent, and `fail` where a metric of the config must have data', async () => {
    const silent = samplePairs(4, 60).map((pair) => ({
      ...pair,
      values: { ...pair.values, experiment: (pair.values.control ?? []).map(() => Number.NaN) },
    }));
    expect(await byHaldane(() => rising, silent)).toMatchObject({ verdict: 'nodata', score: null });
    const required = await byHaldane(() => ({ ...rising, mustHaveData: true }), silent);
    expect(required).toMatchObject({ verdict: 'fail', score: 0 });
  });
});

describe('the size of a verdict', () => {
  it.each([
    ['letters', 'latency of the checkout '],
    ['signs of four bytes', '🐤'],
    ['signs that JSON escapes', '"\\\n'],
    ['no blanks', 'a'],
  ])('is below 2 KB with 1,000 metrics whose names are 500 characters of %s', async (_, part) => {
    const names = Array.from({ length: 1000 }, (_name, index) => `${index} ${part.repeat(500)}`.slice(0, 500));
    const results = names.map((name) => resultOf(name, { classification: 'High', critical: true }));
    const reason = `Canary Failed: ${names.join(', ')}`;
    const run = judged(results, { score: 0, classification: 'Fail', classificationReason: reason });
    const addresses = [context.address, `http://${'a'.repeat(5000)}`];
    const long = ['a-run', 'é'.repeat(256)].flatMap((pipelineId) =>
      addresses.map((address) => ({ pipelineId, address })),
    );
    for (const { pipelineId, address } of long) {
      const verdict = await verdictOfRun({ ...run, pipelineId }, { ...context, address });
      expect(Buffer.byteLength(JSON.stringify(verdict))).toBeLessThan(2000);
      expect(verdict).toMatchObject({ verdict: 'fail', counted: 1000, metrics: 1000 });
      expect(verdict.failed).toHaveLength(10);
      for (const name of verdict.failed) expect(name).toMatch(/^\d.*…$/);
      expect(JSON.stringify(verdict)).not.toContain('\ufffd');
    }
  });

  it('cuts at whole words', async () => {
    const name = 'requests of the checkout '.repeat(20).trim();
    const { failed, reason } = await verdictOf(
      judged([resultOf(name, { classification: 'High' })], { score: 0, classification: 'Fail' }),
    );
    expect(failed).toEqual(['requests of the checkout requests of the checkout requests of the…']);
    expect(reason).toContain('“requests of the checkout requests of the checkout requests of the checkout…”');
  });
});
