import { z } from 'zod';
import { type Gate, type GateCall, gateRoute } from '../src/domain/gate.ts';
import { CanaryFields, canaryOf } from './shared/canary-fields.ts';
import { decisionOf, pauseSeconds } from './shared/decision.ts';
import { sentenceOf } from './shared/sentence.ts';

const Params = z.object({ config: z.string().describe('id of a stored config, or its name where only one has it') });

/** As much of the event `deployment_protection_rule` as names the deployment, with what to judge. */
const Body = z
  .looseObject({
    environment: z.string().min(1, 'must not be empty').describe('production'),
    deployment: z.looseObject({ id: z.number().int() }),
    repository: z.looseObject({ full_name: z.string().min(1, 'must not be empty').describe('octo-org/checkout') }),
    canary: CanaryFields,
  })
  .meta({ id: 'GithubProtectionRule' });
const Reply = z
  .object({
    state: z.enum(['approved', 'rejected', 'pending']).describe('the first two are for GitHub'),
    retryAfterSeconds: z.number().int().optional().describe('only with pending'),
    comment: z.string().describe('why, with the address of the report'),
  })
  .meta({ id: 'GithubProtectionReply' });
type Call = GateCall<z.infer<typeof Params>, unknown, z.infer<typeof Body>>;
const STATE = { wait: 'pending', go: 'approved', back: 'rejected' } as const;

/**
 * Deployment protection rules of GitHub. A GitHub App of yours gets the event, asks here until the state is not pending,
 * and posts state and comment to the event's `deployment_callback_url`.
 *
 * Source: https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/create-custom-protection-rules
 * and https://docs.github.com/en/rest/actions/workflow-runs#review-custom-deployment-protection-rules-for-a-workflow-run
 */
export const github: Gate = {
  name: 'github',
  isGo: ({ body }) => (body as z.infer<typeof Reply>).state === 'approved',
  routes: [
    gateRoute<Call['params'], Call['query'], Call['body']>({
      method: 'POST',
      path: '/hooks/github/:config',
      permission: 'runs.start',
      role: 'holds',
      operationId: 'askGithubProtectionRule',
      summary: 'GitHub: deployment protection rule',
      description:
        'Watches the deployment for `canary.minutes` from the first call on. The app asks again while the state is ' +
        'pending, and hands on approved or rejected.',
      Params,
      Body,
      replies: { 200: { description: 'what the app answers to GitHub', schema: Reply } },
      toAsk: ({ params, body }) => ({
        act: 'judge',
        key: [params.config, body.repository.full_name, `${body.deployment.id}`, body.environment],
        config: params.config,
        canary: canaryOf(body.canary),
      }),
      toReply: (standing) => {
        const decision = decisionOf(standing);
        const delay = decision === 'wait' ? { retryAfterSeconds: pauseSeconds(standing) } : {};
        return { status: 200, body: { state: STATE[decision], ...delay, comment: sentenceOf(standing) } };
      },
    }),
  ],
};
