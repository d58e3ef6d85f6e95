import { createJudges } from '../../../judges/index.ts';
import { prometheus } from '../../../providers/prometheus/index.ts';
import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import { SIDES } from '../../../src/domain/canary-scope.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../../../src/domain/run.ts';
import { createAccounts } from '../../../src/engine/accounts.ts';
import { type RunReport, reportRun } from '../../../src/reports/run-report.ts';
import { SAMPLE_START, sampleConfig, sampleRequest, sampleShape, sampleValues } from './report-samples.ts';

export interface SampleRun {
  readonly run: CanaryExecutionStatusResponse;
  readonly pairs: readonly MetricSetPair[];
}

/** The series of the first so many sample metrics. */
export function samplePairs(count: number, points: number): MetricSetPair[] {
  const scope = { startTimeMillis: SAMPLE_START, stepMillis: 60_000 };
  return Array.from({ length: count }, (_, index) => ({
    name: sampleShape(index).name,
    id: `pair-${index}`,
    tags: {},
    values: {
      control: sampleValues(index, 'control', points),
      experiment: sampleValues(index, 'experiment', points),
    },
    scopes: { control: scope, experiment: scope },
    attributes: Object.fromEntries(SIDES.map((side) => [side, { query: `${sampleShape(index).query} # ${side}` }])),
  }));
}

/** A run on the sample metrics, judged by its config's real judge, without a service. */
export async function sampleRun(
  count: number,
  points: number,
  {
    config = sampleConfig(count),
    pairs = samplePairs(count, points),
  }: { config?: CanaryConfig; pairs?: MetricSetPair[] } = {},
): Promise<SampleRun> {
  const judge = createJudges({}).find(({ name }) => name === config.judge?.name);
  if (judge === undefined) throw new Error(`no judge '${config.judge?.name}'`);
  const request = sampleRequest(points);
  const judged = { canaryConfig: config, scoreThresholds: request.thresholds ?? {}, metricSetPairList: pairs };
  const judgeResult = await judge.judge(judged, new AbortController().signal);
  const run: CanaryExecutionStatusResponse = {
    application: 'shop',
    pipelineId: 'a-run',
    stageStatus: { setupContext: 'succeeded', mixMetrics: 'succeeded', judge: 'succeeded' },
    complete: true,
    status: 'succeeded',
    result: { judgeResult },
    config,
    canaryConfigId: 'ad-hoc',
    canaryExecutionRequest: request,
    buildTimeMillis: SAMPLE_START,
    buildTimeIso: '2026-01-01T12:00:00Z',
    startTimeMillis: SAMPLE_START,
    endTimeMillis: SAMPLE_START + 2500,
    storageAccountName: 'haldane',
    metricsAccountName: 'prom',
  };
  return { run, pairs };
}

/** The report of {@link sampleRun}. */
export async function sampleReport(...parts: Parameters<typeof sampleRun>): Promise<RunReport> {
  return reportRun({ ...(await sampleRun(...parts)), linkTo: SAMPLE_ACCOUNTS.linkTo });
}

/** Of the one metrics store the sample run asks. */
export const SAMPLE_ACCOUNTS = createAccounts({
  metricsStores: [
    prometheus.Account.parse({
      name: 'prom',
      type: 'prometheus',
      endpoint: { baseUrl: 'http://prometheus.test:9090/prometheus/' },
    }),
  ],
  providers: [prometheus],
  store: { type: 'memory', accountNames: [] },
});
