import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { netflixAca } from '../../judges/netflix-aca/index.ts';
import type { CanaryJudge, JudgeRequest } from '../../src/domain/canary-judge.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { readJudgeRequest } from '../support/judge-request.ts';

const FIXTURES = new URL('../fixtures/judges/', import.meta.url);
/** Every judge has these; a judge may have more. */
const CASES = ['pass', 'high', 'low', 'nodata'];
const { signal } = new AbortController();

const folders = readdirSync(FIXTURES).map((folder) => {
  const names = readdirSync(new URL(`${folder}/`, FIXTURES)).map((file) => file.replace('.json', ''));
  const fixtures = [...new Set([...CASES, ...names])].map((name) => readFixture(folder, name));
  return { folder, fixtures, judgeName: fixtures[0]?.request.canaryConfig.judge?.name };
});

describe('every judge', () => {
  const judges = createJudges({});

  it('has a name of its own, the first being the default', () => {
    const names = judges.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toBe('NetflixACAJudge-v1.0');
  });

  it('has fixtures', () => {
    expect(folders.map(({ judgeName }) => judgeName).sort()).toEqual(judges.map(({ name }) => name).sort());
  });

  describe.each(folders)('of the folder $folder', ({ fixtures, judgeName }) => {
    const judge = judges.find(({ name }) => name === judgeName) as CanaryJudge;

    it.each(fixtures)('judges "$name" as expected', async ({ request, expected }) => {
      expect(JSON.parse(await judgeToText(judge, request))).toEqual(expected);
    });

    it.each(fixtures)('answers "$name" with the same bytes twice', async ({ request }) => {
      expect(await judgeToText(judge, request)).toBe(await judgeToText(judge, structuredClone(request)));
    });

    it('judges a metric alike wherever it stands', async () => {
      const request = everyFixture(fixtures.map((fixture) => fixture.request));
      const { canaryConfig, metricSetPairList } = request;
      const reversed = {
        ...request,
        canaryConfig: { ...canaryConfig, metrics: canaryConfig.metrics?.toReversed() ?? [] },
        metricSetPairList: metricSetPairList.toReversed(),
      };
      const [forwards, backwards] = [await judge.judge(request, signal), await judge.judge(reversed, signal)];
      expect(backwards.results.toReversed()).toEqual(forwards.results);
      expect(backwards.score).toEqual(forwards.score);
    });
  });
});

describe('judging', () => {
  it('tells between which values a side was kept when outliers were taken out', async () => {
    const [one] = folders.flatMap(({ fixtures }) => fixtures);
    const { canaryConfig } = (one as { request: JudgeRequest }).request;
    const [metric] = canaryConfig.metrics ?? [];
    const canary = { outliers: { strategy: 'remove', outlierFactor: 3 } };
    const metrics = [{ ...metric, name: 'm', query: metric?.query as never, analysisConfigurations: { canary } }];
    const control = Array.from({ length: 200 }, (_, index) => 10 + (index % 7));
    const values = { control, experiment: [...control.slice(1), 1000] };
    const pair = { name: 'm', id: 'p', tags: {}, values, scopes: {}, attributes: {} };
    const { results } = await netflixAca.judge(
      { canaryConfig: { ...canaryConfig, metrics }, scoreThresholds: {}, metricSetPairList: [pair as never] },
      signal,
    );
    const { outlierFences, sampleSizes } = results[0]?.evidence ?? {};
    expect(outlierFences).toEqual({ experiment: { lower: expect.any(Number), upper: expect.any(Number) } });
    expect(outlierFences?.experiment?.upper).toBeLessThan(1000);
    expect(sampleSizes?.experiment).toEqual({ given: 200, used: 199 });
  });

  it('lets others have a turn while it judges many metrics', async () => {
    let turns = 0;
    let judging = true;
    const takeTurn = () => {
      turns++;
      if (judging) setImmediate(takeTurn);
    };
    setImmediate(takeTurn);
    await netflixAca.judge(manyMetrics(100, 1440), signal);
    judging = false;
    expect(turns).toBeGreaterThan(1);
  });

  it('stops between two metrics when it is canceled', async () => {
    const controller = new AbortController();
    const judged = netflixAca.judge(manyMetrics(200, 1440), controller.signal);
    setImmediate(() => controller.abort());
    await expect(judged).rejects.toMatchObject({ code: 'EXECUTION_CANCELED' });
  });

  it('passes a group whose metrics all failed to be compared, as Kayenta does', async () => {
    const request = oneMetric({ control: [5], experiment: [5.5] });
    const { results, score } = await netflixAca.judge(request, signal);
    expect(results[0]).toMatchObject({ classification: 'Error', critical: false });
    expect(score.score).toBe(100);
  });
});

