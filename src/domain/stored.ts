import { z } from 'zod';
import { CanaryClassifierConfig, CanaryClassifierThresholdsConfig, CanaryConfig } from './canary-config.ts';
import { CanaryExecutionRequest } from './canary-execution-request.ts';
import { CanaryJudgeGroupScore, CanaryJudgeResult, CanaryJudgeScore } from './canary-judge-result.ts';
import { JudgeComparison } from './judge-comparison.ts';
import { CanaryResult } from './run.ts';
import {
  CanaryAnalysisExecutionRequest,
  CanaryAnalysisExecutionResult,
  CanaryExecutionResult,
} from './standalone-analysis.ts';
import { Double } from './values/double.ts';

// What is stored is read by a wider schema than a request: 0.1.0 accepted weights, thresholds and scores that are no
// numbers, and its rows are to be read by every later version.

const Thresholds = CanaryClassifierThresholdsConfig.extend({ pass: Double.optional(), marginal: Double.optional() });

export const StoredConfig = CanaryConfig.extend({
  classifier: CanaryClassifierConfig.extend({
    groupWeights: z.record(z.string(), Double.nullable()).nullish(),
    scoreThresholds: Thresholds.optional(),
  }).optional(),
});

export const StoredRequest = CanaryExecutionRequest.extend({ thresholds: Thresholds.optional() });

export const StoredAnalysisRequest = CanaryAnalysisExecutionRequest.extend({ thresholds: Thresholds.optional() });

const StoredJudgeResult = CanaryJudgeResult.extend({
  groupScores: z.array(CanaryJudgeGroupScore.extend({ score: Double })),
  score: CanaryJudgeScore.extend({ score: Double }),
});

const Compared = JudgeComparison.shape.comparisonResult
  .unwrap()
  .extend({ judge1Result: StoredJudgeResult, judge2Result: StoredJudgeResult });

export const StoredComparison = JudgeComparison.extend({ comparisonResult: Compared.optional() });

export const StoredResult = CanaryResult.extend({ judgeResult: StoredJudgeResult });

export const StoredAnalysisResult = CanaryAnalysisExecutionResult.extend({
  canaryScores: z.array(Double),
  canaryExecutionResults: z.array(CanaryExecutionResult.extend({ result: StoredResult.optional() })),
});
