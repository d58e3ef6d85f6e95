import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { fakeAccount, fakeProvider } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
let asked = 0;
const remoteJudge = { baseUrl: 'http://127.0.0.1:9', attempts: 1 };
beforeAll(async () => {
  const provider = fakeProvider(() => {
    asked += 1;
    return [];
  });
  const judges = createJudges({ remoteJudge });
  service = await createTestService({ providers: [provider], metricsStores: [fakeAccount], judges });
});
afterAll(() => service.close());

const post = async (url: string, payload: object) => {
  const answer = await service.http.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, body: answer.json() };
};

interface Wrong {
  /** `analysisConfigurations.canary` of the one metric */
  readonly canary?: unknown;
  readonly judgeConfigurations?: Record<string, unknown>;
  readonly classifier?: undefined;
}

const configWith = (name: string, { canary, judgeConfigurations = {}, ...changes }: Wrong) => {
  const config = configOf(1, { judge: { name, judgeConfigurations }, ...changes });
  const metrics = config.metrics?.map((metric) => ({ ...metric, analysisConfigurations: { canary } }));
  return { ...config, metrics };
};

const NETFLIX = 'NetflixACAJudge-v1.0';
const WELCH = 'WelchTJudge-v1.0';
const MANN_WHITNEY = 'MannWhitneyJudge-v1.0';
const OWN = 'analysisConfigurations.canary';
const COMMON = 'judge.judgeConfigurations';

/** A part of a config that no judge of ours takes, the field that is reported, and the value and remedy. */
const WRONG_EVERYWHERE: readonly [Wrong, string, string][] = [
  [{ classifier: undefined }, 'classifier', 'is missing; give the groups'],
  [{ canary: { critical: 'yes' } }, `${OWN}.critical`, 'is "yes"; write true or false, without quotes'],
  [{ canary: { muted: 1 } }, `${OWN}.muted`, 'is 1; write true or false'],
  [{ canary: { mustHaveData: {} } }, `${OWN}.mustHaveData`, 'is {}; write true or false'],
  [
    { canary: { effectSize: { allowedIncrease: '1.1' } } },
    `${OWN}.effectSize.allowedIncrease`,
    'is "1.1"; write a number',
  ],
  [
    { canary: { effectSize: { criticalDecrease: 5e9 } } },
    `${OWN}.effectSize.criticalDecrease`,
    'is 5000000000; write a whole number of at most 2147483647',
  ],
  [{ canary: { effectSize: { measure: null } } }, `${OWN}.effectSize.measure`, 'is null; write one of meanRatio, cles'],
  [
    { canary: { effectSize: [{ allowedDecrease: 0.5 }] } },
    `${OWN}.effectSize.allowedDecrease`,
    'is [0.5]; write a number',
  ],
  [{ canary: { outliers: { strategy: null } } }, `${OWN}.outliers.strategy`, 'is null; write one of keep, remove'],
  [
    { canary: { outliers: { strategy: 'remove', outlierFactor: 0 } } },
    `${OWN}.outliers.outlierFactor`,
    'is 0; write a number above 0, or set the strategy to keep',
  ],
  [
    { canary: { outliers: { strategy: 'keep', outlierFactor: '3' } } },
    `${OWN}.outliers.outlierFactor`,
    'is "3"; write a number',
  ],
  [{ canary: { direction: null } }, `${OWN}.direction`, 'is null; write one of either, increase, decrease'],
  [{ canary: { nanStrategy: null } }, `${OWN}.nanStrategy`, 'is null; write one of remove, replace'],
];

const WRONG_FOR_TESTS: readonly [Wrong, string, string][] = [
  [{ judgeConfigurations: { confidence: 5 } }, `${COMMON}.confidence`, 'is 5; write a share from 0.5 to below 1'],
  [{ judgeConfigurations: { confidence: null } }, `${COMMON}.confidence`, 'is null; write a share'],
  [{ judgeConfigurations: { tolerance: '0.05' } }, `${COMMON}.tolerance`, 'is "0.05"; write a share of the baseline'],
  [{ canary: { tolerance: -1 } }, `${OWN}.tolerance`, 'is -1; write a share of the baseline'],
  [{ canary: { confidence: '98 %' } }, `${OWN}.confidence`, 'is "98 %"; write a share'],
];

