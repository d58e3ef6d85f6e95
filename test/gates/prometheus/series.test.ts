import { describe, expect, it } from 'vitest';
import { createPrometheusApi } from '../../../gates/prometheus/index.ts';
import type { RunSource } from '../../../gates/prometheus/run-source.ts';
import type { PrometheusAsked } from '../../../src/domain/prometheus-api.ts';
import { fakeRuns, NOW, type RunSketch, resultOf } from './fake-runs.ts';

const PASS = { verdict: 'Pass', score: 97 } as const;
const FAIL = { verdict: 'Fail', score: 40 } as const;

function apiOf(source: RunSource) {
  return createPrometheusApi({ source, now: () => NOW, version: '0.0.0' });
}

function asked(parameters: string | Record<string, string>, applications?: readonly string[]): PrometheusAsked {
  return { parameters: new URLSearchParams(parameters), applications };
}

/** The series of an instant query, as `name{labels} value`, without the labels that all runs have. */
async function ask(source: RunSource, query: string, parameters: Record<string, string> = {}): Promise<string[]> {
  const { data } = await apiOf(source).query(asked({ query, ...parameters }));
  const { result } = data as { result: { metric: Record<string, string>; value: [number, string] }[] };
  return result.map(({ metric: { __name__: name = '', ...labels }, value }) => {
    const usual: Record<string, string> = { application: 'shop', config: 'checkout', canary: 'v2', baseline: 'v1' };
    const own = Object.entries(labels).filter(([label, text]) => usual[label] !== text);
    return `${name}{${own.map(([label, text]) => `${label}="${text}"`).join(',')}} ${value[1]}`;
  });
}

