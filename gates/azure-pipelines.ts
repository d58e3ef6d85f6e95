import { z } from 'zod';
import { type Gate, type GateCall, gateRoute } from '../src/domain/gate.ts';
import { VERDICT_WORDS } from '../src/domain/verdict-report.ts';
import { CanaryFields, canaryOf } from './shared/canary-fields.ts';
import { sentenceOf } from './shared/sentence.ts';

const Params = z.object({ config: z.string().describe('id of a stored config, or its name where only one has it') });

/** The body of an Invoke REST API check, with the identity of the stage that waits, and what to judge. */
const Body = z
  .looseObject({
    ProjectId: z.string().min(1, 'must not be empty').describe('$(system.TeamProjectId)'),
    PlanId: z.string().min(1, 'must not be empty').describe('$(system.PlanId)'),
    JobId: z.string().min(1, 'must not be empty').describe('$(system.JobId), of the stage that waits'),
    canary: CanaryFields,
  })
  .meta({ id: 'AzurePipelinesCheck' });
const Reply = z
  .object({
    verdict: z.enum(VERDICT_WORDS).describe("let the check succeed with eq(root['verdict'], 'pass')"),
    done: z.boolean(),
    score: z.number().nullable(),
    reason: z.string(),
    report: z.string().describe('its address; empty before the judgement begins'),
  })
  .meta({ id: 'AzurePipelinesReply' });
type Call = GateCall<z.infer<typeof Params>, unknown, z.infer<typeof Body>>;

/**
 * The check Invoke REST API of Azure Pipelines, completed by the response: Azure asks every few minutes and evaluates
 * its success criteria on the answer.
 *
 * Source: https://learn.microsoft.com/en-us/azure/devops/pipelines/process/invoke-checks and
 * https://learn.microsoft.com/en-us/azure/devops/pipelines/tasks/reference/invoke-rest-api-v1
 */
export const azurePipelines: Gate = {
  name: 'azure-pipelines',
  isGo: ({ status, body }) => status === 200 && (body as z.infer<typeof Reply>).verdict === 'pass',
  routes: [
    gateRoute<Call['params'], Call['query'], Call['body']>({
      method: 'POST',
      path: '/hooks/azure-pipelines/:config',
      permission: 'runs.start',
      role: 'holds',
      operationId: 'askAzurePipelinesCheck',
      summary: 'Azure Pipelines: Invoke REST API check',
      description:
        "Watches for `canary.minutes` from the first call on. Success criteria: eq(root['verdict'], 'pass'). Never compare " +
        'with fail: what was not judged is no fail either.',
      Params,
      Body,
      replies: { 200: { description: 'the verdict so far', schema: Reply } },
      toAsk: ({ params, body }) => ({
        act: 'judge',
        key: [params.config, body.ProjectId, body.PlanId, body.JobId],
        config: params.config,
        canary: canaryOf(body.canary),
      }),
      toReply: (standing) => {
        const { verdict, isJudging } = standing;
        const isDone = verdict?.done === true && !isJudging;
        return {
          status: 200,
          body: {
            verdict: isDone ? verdict.verdict : 'running',
            done: isDone,
            score: isDone ? verdict.score : null,
            reason: sentenceOf(standing),
            report: verdict?.links.report ?? '',
          },
        };
      },
    }),
  ],
};
