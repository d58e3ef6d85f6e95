import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';
import type { StackdriverAccount } from './account.ts';

const Problem = z.object({
  error: z.object({
    message: z.string(),
    status: z.string().optional(),
    details: z.array(z.unknown()).optional(),
  }),
});
const RetryDelay = z.object({ retryDelay: z.string().regex(/^\d+(\.\d+)?s$/) });

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

/** Finds an error in a successful answer. */
export function readFailure(json: unknown): Refusal | undefined {
  const problem = Problem.safeParse(json).data?.error;
  return problem === undefined ? undefined : { text: problem.message };
}
