import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import type { AnswerHeaders } from '../shared/http/http.ts';
import { jsonOf } from '../shared/http/json-of.ts';

const Problem = z.object({ code: z.string(), message: z.string() });
const Problems = z.union([z.object({ error: Problem }).transform(({ error }) => error), Problem]);

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'check the credentials of the account',
  403: 'the application or identity needs the role Monitoring Reader on the resource',
  404: 'check the resourceId',
};

/** Reads an error of Azure Resource Manager or the metrics service. */
export function readRefusal(status: number, body: string): Refusal {
  const problem = Problems.safeParse(jsonOf(body)).data;
  const text = problem === undefined ? body : `${problem.code}: ${problem.message}`;
  return { text, remedy: REMEDIES[status] };
}

/** Resource Manager's read quota is a token bucket that refills every second. */
export function readPause(headers: AnswerHeaders): number | undefined {
  const isUsedUp = headers['x-ms-ratelimit-remaining-subscription-reads'] === '0';
  return isUsedUp && headers['retry-after'] === undefined ? 1000 : undefined;
}
