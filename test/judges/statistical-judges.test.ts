import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mannWhitney } from '../../judges/mann-whitney.ts';
import { createSeededRandom } from '../../judges/stats/numerics/seeded-random.ts';
import { welchT } from '../../judges/welch-t.ts';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import type { CanaryAnalysisResult } from '../../src/domain/canary-judge-result.ts';

const { signal } = new AbortController();

interface Data {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
}

/** The verdict on one metric named latency. */
async function judge(
  by: CanaryJudge,
  { control, experiment }: Data,
  canary: Record<string, unknown> = {},
  judgeConfigurations: Record<string, unknown> = {},
): Promise<CanaryAnalysisResult> {
  const query = { type: 'prometheus', serviceType: 'prometheus' };
  const result = await by.judge(
    {
      canaryConfig: {
        judge: { name: by.name, judgeConfigurations },
        metrics: [{ name: 'latency', query, groups: ['all'], analysisConfigurations: { canary } }],
        classifier: { groupWeights: { all: 100 } },
      },
      scoreThresholds: { pass: 95, marginal: 75 },
      metricSetPairList: [{ name: 'latency', values: { control: [...control], experiment: [...experiment] } }],
    },
    signal,
  );
  return result.results[0] as CanaryAnalysisResult;
}

/** Independent log-normal values around 100, some per cent apart. */
function logNormal(seed: number, size: number, factor = 1): number[] {
  const { normal } = createSeededRandom(Float64Array.of(seed, size));
  return Array.from({ length: size }, () => 100 * factor * Math.exp(0.05 * normal()));
}

const steady = (value: number, size = 10) => Array.from({ length: size }, () => value);
const baseline = logNormal(1, 20);
const slightlyHigher = logNormal(2, 20, 1.04);
const clearlyHigher = logNormal(3, 20, 1.2);

const judges = [welchT, mannWhitney];

