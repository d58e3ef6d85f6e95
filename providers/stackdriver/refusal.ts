import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';
import type { StackdriverAccount } from './account.ts';
import { executionErrorsOf } from './answer.ts';

const Problem = z.object({
  error: z.object({
    message: z.string(),
    status: z.string().optional(),
    details: z.array(z.unknown()).optional(),
  }),
});
const RetryDelay = z.object({ retryDelay: z.string().regex(/^\d+(\.\d+)?s$/) });
const PartialAnswer = z.object({ executionErrors: z.array(z.unknown()).min(1) });

/** Reads an error of Cloud Monitoring. */
export function refusalReader({ project }: StackdriverAccount): (status: number, body: string) => Refusal {
  return (status, body) => {
    const problem = Problem.safeParse(jsonOf(body)).data?.error;
    if (problem === undefined) return { text: body };
    const text = problem.status === undefined ? problem.message : `${problem.status}: ${problem.message}`;
    const delay = problem.details?.map((detail) => RetryDelay.safeParse(detail).data?.retryDelay).find(Boolean);
    const retryAfterMillis = delay === undefined ? undefined : Number.parseFloat(delay) * 1000;
    return { text, remedy: remedyFor(status, problem.message, project), retryAfterMillis };
  };
}

function remedyFor(status: number, message: string, project: string): string | undefined {
  if (status === 403) return `the account needs roles/monitoring.viewer in the project ${project}`;
  if (status === 404 && message.includes('Cannot find metric')) {
    return `nothing of this metricType was ever written to ${project}, or not yet: the first point takes minutes`;
  }
  return status === 404 ? "check the account's project" : undefined;
}

/** Finds an error in a successful answer, or data that may be missing. */
export function failureReader(account: StackdriverAccount): (json: unknown) => Refusal | undefined {
  return (json) => {
    const problem = Problem.safeParse(json).data?.error;
    if (problem !== undefined) return { text: problem.message };
    const missing = PartialAnswer.safeParse(json).data;
    if (missing === undefined || account.allowPartial) return undefined;
    return {
      code: 'METRICS_ANSWER_INVALID',
      text: executionErrorsOf(missing).join('; '),
      remedy: 'some data may be missing; set allowPartial of the account to accept it',
    };
  };
}
