import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { createJudges } from '../../../judges/index.ts';
import { boundsOf } from '../../../src/cli/keptn/criteria.ts';
import { CanaryConfig } from '../../../src/domain/canary-config.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

// The first call loads the command, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const SLO = 'test/fixtures/keptn/slo.yaml';
const SLI = 'test/fixtures/keptn/sli.yaml';
const imported = async () => parse((await runHaldane(['import', 'keptn', SLO, '--sli', SLI, '--name', 'carts'])).out);

describe('criteria of Keptn', () => {
  it.each([
    [['<600'], { below: 600 }],
    [['<= 600.5'], { max: 600.5 }],
    [['>5', '>=7'], { above: 5, min: 7 }],
    [['=0'], { max: 0, min: 0 }],
    [['<=+10%'], { increase: 0.1 }],
    [['<=10%'], { increase: 0.1 }],
    [['<-10%'], { increase: -0.1 }],
    [['>=-5%'], { decrease: 0.05 }],
    [['>+5%'], { decrease: -0.05 }],
    [['<=+50', '>=-3'], { increaseBy: 50, decreaseBy: 3 }],
    [['<=+10%', '<=+5%', '<700', '<600', '>1', '>2'], { increase: 0.05, below: 600, above: 2 }],
  ])('%j', (criteria, bounds) => {
    expect(boundsOf(criteria)).toEqual(bounds);
  });

  it.each(['', '600', '=<6', '<6s', '<+10%%', '<1e3', '< five'])('"%s" is no criterion', (criterion) => {
    expect(boundsOf(['<1', criterion])).toContain(`"${criterion}" is no criterion; write one such as`);
  });
});

describe('haldane import keptn', () => {
  it('prints a config with criteria, warnings, weights, key indicators and earlier results', async () => {
    const config = await imported();
    expect(config).toMatchObject({
      name: 'carts',
      judge: {
        name: 'ThresholdJudge-v1.0',
        judgeConfigurations: {
          verdict: 'weightedScore',
          earlier: { runs: 3, verdicts: 'passOrMarginal', statistic: 'mean' },
        },
      },
      classifier: {
        groupWeights: { response_time_p95: 50, throughput: 25, error_rate: 25 },
        scoreThresholds: { pass: 90, marginal: 75 },
      },
    });
    const settings = config.metrics.map((metric: { analysisConfigurations: object }) => metric.analysisConfigurations);
    expect(settings).toEqual([
      {
        canary: {
          limits: { increase: 0.1, below: 600, of: 'mean' },
          warning: { max: 800, of: 'mean' },
          importance: 'critical',
        },
      },
      { canary: { limits: { decrease: 0.05, of: 'mean', anyOf: [{ above: 1000 }] } } },
      { canary: { limits: { max: 1, increaseBy: 0.5, of: 'mean' } } },
      { canary: { muted: true } },
    ]);
    expect(config.metrics[0].query.customInlineTemplate).toContain(
      'job="${scope}-${project}-${location}-${deployment}"',
    );
    expect(config.metrics[1].query.customInlineTemplate).toContain('zone="4711"}[${step}s]');
  });

  it('prints what can be stored, and run once every query is there', async () => {
    const config = await imported();
    config.metrics[3].query.customInlineTemplate = 'PromQL:cpu{job="${scope}"}';
    const file = join(temporaryDirectory(), 'carts.yml');
    writeFileSync(file, stringify(config));
    const { code, out } = await runHaldane(['config', 'validate', file, '--local']);
    expect([code, out]).toEqual([0, expect.stringContaining('carts.yml: valid')]);
  });

  it('tells what is not as it was', async () => {
    const { code, err } = await runHaldane(['import', 'keptn', SLO]);
    expect(code).toBe(0);
    expect(err).toContain("Write the prometheus query of 'response_time_p95', 'throughput', 'error_rate', 'cpu'");
    expect(err).toContain('Keptn would pass.');
    expect(err).toContain('Shown and not judged, since they have no pass criteria: cpu.');
  });

  it.each([
    ['objectives: []', 'objectives: write at least one objective'],
    ['objectives: [{ sli: a, pass: [{ criteria: ["5"] }] }]', 'objectives[0].pass[0].criteria: "5" is no criterion'],
    ['objectives: [{ sli: a, weight: -1 }]', 'objectives[0].weight:'],
  ])('refuses %s with the field', async (text, said) => {
    const file = join(temporaryDirectory(), 'slo.yaml');
    writeFileSync(file, `${text}\ntotal_score: { pass: "90%" }\n`);
    const { code, err } = await runHaldane(['import', 'keptn', file]);
    expect([code, err]).toEqual([64, expect.stringContaining(said)]);
  });

  it('refuses a file without a score to reach, as Keptn does', async () => {
    const file = join(temporaryDirectory(), 'slo.yaml');
    writeFileSync(file, 'objectives: [{ sli: a }]\n');
    expect(await runHaldane(['import', 'keptn', file])).toMatchObject({
      code: 64,
      err: expect.stringContaining('total_score'),
    });
  });

  it('tells which fields nobody reads', async () => {
    const file = join(temporaryDirectory(), 'slo.yaml');
    writeFileSync(file, readFileSync(SLO, 'utf8').replace('warning:\n', 'warnings:\n'));
    const { err } = await runHaldane(['import', 'keptn', file]);
    expect(err).toContain("objectives[0].warnings: not known, does nothing; did you mean 'warning'?");
  });
});

describe('a canary judged by an imported config', () => {
  const threshold = createJudges({}).find(({ name }) => name === 'ThresholdJudge-v1.0');
  const judged = async (values: Readonly<Record<string, number>>) => {
    const canaryConfig = CanaryConfig.parse(await imported());
    const metricSetPairList = (canaryConfig.metrics ?? []).map(({ name = '' }) => {
      const value = values[name];
      const sides = {
        control: [name === 'error_rate' ? 0.8 : 500],
        experiment: value === undefined ? [] : [value, value],
      };
      return { name, values: sides };
    });
    const scoreThresholds = canaryConfig.classifier?.scoreThresholds ?? {};
    const result = await threshold?.judge(
      { canaryConfig, scoreThresholds, metricSetPairList },
      new AbortController().signal,
    );
    return [result?.score.score, result?.score.classification];
  };
  const good = { response_time_p95: 520, throughput: 1200, error_rate: 0.9 };

  it.each([
    [good, 100, 'Pass'],
    [{ ...good, throughput: 490 }, 100, 'Pass'],
    [{ ...good, throughput: 400 }, 75, 'Marginal'],
    // half of the 50 that a warning of the heaviest costs
    [{ ...good, response_time_p95: 700 }, 75, 'Marginal'],
    [{ ...good, response_time_p95: 900 }, 0, 'Fail'],
    [{ ...good, error_rate: 1.2, throughput: 10 }, 50, 'Fail'],
    [{ response_time_p95: 520, throughput: 1200 }, 75, 'Marginal'],
    [{}, 0, 'Fail'],
  ] as const)('%j: %d, %s', async (values, score, verdict) => {
    expect(await judged(values)).toEqual([score, verdict]);
  });
});
