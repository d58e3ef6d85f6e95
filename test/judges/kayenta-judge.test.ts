import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commonsNormalQuantile } from '../../judges/netflix-aca/commons-normal-quantile.ts';
import { netflixAca } from '../../judges/netflix-aca/index.ts';
import { createRankDeviate } from '../../judges/netflix-aca/rank-deviate.ts';
import { rankShiftInterval } from '../../judges/netflix-aca/rank-shift-interval.ts';
import { mean } from '../../judges/stats/samples/mean.ts';
import { meanRatio } from '../../judges/stats/samples/mean-ratio.ts';
import { outlierFences } from '../../judges/stats/samples/outlier-fences.ts';
import { percentile } from '../../judges/stats/samples/percentile.ts';
import { sampleStandardDeviation } from '../../judges/stats/samples/sample-standard-deviation.ts';
import { commonLanguageEffectSize } from '../../judges/stats/tests/common-language-effect-size.ts';
import type { CanaryJudgeResult, Evidence } from '../../src/domain/canary-judge-result.ts';
import { Double } from '../../src/domain/values/double.ts';
import { roundHalfUp } from '../../src/domain/values/round-half-up.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { readJudgeRequest } from '../support/judge-request.ts';

// Answers of the real judge (Kayenta 8f1801d), recorded on generated requests, and of the library it calculates with.
const GOLDEN = new URL('../golden/kayenta-judge/', import.meta.url);

const Numbers = z.array(Double);
const Primitives = z.object({
  normalQuantile: z.array(z.object({ p: z.number(), z: z.number() })),
  descriptive: z.array(
    z.object({
      values: Numbers,
      mean: z.number(),
      std: z.number(),
      percentileR7: z.array(z.object({ p: z.number(), v: Double })),
      iqrOutliers: z.array(z.object({ factor: z.number(), outlier: z.array(z.boolean()) })),
    }),
  ),
  effectSize: z.array(z.object({ control: Numbers, experiment: Numbers, meanRatio: Double, cles: Double })),
  wilcoxonDiff: z.array(
    z.object({ experiment: Numbers, control: Numbers, mu: z.number(), quantile: z.number(), value: z.number() }),
  ),
  mannWhitneyTest: z.array(
    z.object({
      experiment: Numbers,
      control: Numbers,
      confLevel: z.number(),
      lower: z.number(),
      upper: z.number(),
      estimate: z.number(),
    }),
  ),
  round2: z.array(z.object({ x: z.number(), v: z.number() })),
});

describe('the arithmetic, bit for bit as the library Kayenta calculates with', () => {
  const primitives = Primitives.parse(JSON.parse(readFileSync(new URL('primitives.json', GOLDEN), 'utf8')));
  const ascending = (values: readonly number[]) => Float64Array.from(values).sort();

  it('finds the quantiles of the normal distribution', () => {
    for (const { p, z: quantile } of primitives.normalQuantile) expect(commonsNormalQuantile(p)).toBe(quantile);
  });

  it('describes samples', () => {
    for (const { values, mean: average, std, percentileR7 } of primitives.descriptive) {
      const sorted = ascending(values);
      for (const { p, v } of percentileR7) expect(percentile(sorted, p)).toBe(v);
      if (values.length === 0) continue;
      expect(mean(values)).toBe(average);
      expect(sampleStandardDeviation(values, average)).toBe(std);
    }
  });

  it('sees the same outliers', () => {
    for (const { values, iqrOutliers } of primitives.descriptive) {
      for (const { factor, outlier } of iqrOutliers) {
        const { lower, upper } = outlierFences(ascending(values), factor);
        expect(values.map((value) => value < lower || value > upper)).toEqual(outlier);
      }
    }
  });

  it('measures effect sizes', () => {
    for (const { control, experiment, meanRatio: ratio, cles } of primitives.effectSize) {
      expect(meanRatio({ control: mean(control), experiment: mean(experiment) })).toBe(ratio);
      expect(commonLanguageEffectSize(ascending(control), ascending(experiment))).toBe(cles);
    }
  });

  it('ranks shifted samples', () => {
    for (const { control, experiment, mu, quantile, value } of primitives.wilcoxonDiff) {
      const deviate = createRankDeviate(ascending(experiment), ascending(control));
      expect(deviate(mu) - quantile).toBe(value);
    }
  });

  it('finds the intervals of the shift', () => {
    for (const { control, experiment, confLevel, ...expected } of primitives.mannWhitneyTest) {
      expect(rankShiftInterval(ascending(control), ascending(experiment), confLevel)).toEqual(expected);
    }
  });

  it('rounds scores', () => {
    for (const { x, v } of primitives.round2) expect(roundHalfUp(x)).toBe(v);
  });
});

