import { z } from 'zod';
import { CanaryClassifierThresholdsConfig, CanaryConfig } from '../../src/domain/canary-config.ts';
import type { JudgeRequest } from '../../src/domain/canary-judge.ts';
import { MetricSetPair, nullsAsZeros } from '../../src/domain/metric-set-pair.ts';
import { dropNulls } from '../../src/domain/values/wire-json.ts';

const Request = z.object({
  canaryConfig: CanaryConfig,
  scoreThresholds: CanaryClassifierThresholdsConfig,
  metricSetPairList: z.array(MetricSetPair),
});

/** Reads a judge's request as `POST /judge` does. */
export function readJudgeRequest(json: unknown): JudgeRequest {
  const request = structuredClone(json);
  dropNulls(request);
  const { name } = (request as { canaryConfig?: { judge?: { name?: string } } }).canaryConfig?.judge ?? {};
  if (!name || name.startsWith('NetflixACA')) nullsAsZeros(request);
  return Request.parse(request);
}