describe('sides of one value each', () => {
  const steady = (value: number) => Array.from({ length: 30 }, () => value);

  it.each([
    { control: 10, experiment: 11, classification: 'High' },
    { control: 11, experiment: 10, classification: 'Low' },
    { control: 0, experiment: 7, classification: 'High' },
    { control: -4, experiment: -5, classification: 'Low' },
  ])('are told apart by direction: $control and $experiment', async ({ control, experiment, classification }) => {
    const settings = { effectSize: { allowedIncrease: 0, allowedDecrease: 2 } };
    const request = oneMetric({ control: steady(control), experiment: steady(experiment) }, settings);
    const { results } = await netflixAca.judge(request, signal);
    expect(results[0]?.classification).toBe(classification);
  });

  it('are judged with noise that is the same every time', async () => {
    const request = oneMetric({ control: steady(10), experiment: steady(11) });
    const [first, second] = [await netflixAca.judge(request, signal), await netflixAca.judge(request, signal)];
    expect(first.results[0]?.evidence?.interval?.lower).not.toBe(1);
    expect(second).toEqual(first);
  });
});

describe('a setting of the wrong type fails the judgement and says where', () => {
  it.each([
    [{ critical: 'true' }, 'Metric \'latency\': analysisConfigurations.canary.critical is "true"; write true or false'],
    [{ muted: 1 }, 'analysisConfigurations.canary.muted is 1; write true or false, without quotes.'],
    [{ mustHaveData: [], critical: {} }, 'analysisConfigurations.canary.critical is {}'],
    [{ direction: null }, 'direction is null; write one of either, increase, decrease'],
    [{ nanStrategy: null }, 'nanStrategy is null; write one of remove, replace'],
    [{ outliers: { strategy: null } }, 'outliers.strategy is null; write one of keep, remove'],
    [{ outliers: { strategy: 'remove', outlierFactor: -1 } }, 'outliers.outlierFactor is -1; write a number above 0'],
    [
      { effectSize: { allowedIncrease: '1.1' } },
      'effectSize.allowedIncrease is "1.1"; write a number, without quotes.',
    ],
    [{ effectSize: { criticalDecrease: 2 ** 31 } }, 'effectSize.criticalDecrease is 2147483648; write a whole number'],
    [{ effectSize: [{ allowedDecrease: 0.5 }] }, 'effectSize.allowedDecrease is [0.5]'],
  ])('%j', async (settings, message) => {
    const judged = netflixAca.judge(oneMetric({ control: [1, 2], experiment: [3, 4] }, settings), signal);
    await expect(judged).rejects.toMatchObject({ code: 'JUDGEMENT_FAILED', message: expect.stringContaining(message) });
  });
});

describe('a setting that Kayenta overlooks is overlooked', () => {
  it.each([
    { direction: 'Increase' },
    { direction: 7 },
    { direction: ['decrease'] },
    { nanStrategy: 'drop', outliers: 'remove' },
    { effectSize: 'big' },
    { effectSize: { measure: 'CLES', allowedIncrease: 1 } },
    { critical: null, muted: null },
    { effectSize: { allowedIncrease: null } },
  ])('%j', async (settings) => {
    const { results } = await netflixAca.judge(
      oneMetric({ control: [1, 2, 3, 4, 5, 6], experiment: [11, 12, 13, 14, 15, 16] }, settings),
      signal,
    );
    expect(results[0]?.classification).toBe('High');
  });
});

