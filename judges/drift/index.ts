import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import { readSettings } from '../../src/domain/judge-settings.ts';
import { benjaminiHochberg } from '../stats/tests/benjamini-hochberg.ts';
import { createPace, type Steps, stepsInTurns } from '../steps/in-turns.ts';
import { driftSeries } from './drift-metrics.ts';
import { driftResult, isTested, type TestedSeries } from './drift-result.ts';
import { DriftMetricSettings, DriftSettings } from './drift-settings.ts';
import { testDrift } from './drift-test.ts';
import { driftVerdict } from './drift-verdict.ts';

const judgeName = 'DriftJudge-v1.0';

/**
 * Compares the outputs of two models, champion and challenger: distributions of categories, buckets and samples, rates of bad
 * outputs, and answers to the same requests. Critical values come from the sizes of the samples, not from folk thresholds;
 * one error budget is shared by all metrics. Outputs are taken for independent, so time series belong to other judges.
 */
export const drift: CanaryJudge = {
  name: judgeName,
  visible: true,
  companions: () => ({ denominator: true, traffic: false, historyMillis: 0 }),
  Settings: DriftSettings,
  MetricSettings: DriftMetricSettings,
  judge: async ({ canaryConfig: config, scoreThresholds: thresholds, metricSetPairList: pairs }, signal) => {
    const { errorBudget } = readSettings(DriftSettings, config);
    const series = driftSeries(config, pairs);
    const tested = await stepsInTurns(series, createPace(signal), function* (one): Steps<TestedSeries> {
      const isOther = one.together.length === 0;
      return { ...one, tested: isOther ? undefined : yield* testDrift(one.together, one.rules, errorBudget) };
    });
    const adjusted = adjust(tested, errorBudget);
    const results = tested.map((one, index) => driftResult(one, adjusted[index], errorBudget));
    const verdict = driftVerdict(series, results, { groupWeights: config.classifier?.groupWeights ?? {}, thresholds });
    return { judgeName, results, ...verdict };
  },
};

/** One error budget for the metrics that count; muted ones are held against one of their own. */
function adjust(tested: readonly TestedSeries[], errorBudget: number) {
  const adjusted = tested.map((): ReturnType<typeof benjaminiHochberg>[number] | undefined => undefined);
  for (const muted of [true, false]) {
    const family = tested.flatMap(({ rules, tested: one }, index) => {
      return rules.muted === muted && isTested(one) ? [{ index, p: one.pValue }] : [];
    });
    const all = benjaminiHochberg(
      family.map(({ p }) => p),
      errorBudget,
    );
    for (const [place, { index }] of family.entries()) adjusted[index] = all[place];
  }
  return adjusted;
}