describe('a run', () => {
  it('has its score, verdict and thresholds for five minutes after its end', async () => {
    const runs = fakeRuns({ began: 9, ended: 3, ...PASS });
    expect(await ask(runs, '{__name__=~"haldane_(score|verdict|verdict_code|.*threshold|run_.*)"}')).toEqual([
      'haldane_score{} 97',
      'haldane_verdict{verdict="pass"} 1',
      'haldane_verdict_code{} 2',
      'haldane_pass_threshold{} 95',
      'haldane_marginal_threshold{} 75',
      'haldane_run_done{} 1',
      'haldane_run_info{run="run-0",config_id="id-of-checkout"} 1',
    ]);
    expect(await ask(fakeRuns({ began: 9, ended: 5, ...PASS }), 'haldane_score')).toEqual([]);
    expect(
      await ask(fakeRuns({ began: 9, ended: 5, ...PASS }), 'haldane_score', { lookback_delta: '6m' }),
    ).toHaveLength(1);
  });

  it('has no score and no verdict while it goes, and neither has the run before it', async () => {
    const runs = fakeRuns({ began: 9, ended: 3, ...PASS }, { began: 2 });
    for (const query of [
      'haldane_score',
      'last_over_time(haldane_score[1d])',
      'haldane_verdict',
      'haldane_verdict_code',
    ]) {
      expect(await ask(runs, query)).toEqual([]);
    }
    expect(await ask(runs, 'haldane_run_done')).toEqual(['haldane_run_done{} 0']);
  });

  const nothing: [string, RunSketch, string][] = [
    ['failed', { began: 2, ended: 1, status: 'terminal' }, 'error'],
    ['was canceled', { began: 2, ended: 1, status: 'canceled' }, 'canceled'],
    ['passed over nothing', { began: 2, ended: 1, ...PASS, overNothing: true }, 'nodata'],
    [
      'passed over nothing, of an older version',
      { began: 2, ended: 1, ...PASS, overNothing: undefined, told: 'nodata' },
      'nodata',
    ],
    ['failed because a side was silent', { began: 2, ended: 1, ...FAIL, told: 'nodata' }, 'nodata'],
    ['is gone before it was read', { began: 2, ended: 1, score: 99 }, 'error'],
    ['has a verdict that nobody knows', { began: 2, ended: 1, verdict: 'Perhaps', score: 99, told: 'error' }, 'error'],
  ];
  it.each(nothing)('that %s has no score, and neither has the pass before it', async (_what, run, verdict) => {
    const runs = fakeRuns({ began: 4, ended: 3, ...PASS }, run);
    for (const query of ['haldane_score', 'last_over_time(haldane_score[1d])', 'haldane_verdict_code']) {
      expect(await ask(runs, query)).toEqual([]);
    }
    expect(await ask(runs, 'haldane_verdict')).toEqual([`haldane_verdict{verdict="${verdict}"} 1`]);
    expect(await ask(runs, 'last_over_time(haldane_verdict{verdict="pass"}[1d])')).toEqual([]);
    expect(await ask(runs, 'haldane_run_done')).toEqual(['haldane_run_done{} 1']);
  });

  it('of an older version that was judged passes', async () => {
    const runs = fakeRuns({ began: 2, ended: 1, ...PASS, overNothing: undefined });
    expect(await ask(runs, 'haldane_verdict_code')).toEqual(['haldane_verdict_code{} 2']);
  });

  it('is a series of its own where application, config, canary or place differ', async () => {
    const runs = fakeRuns(
      { began: 4, ended: 3, ...PASS },
      { began: 4, ended: 3, ...FAIL, canary: 'v3' },
      { began: 4, ended: 3, ...FAIL, location: 'eu' },
      { began: 4, ended: 3, ...FAIL, application: 'other' },
    );
    expect(await ask(runs, 'haldane_score{application="shop"}')).toEqual([
      'haldane_score{} 97',
      'haldane_score{canary="v3"} 40',
      'haldane_score{location="eu"} 40',
    ]);
    expect(await ask(runs, 'haldane_score{location=""} < 75')).toEqual([
      'haldane_score{canary="v3"} 40',
      'haldane_score{application="other"} 40',
    ]);
  });

  it('shows its metrics, and reads the results of the newest runs alone', async () => {
    const result = resultOf({ p50: 1, p99: 1.5 });
    const runs = fakeRuns({ began: 4, ended: 3, ...PASS, result }, { began: 2, ended: 1, ...FAIL, result });
    expect(await ask(runs, 'haldane_metric_effect_ratio{metric="p99"}')).toEqual([
      'haldane_metric_effect_ratio{metric="p99",tags="zone=a"} 1.5',
    ]);
    expect(runs.reads).toEqual(['run-1']);
    runs.reads.length = 0;
    await ask(runs, 'last_over_time(haldane_group_score[1h])');
    expect(runs.reads).toEqual(['run-1']);
    expect(await ask(runs, 'haldane_metric_classification{classification!="Pass"}')).toEqual([
      'haldane_metric_classification{metric="p99",tags="zone=a",classification="High"} 1',
    ]);
    expect(await ask(runs, 'haldane_group_score')).toEqual(['haldane_group_score{group="latency"} 50']);
    runs.reads.length = 0;
    await ask(runs, 'haldane_score');
    expect(runs.reads).toEqual([]);
  });

  it('is counted with those before it', async () => {
    const runs = fakeRuns(
      { began: 40, ended: 39, ...PASS },
      { began: 30, ended: 29, ...PASS },
      { began: 2, ended: 1, ...FAIL },
    );
    expect(await ask(runs, 'count_over_time(haldane_verdict{verdict="pass"}[1h])')).toEqual(['{verdict="pass"} 2']);
    expect(await ask(runs, 'count_over_time(haldane_verdict{verdict="pass"}[35m])')).toEqual(['{verdict="pass"} 1']);
  });
});

