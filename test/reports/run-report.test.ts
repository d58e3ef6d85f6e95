import { beforeAll, describe, expect, it } from 'vitest';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import { CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { STANDINGS } from '../../src/reports/metric-report.ts';
import { RunReport, reportRun } from '../../src/reports/run-report.ts';
import { sampleConfig } from '../support/samples/report-samples.ts';
import { SAMPLE_ACCOUNTS, samplePairs, sampleReport, sampleRun } from '../support/samples/sample-run.ts';

let report: RunReport;
beforeAll(async () => {
  report = await sampleReport(20, 60);
});
const named = (name: string) => report.metrics.find((metric) => metric.name === name);

describe('the report of a judged run', () => {
  it('says what its schema promises, also after a journey as JSON', () => {
    const sent = JSON.parse(toWireJson(report));
    const { error, data } = RunReport.safeParse(sent);
    expect(error).toBeUndefined();
    expect(JSON.parse(toWireJson(data?.metrics))).toEqual(sent.metrics);
  });

  it('lists what matters first, and names the metrics in that order', () => {
    const standings = report.metrics.map(({ standing }) => STANDINGS.indexOf(standing));
    expect(standings).toEqual(standings.toSorted((one, other) => one - other));
    expect(report.metrics.map(({ anchor }) => anchor)).toEqual(report.metrics.map((_, index) => `m${index + 1}`));
    expect(report.metrics.map(({ standing }) => standing)).toEqual(
      expect.arrayContaining(['failure', 'no data', 'pass', 'muted']),
    );
  });

  it('tells the verdict, and which metrics decided, without those that are muted', () => {
    expect(report).toMatchObject({ verdict: 'Marginal', score: 77.5 });
    expect(report.headline).toBe(
      '3 of 19 metrics failed: “failed requests” 0.418 → 0.786 % (+88 %), “latency, 95th percentile” 243 → 299 ms ' +
        '(+23 %), “cache hits” 92.2 → 89.5 % (−3 %). 1 had no data. 18 of 19 metrics could be judged.',
    );
  });

  it('names failures by what they cost the score, which adds up to what is missing', () => {
    const costs = report.metrics.map(({ cost = 0 }) => cost).filter((cost) => cost > 0);
    expect(costs).toEqual(costs.toSorted((one, other) => other - one));
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(100 - (report.score ?? 0), 2);
  });

  it('says what a pass needs, which judged so passes, and not without one of them', async () => {
    const { metrics: needed, score } = report.passNeeds ?? { metrics: [], score: 0 };
    expect(needed).toEqual(['failed requests', 'latency, 95th percentile']);
    const without = (names: readonly string[]) =>
      sampleReport(20, 60, {
        pairs: samplePairs(20, 60).map((pair) =>
          names.includes(pair.name) ? { ...pair, values: { ...pair.values, experiment: pair.values.control } } : pair,
        ),
      });
    expect(await without(needed)).toMatchObject({ score, verdict: 'Pass' });
    for (const name of needed) expect((await without([name])).verdict).toBe('Marginal');
    expect((await without([...needed, 'cache hits'])).passNeeds).toBeUndefined();
  });

  it('shows the estimate that the interval is of, and the means beside it', () => {
    for (const { effect, result } of report.metrics) {
      const { ratioEstimate } = result?.evidence ?? {};
      if (effect === undefined || ratioEstimate === undefined) continue;
      const { control, experiment } = {
        control: result?.controlMetadata.stats,
        experiment: result?.experimentMetadata.stats,
      };
      expect(effect.change).toBeCloseTo(ratioEstimate - 1, 12);
      expect(effect.ofMeans).toBeCloseTo((experiment?.mean ?? 0) / (control?.mean ?? 0) - 1, 12);
      expect(effect.lower ?? -1).toBeLessThanOrEqual(effect.change);
      expect(effect.upper ?? 1e9).toBeGreaterThanOrEqual(effect.change);
    }
  });

  it('counts a metric of which the judge says nothing as one that could not be judged, and names it', async () => {
    const { run, pairs } = await sampleRun(20, 60);
    const saying = (results: CanaryJudgeResult['results']) => {
      const judgeResult = { ...(run.result?.judgeResult as CanaryJudgeResult), results };
      return reportRun({ run: { ...run, result: { ...run.result, judgeResult } } as typeof run, pairs });
    };
    const results = run.result?.judgeResult.results ?? [];
    const told = await saying(results.filter(({ name }) => name !== 'failed requests'));
    expect(told.headline).toContain('The judge says nothing of “failed requests”.');
    expect(told.coverage).toMatchObject({ judged: 17, of: 19, text: '17 of 19 metrics could be judged' });
    const { headline } = await saying([]);
    expect(headline).toContain('0 of 19 metrics could be judged');
    expect(headline).not.toContain('failed.');
  });

  it('has the series of each metric as they were judged, what was asked, and where to look at it', () => {
    const pairs = samplePairs(20, 60);
    for (const { name, series, queries } of report.metrics) {
      const pair = pairs.find((candidate) => candidate.name === name);
      expect(series).toMatchObject({ ...pair?.values, stepMillis: 60_000 });
      expect(queries.control?.text).toBe(pair?.attributes?.control?.query);
      expect(queries.experiment?.link).toMatch(/^http:\/\/prometheus\.test:9090\/prometheus\/graph\?g0\.expr=/);
    }
  });

  it('tells what makes data less believable', () => {
    expect(named('orders placed')?.quality).toEqual(['Canary misses 9 of 60 points.']);
    expect(named('fraud checks')?.quality).toEqual(['Canary has no data at all.']);
    expect(named('threads')?.quality).toEqual(['Baseline is 64 throughout.', 'Canary is 64 throughout.']);
  });

  it('has no change where a side has no data', () => {
    expect(named('fraud checks')?.effect).toBeUndefined();
    expect(named('latency, 95th percentile')?.effect).toMatchObject({ allowed: { increase: expect.closeTo(0.1) } });
  });

  it('shares the weights as the judge does, the heaviest group first', () => {
    expect(report.groups.map(({ name, weight }) => [name, weight])).toEqual([
      ['errors', 35],
      ['latency', 30],
      ['business', 15],
      ['resources', 10],
      ['traffic', 10],
    ]);
    expect(report.groups[0]).toMatchObject({ passed: 2, counted: 3 });
  });
});

/** The config with another setting of one metric. */
function withSetting(config: CanaryConfig, name: string, change: (canary: Record<string, unknown>) => object) {
  const metrics = config.metrics?.map((metric) => {
    const canary = metric.analysisConfigurations?.canary as Record<string, unknown>;
    return metric.name === name ? { ...metric, analysisConfigurations: { canary: change(canary) } } : metric;
  });
  return { ...config, metrics: metrics ?? [] };
}

describe('what would have changed the verdict', () => {
  it.each(['NetflixACAJudge-v1.0', 'WelchTJudge-v1.0', 'MannWhitneyJudge-v1.0'])(
    'of %s on a metric is true: judged again with what it names, the metric passes',
    async (judge) => {
      const config = sampleConfig(20, { judge: { name: judge, judgeConfigurations: {} } });
      const failures = (await sampleReport(20, 60, { config })).metrics.filter(
        ({ standing }) => standing === 'failure',
      );
      expect(failures.length).toBeGreaterThan(2);
      for (const { name, whatIf, classification } of failures) {
        const [, limit, value] = /effectSize\.(\w+) were (?:above|below) ([\d.]+);/.exec(whatIf.join(' ')) ?? [];
        const past = Number(value) + (classification === 'High' ? 1e-9 : -1e-9);
        const allow = (canary: Record<string, unknown>) => ({ ...canary, effectSize: { [limit ?? '']: past } });
        const again = await sampleReport(20, 60, { config: withSetting(config, name, allow) });
        expect(again.metrics.find((metric) => metric.name === name)).toMatchObject({ name, standing: 'pass' });
      }
    },
  );

  it('is left out for results that were stored before judges said it, whose rule has its name alone', async () => {
    const { run, pairs } = await sampleRun(20, 60);
    const { judgeResult } = run.result as NonNullable<typeof run.result>;
    const results = judgeResult.results.map((result) => {
      const {
        rule: _rule,
        wouldPass: _wouldPass,
        ...evidence
      } = result.evidence as NonNullable<typeof result.evidence>;
      return { ...result, evidence };
    });
    const old = CanaryJudgeResult.parse(JSON.parse(toWireJson({ ...judgeResult, results })));
    const { metrics, scoresWithout } = await reportRun({ run: { ...run, result: { judgeResult: old } }, pairs });
    expect(metrics.flatMap(({ whatIf }) => whatIf)).toEqual([]);
    expect(metrics.every(({ reason }) => reason !== '')).toBe(true);
    expect(scoresWithout).toEqual(report.scoresWithout);
  });

  it('on the score is true: without the failure the judge gives the score it names', async () => {
    expect(report.scoresWithout.map(({ score }) => score)).toEqual([89.17, 85, 80.83]);
    for (const { metric, score, verdict } of report.scoresWithout) {
      const pairs = samplePairs(20, 60).map((pair) =>
        pair.name === metric ? { ...pair, values: { ...pair.values, experiment: pair.values.control } } : pair,
      );
      expect(await sampleReport(20, 60, { pairs })).toMatchObject({ score, verdict });
    }
  });

  it('is not told of the score of a judge that reckons otherwise', async () => {
    const { run, pairs } = await sampleRun(20, 60);
    const { judgeResult } = run.result as NonNullable<typeof run.result>;
    const other = { ...judgeResult, score: { ...judgeResult.score, score: 12 } };
    const parts = { run: { ...run, result: { judgeResult: other } }, pairs };
    expect((await reportRun(parts)).scoresWithout).toEqual([]);
  });

  it('of a critical failure says that it fails the whole canary', async () => {
    const config = withSetting(sampleConfig(5), 'failed requests', (canary) => ({
      ...canary,
      effectSize: { allowedIncrease: 1.2, criticalIncrease: 1.5 },
      critical: true,
    }));
    const critical = await sampleReport(5, 60, { config });
    expect(critical).toMatchObject({ score: 0, verdict: 'Fail' });
    expect(critical.headline).toBe(
      'A critical metric failed, which fails the canary: “failed requests” 0.418 → 0.786 % (+88 %). Also failed: ' +
        '“latency, 95th percentile” 243 → 299 ms (+23 %). 5 of 5 metrics could be judged.',
    );
    expect(critical.metrics[0]).toMatchObject({ name: 'failed requests', standing: 'critical failure' });
    expect(critical.metrics[0]?.whatIf.at(-1)).toBe(
      'It would be a plain failure, and not fail the whole canary, if it were not critical.',
    );
  });
});

describe('the report of a run without a verdict', () => {
  const failed = async (): Promise<CanaryExecutionStatusResponse> => {
    const { run } = await sampleRun(2, 60);
    const { result: _, ...rest } = run;
    const fetch = { waitedMillis: 0, attempts: 1, millis: 30 };
    return {
      ...rest,
      status: 'terminal',
      stageStatus: {
        setupContext: 'succeeded',
        fetchControl0: 'terminal',
        fetchControl1: 'terminal',
        judge: 'not_started',
      },
      exception: {
        timestamp: 0,
        exceptionType: 'METRICS_QUERY_REJECTED',
        operation: 'prometheusFetch',
        details: { error: 'Unexpected Task Failure', errors: ['parse error'], stackTrace: '' },
        shouldRetry: false,
      },
      fetchReport: [
        {
          ...fetch,
          stage: 'fetchControl0',
          metric: 'a',
          side: 'control',
          lastError: 'EXECUTION_CANCELED: nobody waits',
        },
        {
          ...fetch,
          stage: 'fetchControl1',
          metric: 'b',
          side: 'control',
          lastError: 'METRICS_QUERY_REJECTED: parse error',
        },
      ],
    };
  };

  it('puts the metric first that ended it, not those that were called back', async () => {
    const planned = [{ metricIndex: 1, side: 'control' as const, text: 'rate(x[1m])' }];
    const { metrics, headline, failure } = await reportRun({
      run: await failed(),
      pairs: [],
      linkTo: SAMPLE_ACCOUNTS.linkTo,
      planned,
    });
    expect(headline).toBe('The run ended without a verdict.');
    expect(failure).toEqual({ operation: 'prometheusFetch', code: 'METRICS_QUERY_REJECTED', message: 'parse error' });
    expect(metrics.map(({ name, standing, reason }) => [name, standing, reason])).toEqual([
      ['latency, median', 'error', 'METRICS_QUERY_REJECTED: parse error'],
      ['latency, 95th percentile', 'not judged', ''],
    ]);
    expect(metrics[0]?.queries.control?.text).toBe('rate(x[1m])');
  });

  it('tells how far it is, the stages of one kind together', async () => {
    const { progress } = await reportRun({ run: await failed(), pairs: [] });
    expect(progress).toEqual([
      { name: 'Set up', done: 1, total: 1, status: 'succeeded' },
      { name: 'Fetch baseline', done: 0, total: 2, status: 'terminal' },
      { name: 'Judge', done: 0, total: 1, status: 'not_started' },
    ]);
  });
});