describe.each(judges)('$name', (by) => {
  it('finds a clear difference, and none where there is none', async () => {
    const verdict = async (experiment: readonly number[]) =>
      (await judge(by, { control: baseline, experiment })).classification;
    expect(await verdict(clearlyHigher)).toBe('High');
    expect(await verdict(logNormal(4, 20, 0.8))).toBe('Low');
    expect(await verdict(logNormal(5, 20))).toBe('Pass');
  });

  it('says in its evidence what it measured', async () => {
    const { evidence } = await judge(by, { control: baseline, experiment: clearlyHigher });
    expect(evidence).toMatchObject({
      clause: 'increase',
      direction: 'either',
      tolerance: 0,
      statistic: expect.any(Number),
      interval: { confidence: 0.98 },
      ratioInterval: { confidence: 0.98 },
    });
    expect(evidence?.pValue).toBeLessThan(1e-6);
    expect(evidence?.interval?.lower).toBeGreaterThan(0);
    expect(evidence?.ratioInterval?.lower).toBeGreaterThan(1);
    expect(evidence?.sentence).toMatch(
      /^Canary latency is \d+ % higher than baseline \(98 % interval .*, p < 0.0001(?:, means 24 % higher)?\)/,
    );
  });

  it('tells the change that its interval is of, and the means beside it where they differ', async () => {
    const { evidence, ...metric } = await judge(by, { control: baseline, experiment: clearlyHigher });
    const { controlMetadata, experimentMetadata } = metric;
    const means = experimentMetadata.stats.mean / controlMetadata.stats.mean;
    const [told, ofMeans] = [evidence?.ratioEstimate ?? means, means].map((ratio) => Math.round((ratio - 1) * 100));
    expect(evidence?.sentence).toContain(`is ${told} % higher than baseline (`);
    expect(evidence?.sentence?.includes(`means ${ofMeans} % higher`)).toBe(told !== ofMeans);
  });

  it('spends all its chance of error on the one direction that counts', async () => {
    const data = { control: baseline, experiment: slightlyHigher };
    const both = (await judge(by, data)).evidence;
    const one = (await judge(by, data, { direction: 'increase' })).evidence;
    expect(one?.pValue).toBeCloseTo((both?.pValue as number) / 2, 12);
    expect(one?.interval?.upper).toBe(Number.POSITIVE_INFINITY);
    expect(one?.interval?.lower).toBeGreaterThan(both?.interval?.lower as number);
    expect(one?.sentence).toContain('98 % bound at least');
  });

  it('reports a drop as harmless where only an increase counts', async () => {
    const data = { control: clearlyHigher, experiment: baseline };
    const { classification, evidence } = await judge(by, data, { direction: 'increase' });
    expect(classification).toBe('Pass');
    expect(evidence?.clause).toBe('harmlessDecrease');
  });

  it('tolerates a difference within the tolerance, which a metric may set for itself', async () => {
    const data = { control: baseline, experiment: clearlyHigher };
    expect((await judge(by, data, {}, { tolerance: 0.1 })).classification).toBe('High');
    const tolerated = await judge(by, data, {}, { tolerance: 0.25 });
    expect(tolerated.classification).toBe('Pass');
    expect(tolerated.evidence?.sentence).toContain('not clearly beyond the tolerated 25 % of baseline.');
    expect((await judge(by, data, { tolerance: 0.1 }, { tolerance: 0.25 })).classification).toBe('High');
  });

  it('demands the confidence it is told, which a metric may set for itself', async () => {
    const data = { control: baseline, experiment: slightlyHigher };
    const p = (await judge(by, data)).evidence?.pValue as number;
    expect(p).toBeGreaterThan(0.0001);
    expect(p).toBeLessThan(0.05);
    expect((await judge(by, data, {}, { confidence: 1 - 2 * p })).classification).toBe('High');
    expect((await judge(by, data, {}, { confidence: 1 - p / 2 })).classification).toBe('Pass');
    const metricWins = await judge(by, data, { confidence: 1 - p / 2 }, { confidence: 1 - 2 * p });
    expect(metricWins.classification).toBe('Pass');
    expect(metricWins.evidence?.interval?.confidence).toBe(1 - p / 2);
  });

  it.each([
    ['confidence', 98, 'write a share from 0.5 to below 1, such as 0.98 for 98 %, or leave the field out.'],
    ['confidence', 1, 'write a share from 0.5'],
    ['confidence', 0.4, 'write a share from 0.5'],
    ['confidence', '0.98', 'confidence is "0.98"; write a share'],
    ['confidence', null, 'confidence is null; write a share'],
    ['tolerance', -0.1, 'write a share of the baseline mean from 0 on, such as 0.05 for 5 %, or leave the field out.'],
    ['tolerance', Number.NaN, 'write a share of the baseline mean'],
    ['tolerance', [0.1], 'tolerance is [0.1]; write a share'],
  ])('refuses the %s %j and says where it stands', async (field, value, message) => {
    const data = { control: baseline, experiment: baseline };
    const common = judge(by, data, {}, { [field]: value });
    await expect(common).rejects.toMatchObject({
      code: 'JUDGEMENT_FAILED',
      message: expect.stringContaining(`judge.judgeConfigurations.${field} is `),
    });
    const own = judge(by, data, { [field]: value });
    await expect(own).rejects.toMatchObject({ code: 'JUDGEMENT_FAILED', message: expect.stringContaining(message) });
    await expect(own).rejects.toThrow(`Metric 'latency': analysisConfigurations.canary.${field} is `);
  });

  it.each([
    { control: 10, experiment: 11, classification: 'High' },
    { control: 11, experiment: 10, classification: 'Low' },
    { control: -4, experiment: -5, classification: 'Low' },
    { control: -4, experiment: 5, classification: 'High' },
    { control: 0, experiment: 1e-9, classification: 'High' },
    { control: 10, experiment: 10, classification: 'Pass' },
  ])('judges $control throughout against $experiment throughout as $classification', async (values) => {
    const data = { control: steady(values.control), experiment: steady(values.experiment, 12) };
    expect((await judge(by, data)).classification).toBe(values.classification);
    expect((await judge(by, data, { tolerance: 100 })).classification).toBe(
      values.control === 0 ? values.classification : 'Pass',
    );
  });

  it('calls a fall of a negative mean a fall', async () => {
    const negative = baseline.map((value) => -value);
    const lower = clearlyHigher.map((value) => -value);
    expect((await judge(by, { control: negative, experiment: lower })).classification).toBe('Low');
    expect((await judge(by, { control: lower, experiment: negative })).classification).toBe('High');
    expect((await judge(by, { control: negative, experiment: baseline })).classification).toBe('High');
    const allowed = { effectSize: { allowedDecrease: 0.7 } };
    expect((await judge(by, { control: negative, experiment: lower }, allowed)).classification).toBe('Pass');
  });

  it('answers one point a side with the classification Error and the size it needs', async () => {
    const { classification, classificationReason } = await judge(by, { control: [5], experiment: [7] });
    expect(classification).toBe('Error');
    expect(classificationReason).toMatch(/^Metric Classification Failed: .* needs .* points a side, baseline has 1 /);
  });

  it('never throws over infinite or missing values', async () => {
    const strange = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, 1, 2, 3, 4];
    for (const settings of [{}, { tolerance: 0.1 }, { nanStrategy: 'replace', direction: 'decrease' }]) {
      for (const data of [
        { control: strange, experiment: baseline },
        { control: baseline, experiment: strange },
        { control: strange, experiment: strange.slice(1) },
        { control: steady(Number.POSITIVE_INFINITY), experiment: baseline },
      ]) {
        const { classification } = await judge(by, data, settings);
        expect(['Pass', 'High', 'Low', 'Error', 'Nodata']).toContain(classification);
      }
    }
  });

  it('answers a unit change of a power of two with the same verdict and p, of 1e-6 and 1e6 with the same verdict', async () => {
    const factor = fc.constantFrom(0.9, 0.97, 1, 1.02, 1.05, 1.3);
    const settings = fc.record({
      direction: fc.constantFrom('either', 'increase', 'decrease'),
      tolerance: fc.constantFrom(0, 0.01, 0.1),
      effectSize: fc.constantFrom({}, { allowedIncrease: 1.03, allowedDecrease: 0.97 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        factor,
        settings,
        fc.integer({ min: -60, max: 60 }),
        async (seed, times, how, power) => {
          const data = { control: logNormal(seed, 25), experiment: logNormal(seed + 0.5, 30, times) };
          const inUnit = (unit: number) =>
            judge(
              by,
              {
                control: data.control.map((value) => value * unit),
                experiment: data.experiment.map((value) => value * unit),
              },
              how,
            );
          const [here, exact, micro, mega] = await Promise.all([1, 2 ** power, 1e-6, 1e6].map(inUnit));
          expect(exact?.classification).toBe(here?.classification);
          expect(exact?.evidence?.pValue).toBe(here?.evidence?.pValue);
          expect([micro?.classification, mega?.classification]).toEqual([here?.classification, here?.classification]);
        },
      ),
    );
  });

  it('mirrors its verdict when the arms are swapped, and does not mind the order of points', async () => {
    const mirrored: Record<string, string> = { High: 'Low', Low: 'High', Pass: 'Pass' };
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(0.95, 1, 1.02, 1.2), async (seed, times) => {
        const [control, experiment] = [logNormal(seed, 15), logNormal(seed + 0.5, 20, times)];
        const { classification } = await judge(by, { control, experiment });
        const swapped = await judge(by, { control: experiment, experiment: control });
        expect(swapped.classification).toBe(mirrored[classification]);
        const reordered = await judge(by, { control: control.toSorted(), experiment: experiment.toReversed() });
        expect(reordered.classification).toBe(classification);
      }),
    );
  });
});

