import { z } from 'zod';
import { type Gate, type GateCall, gateRoute } from '../src/domain/gate.ts';
import { CanaryFields, canaryOf } from './shared/canary-fields.ts';
import { decisionOf, pauseSeconds } from './shared/decision.ts';
import { sentenceOf } from './shared/sentence.ts';

const Params = z.object({ config: z.string().describe('id of a stored config, or its name where only one has it') });

/** What CodeDeploy hands to a hook, with what to judge. */
const Body = z
  .looseObject({
    DeploymentId: z.string().min(1, 'must not be empty').describe('d-0A1B2C3D4'),
    LifecycleEventHookExecutionId: z.string().min(1, 'must not be empty'),
    canary: CanaryFields,
  })
  .meta({ id: 'CodeDeployHookEvent' });
const Reply = z
  .object({
    status: z.enum(['Succeeded', 'Failed', 'InProgress']).describe('the first two are for CodeDeploy'),
    retryAfterSeconds: z.number().int().optional().describe('only with InProgress'),
    reason: z.string(),
    report: z.string().describe('its address; empty before the judgement begins'),
  })
  .meta({ id: 'CodeDeployHookReply' });
type Call = GateCall<z.infer<typeof Params>, unknown, z.infer<typeof Body>>;
const STATUS = { wait: 'InProgress', go: 'Succeeded', back: 'Failed' } as const;

/**
 * Hooks of AWS CodeDeploy, for Lambda and ECS deployments. CodeDeploy calls a Lambda function and waits up to an hour
 * for `PutLifecycleEventHookExecutionStatus` with Succeeded or Failed; the function asks here until there is one.
 *
 * Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html and
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_PutLifecycleEventHookExecutionStatus.html
 */
export const awsCodedeploy: Gate = {
  name: 'aws-codedeploy',
  isGo: ({ body }) => (body as z.infer<typeof Reply>).status === 'Succeeded',
  routes: [
    gateRoute<Call['params'], Call['query'], Call['body']>({
      method: 'POST',
      path: '/hooks/aws-codedeploy/:config',
      permission: 'runs.start',
      role: 'holds',
      operationId: 'askCodeDeployHook',
      summary: 'AWS CodeDeploy: lifecycle event hook',
      description:
        'Watches the deployment for `canary.minutes` from the first call on. The function of the hook asks again while ' +
        'the status is InProgress, and hands on Succeeded or Failed to CodeDeploy.',
      Params,
      Body,
      replies: { 200: { description: 'what the function tells CodeDeploy', schema: Reply } },
      toAsk: ({ params, body }) => ({
        act: 'judge',
        key: [params.config, body.DeploymentId, body.LifecycleEventHookExecutionId],
        config: params.config,
        canary: canaryOf(body.canary),
      }),
      toReply: (standing) => {
        const decision = decisionOf(standing);
        const delay = decision === 'wait' ? { retryAfterSeconds: pauseSeconds(standing) } : {};
        const told = { reason: sentenceOf(standing), report: standing.verdict?.links.report ?? '' };
        return { status: 200, body: { status: STATUS[decision], ...delay, ...told } };
      },
    }),
  ],
};
