import { z } from 'zod';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import type { CanaryAnalysisResult } from '../../src/domain/canary-judge-result.ts';

const STATS = { count: 1, mean: 0, min: 0, std: 0, max: 0 };

/** Passes everything with a score of 100. */
export const fakeJudge: CanaryJudge = {
  name: 'FakeJudge-v1.0',
  visible: true,
  Settings: z.looseObject({}),
  MetricSettings: z.looseObject({}),
  judge: ({ metricSetPairList }) => ({
    judgeName: 'FakeJudge-v1.0',
    results: metricSetPairList.map(
      (pair): CanaryAnalysisResult => ({
        name: pair.name,
        ...(pair.id === undefined ? {} : { id: pair.id }),
        classification: 'Pass',
        groups: [],
        experimentMetadata: { stats: STATS },
        controlMetadata: { stats: STATS },
        critical: false,
        muted: false,
      }),
    ),
    groupScores: [],
    score: { score: 100, classification: 'Pass', classificationReason: '' },
  }),
};