describe('MannWhitneyJudge-v1.0 with few points or many ties', () => {
  it('says how many points the confidence needs', async () => {
    const { classification, evidence } = await judge(mannWhitney, { control: [1, 2, 3, 4], experiment: [5, 6, 7, 8] });
    expect(classification).toBe('Error');
    expect(evidence?.sentence).toContain('needs 5 points a side, baseline has 4 and canary 4');
    const less = { confidence: 0.9, direction: 'increase' };
    const enough = await judge(mannWhitney, { control: [1, 2, 3, 4], experiment: [5, 6, 7, 8] }, less);
    expect(enough.classification).toBe('High');
    expect(enough.evidence?.test).toBe('Mann-Whitney, exact');
  });

  it('sees more errors in counts that are mostly zero, also beyond a tolerance', async () => {
    const control = [...steady(0, 54), 1, 1, 2, 1, 3, 1];
    const experiment = [...steady(0, 36), ...steady(1, 12), ...steady(2, 8), ...steady(4, 4)];
    for (const tolerance of [0, 0.1]) {
      const { classification, evidence } = await judge(
        mannWhitney,
        { control, experiment },
        { direction: 'increase', tolerance },
      );
      expect(classification).toBe('High');
      expect(evidence?.test).toContain('many ties');
      expect(evidence?.interval?.lower).toBeGreaterThan(0);
    }
  });

  it('is not led by a single outlier', async () => {
    const experiment = [...logNormal(5, 19), 1e9];
    const { classification } = await judge(mannWhitney, { control: baseline, experiment });
    expect(classification).toBe('Pass');
  });
});