const cases = [NETFLIX, WELCH, MANN_WHITNEY].flatMap((judge) =>
  [...WRONG_EVERYWHERE, ...(judge === NETFLIX ? [] : WRONG_FOR_TESTS)].map(([wrong, field, says]) => ({
    ...{ judge, wrong, field, says },
  })),
);

describe('a config that its judge does not take', () => {
  it.each(cases)('is refused by $judge before any query is sent: $field $says', async ({ judge, wrong, ...told }) => {
    const canaryConfig = configWith(judge, wrong);
    const { status, body } = await post('/canary', { canaryConfig, executionRequest: requestOf() });
    expect([status, body.errorCode]).toEqual([400, 'CANARY_CONFIG_INVALID']);
    expect(body.message).toContain(`${told.field} ${told.says}`);
    expect(body.details).toHaveLength(1);
    expect(asked).toBe(0);
  });

  it.each(cases)(
    'is reported by /validate at the field, for $judge: $field $says',
    async ({ judge, wrong, ...told }) => {
      const { problems } = (await post('/canaryConfig/validate', configWith(judge, wrong))).body;
      const path = told.field.startsWith(OWN)
        ? `metrics[0].${told.field}`
        : told.field.replace(/^classifier$/, '$&.groupWeights');
      const message = expect.stringContaining(told.says);
      expect(problems).toEqual([{ path, prevents: 'running', message, rule: expect.any(String) }]);
    },
  );

  it.each(cases)(
    'fails at POST /judge with the same words, by $judge: $field $says',
    async ({ judge, wrong, ...told }) => {
      const payload = {
        canaryConfig: configWith(judge, wrong),
        scoreThresholds: { pass: 95, marginal: 75 },
        metricSetPairList: [{ name: 'm0', values: { control: [1, 2, 3, 4, 5], experiment: [2, 3, 4, 5, 7] } }],
      };
      const { status, body } = await post('/judge', payload);
      expect([status, body.errorCode]).toEqual([400, 'JUDGEMENT_FAILED']);
      if (told.field !== 'classifier') expect(body.message).toContain(`${told.field} ${told.says}`);
    },
  );

  it('is reported with every wrong field and the metric', async () => {
    const canaryConfig = configWith(WELCH, {
      canary: { critical: 'yes', confidence: 2 },
      judgeConfigurations: { tolerance: [] },
    });
    const { body } = await post('/canary', { canaryConfig, executionRequest: requestOf() });
    expect(body.details.map((detail: string) => detail.split(' ')[0])).toEqual([
      'judge.judgeConfigurations.tolerance',
      'metrics[0].analysisConfigurations.canary.critical',
      'metrics[0].analysisConfigurations.canary.confidence',
    ]);
    expect(body.message).toContain("Metric 'm0': analysisConfigurations.canary.critical");
  });

  it('is refused when a metric has no name, by which its series are found', async () => {
    const canaryConfig = configWith(NETFLIX, {});
    const metrics = canaryConfig.metrics?.map(({ name: _, ...metric }) => metric);
    const payload = { canaryConfig: { ...canaryConfig, metrics }, executionRequest: requestOf() };
    const { status, body } = await post('/canary', payload);
    expect([status, body.message]).toEqual([400, 'metrics[0].name is missing; give the metric a name.']);
  });

  it('is refused by POST /judge when it names the judge there by no name', async () => {
    const canaryConfig = configWith('RemoteJudge-v1.0', { judgeConfigurations: { remoteJudge: 5 } });
    const { status, body } = await post('/judge', { canaryConfig, scoreThresholds: {}, metricSetPairList: [] });
    expect([status, body.errorCode, body.message]).toEqual([
      400,
      'JUDGE_UNKNOWN',
      'judge.judgeConfigurations.remoteJudge is 5; write the name of a judge, in quotes.',
    ]);
  });

  it('is refused for an analysis and for a stored config too', async () => {
    const canaryConfig = configWith(NETFLIX, { canary: { critical: 'yes' } });
    const scopes = [{ scopeName: 'default', controlScope: 'v1', experimentScope: 'v2' }];
    const executionRequest = { scopes, thresholds: { pass: 95, marginal: 75 }, lifetimeDurationMins: 10 };
    const analysis = await post('/standalone_canary_analysis', { canaryConfig, executionRequest });
    expect([analysis.status, analysis.body.errorCode]).toEqual([400, 'CANARY_CONFIG_INVALID']);
    const { canaryConfigId } = (await post('/canaryConfig', { ...canaryConfig, name: 'stored' })).body;
    const run = await post(`/canary/${canaryConfigId}`, requestOf());
    expect([run.status, run.body.errorCode]).toEqual([400, 'CANARY_CONFIG_INVALID']);
  });
});

