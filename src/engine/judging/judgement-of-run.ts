import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { Run } from '../../domain/run.ts';
import type { Judgement } from './judge-series.ts';

/** How a run is judged by these series: the first time, under another judge, and once more years later. */
export function judgementOfRun(
  run: Pick<Run, 'config' | 'request' | 'look' | 'canaryConfigId' | 'application' | 'buildTime'>,
  pairs: readonly MetricSetPair[],
): Omit<Judgement, 'judges' | 'earlierRuns'> {
  const { config, request, look } = run;
  const { thresholds, trafficPercent } = request;
  const history = { ...run, before: run.buildTime };
  return { config, thresholds, pairs, history, look, trafficPercent, apart: isApart(request) };
}

/** Whether control and experiment were measured at different times. */
function isApart({ scopes = {} }: CanaryExecutionRequest): boolean {
  return Object.values(scopes).some(
    ({ controlScope, experimentScope }) => controlScope?.start !== experimentScope?.start,
  );
}
