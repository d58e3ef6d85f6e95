import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DRIFT_RULES } from '../../judges/drift/drift-rules.ts';
import { HALDANE_RULES } from '../../judges/haldane/haldane-rules.ts';
import { createJudges } from '../../judges/index.ts';
import { RULES } from '../../judges/steps/rules.ts';
import { THRESHOLD_RULES } from '../../judges/threshold/threshold-rules.ts';
import { readTemplatePacks } from '../../providers/index.ts';
import type { CanaryJudge, JudgeRequest } from '../../src/domain/canary-judge.ts';
import { CanaryJudgeResult, type Evidence } from '../../src/domain/canary-judge-result.ts';
import { settingProblems } from '../../src/domain/judge-settings.ts';
import { inputSchema, schemaFields } from '../../src/domain/schema-fields.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { TemplatePacks } from '../../src/engine/configs/template-packs.ts';
import { CanaryError } from '../../src/errors.ts';
import { createCoinJudge } from '../support/coin-judge.ts';
import { readJudgeRequest } from '../support/judge-request.ts';

// What every judge owes, whoever wrote it; the coin judge shows that the suite asks for nothing that only ours have.

const { signal } = new AbortController();
const local = [...createJudges({}), createCoinJudge()];
const judges = [...local, ...createJudges({ remoteJudge: { baseUrl: 'http://127.0.0.1:9' } }).slice(-1)];
const named = (all: readonly CanaryJudge[]) => all.map((judge) => ({ name: judge.name, judge }));

const CONSTANT = [{ name: 'a', values: { control: [5, 5, 5], experiment: [5, 5] } }];

const SHORT = [{ name: 'a', values: { control: [5], experiment: [50] } }];
const ALONE = [
  { name: 'a', values: { control: [5, 6], experiment: [] }, attributes: { experiment: { unpaired: 'none pair' } } },
];

/** Worse than on each of three days, which differ widely. */
const day = (mean: number) => Array.from({ length: 30 }, (_, t) => mean * (1 + 0.05 * Math.sin(7 * t ** 2)));
const DIFFERING_DAYS = [
  {
    ...{ name: 'a', values: { control: day(80), experiment: day(160) } },
    earlier: [100, 125].map((mean) => ({ values: { control: day(mean) } })),
  },
];

