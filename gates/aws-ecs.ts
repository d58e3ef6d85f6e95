import { z } from 'zod';
import { type Gate, type GateCall, gateRoute } from '../src/domain/gate.ts';
import { CanaryFields, canaryOf } from './shared/canary-fields.ts';
import { decisionOf, pauseSeconds } from './shared/decision.ts';
import { sentenceOf } from './shared/sentence.ts';

const Params = z.object({ config: z.string().describe('id of a stored config, or its name where only one has it') });

/** What ECS hands to a hook, as the function passes it on. */
const Body = z
  .looseObject({
    resourceArn: z.string().min(1, 'must not be empty').describe('of the service deployment'),
    lifecycleStage: z.string().min(1, 'must not be empty').describe('POST_TEST_TRAFFIC_SHIFT, …'),
    executionDetails: z.looseObject({}).optional(),
    hookDetails: z.looseObject({
      haldane: CanaryFields.describe('what to judge, from the definition of the hook'),
    }),
  })
  .meta({ id: 'EcsHookEvent' });
const Reply = z
  .object({
    hookStatus: z.enum(['SUCCEEDED', 'FAILED', 'IN_PROGRESS']),
    callBackDelay: z.number().int().optional().describe('seconds until ECS asks again'),
    hookDetails: z.record(z.string(), z.unknown()).optional().describe('kept by ECS, for people'),
  })
  .meta({ id: 'EcsHookReply' });
type Call = GateCall<z.infer<typeof Params>, unknown, z.infer<typeof Body>>;
const STATUS = { wait: 'IN_PROGRESS', go: 'SUCCEEDED', back: 'FAILED' } as const;

/**
 * Lifecycle hooks of Amazon ECS. ECS calls a Lambda function, which passes the event on and returns the reply; it asks
 * again after `callBackDelay` seconds while the status is IN_PROGRESS, and rolls back at FAILED.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html
 */
export const awsEcs: Gate = {
  name: 'aws-ecs',
  isGo: ({ body }) => (body as z.infer<typeof Reply>).hookStatus === 'SUCCEEDED',
  routes: [
    gateRoute<Call['params'], Call['query'], Call['body']>({
      method: 'POST',
      path: '/hooks/aws-ecs/:config',
      permission: 'runs.start',
      role: 'holds',
      operationId: 'askEcsHook',
      summary: 'Amazon ECS: lifecycle hook',
      description:
        'Watches the deployment for `minutes` from the first call on, and lets only a pass through. The function of the ' +
        'hook passes the event on and returns the reply as it is.',
      Params,
      Body,
      replies: { 200: { description: 'what the hook returns to ECS', schema: Reply } },
      toAsk: ({ params, body }) => ({
        act: 'judge',
        key: [params.config, body.resourceArn, body.lifecycleStage],
        config: params.config,
        canary: canaryOf(body.hookDetails.haldane),
      }),
      toReply: (standing) => {
        const decision = decisionOf(standing);
        const delay = decision === 'wait' ? { callBackDelay: pauseSeconds(standing) } : {};
        const told = { haldaneReason: sentenceOf(standing), haldaneReport: standing.verdict?.links.report ?? '' };
        return { status: 200, body: { hookStatus: STATUS[decision], ...delay, hookDetails: told } };
      },
    }),
  ],
};