describe('an expression', () => {
  const runs = fakeRuns(
    { began: 4, ended: 3, ...PASS },
    { began: 4, ended: 3, ...FAIL, canary: 'v3' },
    { began: 4, ended: 3, verdict: 'Marginal', score: 80, application: 'other' },
  );

  it.each([
    ['vector(1)', ['{} 1']],
    ['haldane_score * 2', ['{} 194', '{canary="v3"} 80', '{application="other"} 160']],
    ['haldane_score >= 80', ['haldane_score{} 97', 'haldane_score{application="other"} 80']],
    ['80 > bool haldane_score', ['{} 0', '{canary="v3"} 1', '{application="other"} 0']],
    ['haldane_score >= haldane_pass_threshold', ['haldane_score{} 97']],
    ['haldane_score - haldane_pass_threshold', ['{} 2', '{canary="v3"} -55', '{application="other"} -15']],
    ['min by (application) (haldane_score)', ['{} 40', '{application="other"} 80']],
    ['max without (canary, baseline, config) (haldane_score)', ['{} 97', '{application="other"} 80']],
    ['sum(haldane_score)', ['{} 217']],
    ['avg by (config) (haldane_score)', [`{} ${217 / 3}`]],
    ['count(haldane_score > 50)', ['{} 2']],
    ['absent(haldane_score{canary="v9",application=~"x"})', ['{canary="v9"} 1']],
    ['absent(haldane_score)', []],
    ['-haldane_score{canary="v3"}', ['{canary="v3"} -40']],
    ['haldane_score unless haldane_verdict_code == 0', ['haldane_score{} 97', 'haldane_score{application="other"} 80']],
    ['haldane_score and haldane_verdict_code == 2', ['haldane_score{} 97']],
    ['haldane_score{canary="v9"} or vector(0)', ['{} 0']],
    ['haldane_score{canary="v3"} / 0', ['{canary="v3"} +Inf']],
    ['vector(scalar(haldane_score))', ['{} NaN']],
    ['vector(scalar(haldane_score{canary="v3"}) + 1)', ['{} 41']],
    ['haldane_score{canary=~"v2|v9",application!~"o.*"}', ['haldane_score{} 97']],
    ['haldane_score offset 5m', []],
    ['haldane_score{canary="v3"} offset 1m', ['haldane_score{canary="v3"} 40']],
    ['haldane_scored', []],
    ['up', []],
  ])('%s', async (query, answer) => {
    expect(await ask(runs, query)).toEqual(answer);
  });

  it('of numbers is a scalar', async () => {
    const { data } = await apiOf(runs).query(asked({ query: '1+1' }));
    expect(data).toEqual({ resultType: 'scalar', result: [NOW / 1000, '2'] });
  });

  it('that matches several series to one is refused', async () => {
    const query = 'haldane_score / on (application) haldane_pass_threshold';
    await expect(ask(runs, query)).rejects.toThrow(
      'several series on the right have the labels {"application":"shop"}',
    );
    await expect(ask(runs, 'haldane_score{canary=~"("}')).rejects.toThrow("canary: '(' is no RE2 pattern");
  });

  it('takes no pattern that would never end', async () => {
    expect(await ask(runs, `haldane_score{canary=~"(v+)+${'x?'.repeat(500)}y"}`)).toEqual([]);
  });
});

describe('a range query', () => {
  const runs = fakeRuns({ began: 10, ended: 8, ...PASS }, { began: 4, ended: 2, ...FAIL });
  const range = async (query: string, parameters: Record<string, string> = {}) => {
    const [start, end] = [`${(NOW - 600_000) / 1000}`, new Date(NOW).toISOString()];
    return apiOf(runs).queryRange(asked({ query, start, end, step: '1m', ...parameters }));
  };

  it('shows a score from the end of its run until the next begins', async () => {
    const { data } = (await range('haldane_score')) as { data: { result: { values: [number, string][] }[] } };
    expect(data.result).toHaveLength(1);
    const minutes = data.result[0]?.values.map(([at, value]) => [(at - NOW / 1000) / 60, value]);
    expect(minutes).toEqual([...[-8, -7, -6, -5].map((at) => [at, '97']), ...[-2, -1, 0].map((at) => [at, '40'])]);
  });

  it('of a number is one series', async () => {
    expect((await range('3', { step: '10m' })).data).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: {},
          values: [
            [NOW / 1000 - 600, '3'],
            [NOW / 1000, '3'],
          ],
        },
      ],
    });
  });

  it.each([
    [{ step: '10ms' }, 'step: gives more than 11000 points'],
    [{ step: '0' }, "step: '0' is no duration above 0"],
    [{ step: '' }, 'step: is missing'],
    [{ start: 'yesterday' }, "start: 'yesterday' is no time; write seconds since 1970"],
    [{ end: '1' }, 'end: is before start'],
    [{ lookback_delta: '-5m' }, 'lookback_delta'],
    [{ limit: 'all' }, "limit: 'all' is no whole number"],
  ])('with %o is refused in words', async (parameters, message) => {
    await expect(range('haldane_score', parameters as unknown as Record<string, string>)).rejects.toThrow(message);
  });
});