/** Every fifth recorded request, and those on which the real judge fails, which its judges may do too. */
const corpus: JudgeRequest[] = readFileSync('test/golden/kayenta-judge/cases.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ expected }, index) => index % 5 === 0 || expected === undefined)
  .map(({ canaryConfig, scoreThresholds, metricSetPairs }) =>
    readJudgeRequest({ canaryConfig, scoreThresholds, metricSetPairList: metricSetPairs }),
  )
  .concat(
    readJudgeRequest({ ...oneMetric(), scoreThresholds: {}, metricSetPairList: CONSTANT }),
    readJudgeRequest({ ...oneMetric({ mustHaveData: true }), scoreThresholds: {}, metricSetPairList: SHORT }),
    readJudgeRequest({ ...oneMetric({ critical: true }), scoreThresholds: {}, metricSetPairList: SHORT }),
    readJudgeRequest({ ...oneMetric(), scoreThresholds: {}, metricSetPairList: ALONE }),
    readJudgeRequest({ ...oneMetric(), scoreThresholds: {}, metricSetPairList: DIFFERING_DAYS }),
  );

function oneMetric(canary: object = {}) {
  const metrics = [{ name: 'a', query: { type: 'prometheus' }, groups: ['a'], analysisConfigurations: { canary } }];
  return { canaryConfig: { metrics, classifier: {} } };
}

describe.each(named(judges))('the settings of $name', ({ judge }) => {
  const schemas = [judge.Settings, judge.MetricSettings];

  it('are an object of which nothing is required, and that may have fields it does not know', () => {
    for (const schema of schemas) {
      expect(inputSchema(schema)).toMatchObject({ type: 'object' });
      expect(inputSchema(schema).required ?? []).toEqual([]);
      expect(schema.safeParse({}).success).toBe(true);
      expect(schema.safeParse({ neverHeardOf: { a: [1] } }).success).toBe(true);
    }
  });

  it('are fields with a label, and with help in words where they are more than a flag', () => {
    for (const { name, label, about, kind } of schemas.flatMap(schemaFields)) {
      expect(name).toMatch(/^\w+(\.\w+)*$/);
      expect([name, label]).toEqual([name, expect.stringMatching(/.{3}/)]);
      if (kind !== 'flag') expect([name, about]).toEqual([name, expect.stringMatching(/.{5}/)]);
    }
  });

  it('have defaults that they accept when they are written down', () => {
    for (const schema of schemas) {
      const defaults = schemaFields(schema).flatMap(({ name, default: usual, kind }) =>
        usual === undefined ? [] : [[name, kind === 'choice' || kind === 'text' ? usual : JSON.parse(usual)] as const],
      );
      for (const [name, value] of defaults) {
        const written = name.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
        expect([name, schema.safeParse(written).success]).toEqual([name, true]);
      }
    }
  });

  it('take what the template packs write', () => {
    const packs = readTemplatePacks();
    const expander = new TemplatePacks(() => packs);
    for (const { id } of packs) {
      const config = expander.expand({ name: 'packed', use: [{ pack: id }] });
      expect(config.metrics?.length).toBeGreaterThan(0);
      // A pack writes no more than the settings of metrics.
      const problems = settingProblems(judge, { ...config, classifier: {} });
      expect([id, problems]).toEqual([id, []]);
    }
  });
});

describe.each(named(local))('$name', ({ judge }) => {
  const judgeOne = async (request: JudgeRequest): Promise<CanaryJudgeResult | CanaryError> => {
    try {
      return await judge.judge(request, signal);
    } catch (error) {
      if (error instanceof CanaryError) return error;
      throw error;
    }
  };

  it('answers the same bytes twice, with a result for every pair in its order, as the schema has it', async () => {
    for (const request of corpus) {
      const [first, again] = [await judgeOne(request), await judgeOne(structuredClone(request))];
      expect(toWireJson(again)).toBe(toWireJson(first));
      if (first instanceof CanaryError) continue;
      expect(first.results.map(({ name, id }) => [name, id])).toEqual(
        request.metricSetPairList.map(({ name, id }) => [name, id]),
      );
      expect(CanaryJudgeResult.safeParse(JSON.parse(toWireJson(first))).success).toBe(true);
    }
  });

  it('says with every result by which rule, in a sentence, and what would have changed it', async () => {
    const evidence = new Map<string, Evidence>();
    for (const request of corpus) {
      const result = await judgeOne(request);
      if (result instanceof CanaryError) continue;
      for (const one of result.results) evidence.set(one.evidence?.clause ?? 'none', one.evidence as Evidence);
    }
    expect(evidence.size).toBeGreaterThan(0);
    const sentence = expect.stringMatching(/^[A-Z].{8,}\.$/);
    for (const { rule, wouldPass = [], clause, ...others } of evidence.values()) {
      expect([clause, rule]).toEqual([clause, sentence]);
      expect(others.sentence).toEqual(expect.stringMatching(/.{10,}\.$/));
      expect(wouldPass.filter((text) => !/^[A-Z].{8,}\.$/.test(text))).toEqual([]);
    }
  });

  it('fails with the field, its value and the remedy when a setting is wrong, and never with a defect', async () => {
    const [request] = corpus as [JudgeRequest];
    const wrong = schemaFields(judge.MetricSettings).filter(({ kind }) => kind === 'flag' || kind === 'number');
    expect(wrong.length).toBeGreaterThan(0);
    for (const { name } of wrong) {
      const canary = name.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), 'no such value');
      const metrics =
        request.canaryConfig.metrics?.map((one) => ({ ...one, analysisConfigurations: { canary } })) ?? [];
      const outcome = await judgeOne({ ...request, canaryConfig: { ...request.canaryConfig, metrics } });
      expect(outcome).toMatchObject({
        code: 'JUDGEMENT_FAILED',
        message: expect.stringMatching(new RegExp(`^Metric '.*': .*canary\\.${name} is "no such value"; \\w.*\\.$`)),
      });
    }
  });
});

it('every clause of the judges here is met by the suite, so each rule was read', async () => {
  const met = new Set<string>();
  for (const folder of readdirSync('test/fixtures/judges', { recursive: true, encoding: 'utf8' })) {
    if (!folder.endsWith('.json')) continue;
    const { expected } = JSON.parse(readFileSync(`test/fixtures/judges/${folder}`, 'utf8'));
    for (const { evidence } of expected.results) met.add(evidence.clause);
  }
  for (const judge of createJudges({})) {
    for (const request of corpus) {
      const result = await Promise.try(() => judge.judge(request, signal)).catch(() => undefined);
      for (const { evidence } of result?.results ?? []) met.add(evidence?.clause ?? '');
    }
  }
  expect([...met].sort()).toEqual(
    Object.keys({ ...RULES, ...HALDANE_RULES, ...THRESHOLD_RULES, ...DRIFT_RULES }).sort(),
  );
});

it('nothing but the judges, and the packs that write configs, knows a setting of a judge by its name', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|js)$/.test(name));
  const knowing = files.filter((name) =>
    /nanStrategy|mustHaveData|outlierFactor/.test(readFileSync(`src/${name}`, 'utf8')),
  );
  expect(knowing.sort()).toEqual(['domain/template-pack.ts', 'engine/configs/template-packs.ts']);
});
