import { z } from 'zod';
import type { CanaryJudge, JudgeRequest } from '../../src/domain/canary-judge.ts';
import type { CanaryAnalysisResult } from '../../src/domain/canary-judge-result.ts';
import { readMetricSettings, readSettings } from '../../src/domain/judge-settings.ts';
import { scoreCanary } from '../../src/domain/score.ts';

const Settings = z.looseObject({
  coin: z.enum(['heads', 'tails']).default('heads').describe('the side that passes'),
  bias: z.number().min(0).lt(1).default(0.5).describe('how often it is heads'),
});
const MetricSettings = z.looseObject({
  importance: z
    .enum(['vital', 'usual'])
    .default('usual')
    .meta({ title: 'Importance', description: 'how much the metric matters', 'x-meanings': { vital: 'of life' } }),
  luck: z.looseObject({ charm: z.number().optional().describe('added to each toss') }).default({}),
  lucky: z.boolean().default(false).meta({ title: 'Lucky' }),
});
type CoinMetric = z.output<typeof MetricSettings>;

const STATS = { count: 1, mean: 0, min: 0, std: 0, max: 0 };
const SIZES = { given: 1, used: 1 };

/**
 * A judge with its own settings, clauses and words, known only to tests: shows what adding one takes. It passes lucky
 * metrics and fails the rest.
 */
export function createCoinJudge(seen: (request: JudgeRequest) => void = () => {}): CanaryJudge {
  return {
    name: 'CoinJudge-v1.0',
    visible: true,
    needs: ['history'],
    companions: (_config, { name }) => ({
      denominator: true,
      traffic: false,
      historyMillis: name === 'm1' ? 3_600_000 : 0,
    }),
    settingsThatClash: ({ metrics = [] }) =>
      metrics.flatMap(({ name }, index) =>
        name === 'coin'
          ? [{ path: `metrics[${index}].name`, field: 'name', message: 'is "coin"; choose another.' }]
          : [],
      ),
    Settings,
    MetricSettings,
    judge(request) {
      seen(request);
      const { canaryConfig, scoreThresholds: thresholds, metricSetPairList } = request;
      const { coin } = readSettings(Settings, canaryConfig);
      const results = metricSetPairList.map(({ name, id }) => {
        const metric = canaryConfig.metrics?.find((candidate) => candidate.name === name);
        const settings = metric === undefined ? MetricSettings.parse({}) : readMetricSettings(MetricSettings, metric);
        return { ...toss(name, coin, settings), ...(id === undefined ? {} : { id }), groups: metric?.groups ?? [] };
      });
      const { groupWeights } = canaryConfig.classifier ?? {};
      const { groups, score, verdict } = scoreCanary(results, { groupWeights: groupWeights ?? {}, thresholds });
      return {
        judgeName: 'CoinJudge-v1.0',
        results,
        groupScores: groups.map(({ name, score }) => ({ name, score, classification: '', classificationReason: '' })),
        score: { score, classification: verdict, classificationReason: '' },
      };
    },
  };
}

function toss(name: string, coin: string, { lucky }: CoinMetric): CanaryAnalysisResult {
  return {
    name,
    classification: lucky ? 'Pass' : 'High',
    experimentMetadata: { stats: STATS },
    controlMetadata: { stats: STATS },
    critical: false,
    muted: false,
    evidence: {
      test: 'a toss',
      clause: lucky ? 'luckyToss' : 'unluckyToss',
      rule: lucky ? 'A lucky metric passes.' : `A metric whose coin does not show ${coin} fails.`,
      sentence: `The coin of ${name} fell ${lucky ? 'well' : 'badly'}.`,
      sampleSizes: { control: SIZES, experiment: SIZES },
      ...(lucky ? {} : { wouldPass: ['It would pass if it were lucky.'] }),
    },
  };
}
