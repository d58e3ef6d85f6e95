import { expect, it } from 'vitest';
import { providers } from '../../../providers/index.ts';
import type { CanaryAnalysisResult } from '../../../src/domain/canary-judge-result.ts';
import type { CanaryResult } from '../../../src/domain/run.ts';
import { CanaryAnalysisExecutionRequest } from '../../../src/domain/standalone-analysis.ts';
import { analysisResult } from '../../../src/engine/analyses/result.ts';
import { run } from '../../support/store-suite.ts';

const NOON = Date.parse('2026-08-22T12:00:00Z');
const HOUR = 3_600_000;
const WARNING =
  'One of the metrics returned fewer than 50 data points, which can reduce confidence in the final canary score.';
const REQUEST = CanaryAnalysisExecutionRequest.parse({
  scopes: [{ controlOffsetInMinutes: 90 }, { scopeName: 'other', controlOffsetInMinutes: 5 }],
  thresholds: { pass: 95, marginal: 75 },
  lifetimeDurationMins: 60,
});

const statsOf = (count: number) => ({ stats: { count, mean: 1, min: 1, std: 0, max: 1 } });
/** What a run found whose metrics have so many values in their controls, and plenty in their experiments. */
const resultOf = (counts: readonly number[]): CanaryResult => ({
  judgeResult: {
    judgeName: 'FakeJudge-v1.0',
    results: counts.map(
      (count, index): CanaryAnalysisResult => ({
        name: `m${index}`,
        classification: 'Pass',
        groups: [],
        experimentMetadata: statsOf(1000),
        controlMetadata: statsOf(count),
        critical: false,
        muted: false,
      }),
    ),
    groupScores: [],
    score: { score: 100, classification: 'Pass', classificationReason: '' },
  },
});
const close = (runs: readonly (readonly number[])[], metricsAccountType: string) =>
  analysisResult({
    request: REQUEST,
    ownResolution: providers.find(({ type }) => type === metricsAccountType)?.ownResolution === true,
    judgements: runs.map((counts, index) => ({
      run: run(`run-${index}`, { status: 'succeeded', result: resultOf(counts) }),
      window: { start: NOON, end: NOON + (index + 1) * HOUR },
    })),
  });

it.each([
  ['50 values everywhere', 'prometheus', [[50, 51], [1000]], [[], []]],
  ['49 values in one metric of the second', 'prometheus', [[50], [1000, 49]], [[], [WARNING]]],
  ['49 values from Datadog', 'datadog', [[49], [0]], [[], []]],
])('STA-13: judgements of %s carry their warnings', (_, type, counts, warnings) => {
  const result = close(counts, type);
  expect(result.canaryExecutionResults.map((judgement) => judgement.warnings)).toEqual(warnings);
  expect(result.hasWarnings).toBe(warnings.flat().length > 0);
});

it("STA-14: the times of a judgement are its control window, by the first scope's offset", () => {
  const [, second] = close([[50], [50]], 'prometheus').canaryExecutionResults;
  expect(second).toMatchObject({
    judgementStartTimeIso: '2026-08-22T10:30:00Z',
    judgementStartTimeMillis: NOON - 1.5 * HOUR,
    judgementEndTimeIso: '2026-08-22T12:30:00Z',
    judgementEndTimeMillis: NOON + 0.5 * HOUR,
  });
});