interface GoldenCase {
  readonly name: string;
  readonly family: string;
  readonly request: unknown;
  /** random noise entered the answer, so that only the verdict and the first digits can be compared */
  readonly noisy: boolean;
  /** absent when the real judge failed */
  readonly expected?: CanaryJudgeResult;
  readonly intervals: readonly (Interval | null)[];
}

interface Interval {
  readonly lowerConfidence?: unknown;
  readonly upperConfidence?: unknown;
  readonly estimate?: unknown;
}

describe('NetflixACAJudge-v1.0', () => {
  const cases = readFileSync(new URL('cases.jsonl', GOLDEN), 'utf8').trim().split('\n').map(readCase);
  const families = [...new Set(cases.map(({ family }) => family))];

  it.each(families)('answers as the real one in every case of the family %s', async (family) => {
    for (const golden of cases.filter((candidate) => candidate.family === family)) await compareWithGolden(golden);
  });
});

function readCase(line: string): GoldenCase {
  const { name, family, canaryConfig, scoreThresholds, metricSetPairs, noisy, expected, mannWhitney } =
    JSON.parse(line);
  const request = { canaryConfig, scoreThresholds, metricSetPairList: metricSetPairs };
  return { name, family, request, noisy: noisy ?? false, expected, intervals: mannWhitney ?? [] };
}

async function compareWithGolden({ name, request, noisy, expected, intervals }: GoldenCase): Promise<void> {
  const judged = Promise.try(() => netflixAca.judge(readJudgeRequest(request), new AbortController().signal));
  if (expected === undefined) {
    await expect(judged, name).rejects.toMatchObject({ code: 'JUDGEMENT_FAILED' });
    return;
  }
  const result = await judged;
  const answer: CanaryJudgeResult = JSON.parse(toWireJson(withoutEvidence(result)));
  if (noisy) {
    expect(withoutRatios(answer), name).toEqual(withoutRatios(expected));
    answer.results.forEach((metric, index) => {
      const ratio = expected.results[index]?.resultMetadata?.ratio;
      if (typeof ratio === 'number') expect(metric.resultMetadata?.ratio, name).toBeCloseTo(ratio, 3);
    });
  } else {
    expect(JSON.stringify(answer), name).toBe(JSON.stringify(expected));
  }
  result.results.forEach(({ evidence, experimentMetadata, controlMetadata }, index) => {
    const largest = Math.max(Math.abs(experimentMetadata.stats.max), Math.abs(controlMetadata.stats.max));
    compareIntervals(name, evidence, intervals[index], noisy ? 1e-4 * largest : 0);
  });
}

function compareIntervals(
  name: string,
  evidence: Evidence | undefined,
  expected: Interval | null | undefined,
  tolerance: number,
): void {
  const figures = [
    [evidence?.interval?.lower, expected?.lowerConfidence],
    [evidence?.interval?.upper, expected?.upperConfidence],
    [evidence?.estimate, expected?.estimate],
  ];
  for (const [found, wanted] of figures) {
    const number = wanted === undefined ? undefined : Double.parse(wanted);
    if (number === undefined || tolerance === 0) expect(found, name).toBe(number);
    else expect(Math.abs(Number(found) - number), name).toBeLessThan(tolerance);
  }
}

function withoutEvidence(result: CanaryJudgeResult): CanaryJudgeResult {
  return { ...result, results: result.results.map(({ evidence: _, ...metric }) => metric) };
}

function withoutRatios(result: CanaryJudgeResult) {
  return { ...result, results: result.results.map(({ resultMetadata: _, ...metric }) => metric) };
}