describe('what is left out', () => {
  it('is told as a warning', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => ({ began: 4, ended: 3, ...PASS, canary: `v${index}` }));
    const answer = await apiOf(fakeRuns(...many)).query(asked({ query: 'haldane_score', limit: '3' }));
    expect(answer.warnings).toEqual([
      'only the latest 1000 runs were looked at; name the application or a shorter time',
    ]);
    expect((answer.data as { result: unknown[] }).result).toHaveLength(3);
    const results = await apiOf(fakeRuns(...many)).query(asked({ query: 'haldane_group_score' }));
    expect(results.warnings?.[1]).toBe(
      'only the results of the latest 100 runs were read; ask for fewer runs or a shorter time',
    );
  });
});

describe('names, labels and series', () => {
  const runs = fakeRuns({ began: 9, ended: 3, ...PASS, result: resultOf({ p50: 1 }) }, { began: 2, canary: 'v3' });
  const api = apiOf(runs);

  it('are found by selectors', async () => {
    expect((await api.labels(asked(''))).data).toContain('classification');
    expect((await api.labels(asked('match[]=haldane_verdict'))).data).toEqual([
      ...['__name__', 'application', 'baseline', 'canary', 'config', 'verdict'],
    ]);
    expect((await api.labelValues(asked(''), '__name__')).data).toContain('haldane_metric_effect_ratio');
    expect((await api.labelValues(asked(''), 'canary')).data).toEqual(['v2', 'v3']);
    expect((await api.labelValues(asked(''), 'metric')).data).toEqual(['p50']);
    expect((await api.labelValues(asked('match[]=haldane_score'), 'canary')).data).toEqual(['v2']);
    expect((await api.labelValues(asked(''), 'nobody')).data).toEqual([]);
    const { data } = await api.series(asked('match[]=haldane_score&match[]=haldane_run_done{canary="v3"}'));
    expect(data).toEqual([
      { __name__: 'haldane_score', application: 'shop', config: 'checkout', canary: 'v2', baseline: 'v1' },
      { __name__: 'haldane_run_done', application: 'shop', config: 'checkout', canary: 'v3', baseline: 'v1' },
    ]);
  });

  it('are those of the applications that the caller has', async () => {
    const both = fakeRuns({ began: 4, ended: 3, ...PASS }, { began: 4, ended: 3, ...PASS, application: 'other' });
    const values = async (applications: readonly string[]) =>
      (await apiOf(both).labelValues(asked('', applications), 'application')).data;
    expect([await values(['shop', 'other']), await values(['other']), await values([])]).toEqual([
      ...[['other', 'shop'], ['other'], []],
    ]);
    const query = asked({ query: 'haldane_score{application="shop"}' }, ['other']);
    expect((await apiOf(both).query(query)).data).toEqual({ resultType: 'vector', result: [] });
  });

  it('end where the limit is', async () => {
    const answer = await api.labelValues(asked('limit=1'), 'canary');
    expect(answer).toEqual({ status: 'success', data: ['v2'], warnings: ['results truncated due to limit'] });
  });

  it('need a selector where Prometheus needs one', async () => {
    await expect(api.series(asked(''))).rejects.toThrow('match[]: is missing; write a selector such as haldane_score');
    await expect(api.series(asked('match[]=haldane_score&start=2&end=1'))).rejects.toThrow('end: is before start');
  });

  it('come with words', async () => {
    const { data } = await api.metadata(asked('metric=haldane_score'));
    expect(data).toEqual({ haldane_score: [{ type: 'gauge', unit: '', help: expect.stringContaining('0 to 100') }] });
    expect((await api.buildInfo()).data).toMatchObject({ application: 'haldane', version: '2.55.0+haldane.0.0.0' });
  });
});