describe('the sentence of the evidence', () => {
  const baseline = [98, 99, 100, 101, 102, 97, 103, 96, 104, 100];
  const times = (factor: number) => baseline.map((value) => value * factor);

  it.each([
    ['is within chance', times(1.01), {}, 'no clear difference.'],
    ['is nearly a difference', times(1.036), {}, 'not clearly beyond the tolerated 0.9 % of baseline.'],
    [
      'is above what is allowed',
      times(1.2),
      { effectSize: { allowedIncrease: 1.1 } },
      'higher than baseline (98 % interval 16 % to 24 %), above the allowed 10 %.',
    ],
    [
      'is below what is allowed',
      times(0.8),
      { effectSize: { allowedDecrease: 0.9 } },
      'is 20 % lower than baseline (98 % interval −23 % to −17 %), more than the allowed 10 %.',
    ],
    [
      'is within what is allowed',
      times(1.2),
      { effectSize: { allowedIncrease: 1.5 } },
      'within the allowed increase of 50 %.',
    ],
    ['is any increase', times(1.2), {}, 'and any increase counts.'],
    ['goes the harmless way', times(1.2), { direction: 'decrease' }, 'but only a decrease counts.'],
    [
      'is beyond the critical limit',
      times(1.6),
      { critical: true, effectSize: { criticalIncrease: 1.5 } },
      'above the critical increase of 50 %. The metric is critical, so the canary fails.',
    ],
    [
      'is critical but muted',
      times(1.6),
      { critical: true, muted: true },
      'any increase counts. The metric is muted and does not count.',
    ],
    [
      'is measured by pairs',
      times(1.2),
      { effectSize: { measure: 'cles', allowedIncrease: 0.9 } },
      "of two points the canary's is the higher one in 100 % of cases, the limit is 90 %.",
    ],
    ['is missing', [Number.NaN], {}, 'Canary has no data for latency, only missing values, so it was not compared.'],
    [
      'is missing and critical',
      [],
      { critical: true },
      'Canary has no data for latency. The metric is critical, so the canary fails.',
    ],
    ['is missing though required', [], { mustHaveData: true }, 'but it must have data, so it counts as a failure.'],
    ['is missing and replaced', [], { nanStrategy: 'replace' }, 'it passes because its nanStrategy is replace.'],
    ['is the same', baseline, {}, 'Canary and baseline have the same values of latency.'],
  ])('says that the canary %s', async (_name, experiment, settings, sentence) => {
    const { results } = await netflixAca.judge(oneMetric({ control: baseline, experiment }, settings), signal);
    expect(results[0]?.evidence?.sentence).toContain(sentence);
  });

  it('speaks in the unit of the metric where baseline is not positive', async () => {
    const request = oneMetric({ control: times(-1), experiment: times(0.5) });
    const { results } = await netflixAca.judge(request, signal);
    expect(results[0]?.evidence?.sentence).toMatch(
      /^Canary latency averages 50 against −100 in baseline \(difference 150, 98 % interval of the difference 14\d(\.\d)? to 15\d(\.\d)?\)/,
    );
  });
});

function readFixture(folder: string, name: string) {
  const { request, expected } = JSON.parse(readFileSync(new URL(`${folder}/${name}.json`, FIXTURES), 'utf8'));
  return { name, request: readJudgeRequest(request), expected: expected as unknown };
}

async function judgeToText(judge: CanaryJudge, request: JudgeRequest): Promise<string> {
  return toWireJson(await judge.judge(request, signal));
}

/** The fixtures as one request; metrics are renamed, since those of several fixtures have the same name. */
function everyFixture(requests: readonly JudgeRequest[]): JudgeRequest {
  const rename = (name: string | undefined, index: number) => `${name} of ${index}`;
  return {
    canaryConfig: {
      metrics: requests.flatMap(({ canaryConfig }, index) =>
        (canaryConfig.metrics ?? []).map((metric) => ({
          ...metric,
          name: rename(metric.name, index),
          analysisConfigurations: withRenamed(metric.analysisConfigurations, canaryConfig, index),
        })),
      ),
      classifier: {},
    },
    scoreThresholds: { pass: 95, marginal: 75 },
    metricSetPairList: requests.flatMap(({ metricSetPairList }, index) =>
      metricSetPairList.map((pair) => ({ ...pair, name: rename(pair.name, index) })),
    ),
  };
}

/** Settings that name another metric of the fixture follow it. */
function withRenamed(
  settings: Record<string, unknown> | undefined,
  { metrics = [] }: JudgeRequest['canaryConfig'],
  index: number,
): Record<string, unknown> {
  const canary = Object.entries(settings?.canary ?? {}).map(([key, value]) => {
    const isName = metrics.some(({ name }) => name === value);
    return [key, isName ? `${value} of ${index}` : value];
  });
  return { ...settings, canary: Object.fromEntries(canary) };
}

interface Values {
  readonly control: number[];
  readonly experiment: number[];
}

function oneMetric(values: Values, canary: Record<string, unknown> = {}): JudgeRequest {
  return metricsRequest([values], canary);
}

function manyMetrics(metrics: number, points: number): JudgeRequest {
  const series = (phase: number) => Array.from({ length: points }, (_, index) => 100 + Math.sin(index * index + phase));
  return metricsRequest(
    Array.from({ length: metrics }, (_, index) => ({ control: series(index), experiment: series(index + 0.5) })),
    {},
  );
}

function metricsRequest(all: readonly Values[], canary: Record<string, unknown>): JudgeRequest {
  const nameOf = (index: number) => (index === 0 ? 'latency' : `latency ${index}`);
  return {
    canaryConfig: {
      metrics: all.map((_, index) => ({
        name: nameOf(index),
        query: { type: 'prometheus', serviceType: 'prometheus' },
        groups: ['all'],
        analysisConfigurations: { canary },
      })),
      classifier: { groupWeights: { all: 100 } },
    },
    scoreThresholds: { pass: 95, marginal: 75 },
    metricSetPairList: all.map((values, index) => ({ name: nameOf(index), values })),
  };
}