describe("a word that none of Haldane's own judges knows", () => {
  it.each([
    [WELCH, { direction: 'up' }, 'direction is "up"; write one of either, increase, decrease'],
    [WELCH, { direction: 7 }, 'direction is 7'],
    [WELCH, { nanStrategy: 'Replace' }, 'nanStrategy is "Replace"; write one of remove, replace'],
    ['MannWhitneyJudge-v1.0', { effectSize: { measure: 'CLES' } }, 'measure is "CLES"; write one of meanRatio, cles'],
    ['MannWhitneyJudge-v1.0', { outliers: { strategy: 'drop' } }, 'strategy is "drop"; write one of keep, remove'],
  ])('is refused by %s: %j', async (judge, canary, message) => {
    const canaryConfig = configWith(judge, { canary });
    const { status, body } = await post('/canary', { canaryConfig, executionRequest: requestOf() });
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
  });
});

describe('a config with settings that are overlooked', () => {
  it.each([
    [NETFLIX, { direction: 'up', nanStrategy: ['replace'], outliers: 'remove', effectSize: { measure: 'CLES' } }],
    [NETFLIX, { critical: null, muted: null, effectSize: { allowedIncrease: null }, neverHeardOf: { a: 1 } }],
    [NETFLIX, 'nothing'],
    [NETFLIX, null],
    [WELCH, { effectSize: 'big' }],
    ['RemoteJudge-v1.0', { critical: 'yes', direction: null, effectSize: { allowedIncrease: '1.1' } }],
  ])('is accepted for %s: %j', async (judge, canary) => {
    const canaryConfig = configWith(judge, { canary });
    const { problems } = (await post('/canaryConfig/validate', canaryConfig)).body;
    expect(problems.filter(({ prevents }: { prevents: string }) => prevents !== 'nothing')).toEqual([]);
    expect((await post('/canary', { canaryConfig, executionRequest: requestOf() })).status).toBe(200);
  });

  it('is advised on where a word counts as another', async () => {
    const canaryConfig = configWith(NETFLIX, { canary: { direction: 'up', effectSize: { measure: 'CLES' } } });
    expect((await post('/canaryConfig/validate', canaryConfig)).body.problems).toEqual([
      {
        path: 'metrics[0].analysisConfigurations.canary.direction',
        message: '"up" is not known, so it counts as \'either\'; known: either, increase, decrease.',
        prevents: 'nothing',
        rule: 'word-unknown',
      },
      {
        path: 'metrics[0].analysisConfigurations.canary.effectSize.measure',
        message: '"CLES" is not known, so it counts as \'meanRatio\'; known: meanRatio, cles.',
        prevents: 'nothing',
        rule: 'word-unknown',
      },
    ]);
  });

  it('may lack a classifier when the judge is elsewhere, since that one may need none', async () => {
    const canaryConfig = configWith('RemoteJudge-v1.0', { classifier: undefined });
    expect((await post('/canary', { canaryConfig, executionRequest: requestOf() })).status).toBe(200);
  });
});
