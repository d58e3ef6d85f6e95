import { z } from 'zod';
import { CanaryClassifierThresholdsConfig, CanaryConfig } from '../../domain/canary-config.ts';
import { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { findJudge } from '../../engine/find-judge.ts';
import { ErrorResponse } from '../errors.ts';
import type { HttpServer, Service } from '../service.ts';

const JudgeView = z
  .object({ name: z.string(), visible: z.boolean().describe('whether pickers offer it') })
  .meta({ id: 'Judge' });
const JudgeRequest = z
  .object({
    canaryConfig: CanaryConfig,
    scoreThresholds: CanaryClassifierThresholdsConfig,
    metricSetPairList: z.array(MetricSetPair),
  })
  .meta({ id: 'RemoteJudgeRequest' });

/** `/judges`, and `/judge`: the route by which this service is the remote judge of another. */
export function judgeRoutes(http: HttpServer, { judges }: Service): void {
  http.get(
    '/judges',
    {
      schema: {
        operationId: 'listJudges',
        summary: 'List judges',
        description: 'The names a config may give in `judge.name`; the first is the default.',
        tags: ['Judges'],
        response: { 200: z.array(JudgeView) },
      },
    },
    async () => judges.map(({ name, visible }) => ({ name, visible })),
  );

  http.post(
    '/judge',
    {
      schema: {
        operationId: 'judge',
        summary: 'Judge series the request brings',
        description:
          "Judges at once with the judge the config names; nothing is stored. Kayenta's RemoteJudge calls this.",
        tags: ['Judges'],
        body: JudgeRequest,
        response: { 200: CanaryJudgeResult, 400: ErrorResponse },
      },
    },
    async ({ body, signal }) => findJudge(judges, body.canaryConfig.judge?.name).judge(body, signal),
  );
}
