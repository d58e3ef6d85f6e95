import type { z } from 'zod';
import { CommandError, EXIT } from '../command-error.ts';
import type { JsonAnswer, NoAnswer } from './json-answer.ts';

/** The body of an answer. @throws CommandError what was asked, why there is none, and what to do */
export function bodyOf(answer: JsonAnswer, what: string): unknown {
  if (answer.ok) return answer.body;
  throw new CommandError(exitCodeOf(answer), `${what}: ${reasonOf(answer)}`);
}

/** The same, read. @throws CommandError also when it is not what this version answers */
export function readBody<T>(answer: JsonAnswer, what: string, Body: z.ZodType<T>): T {
  const read = Body.safeParse(bodyOf(answer, what));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = `${issue?.path.join('.')}: ${issue?.message}`;
  throw new CommandError(EXIT.noVerdict, `${what}: the answer is not one of this version of Haldane (${where})`);
}

/** What a service refuses is the user's to mend; all else is no verdict. */
export function exitCodeOf({ status }: NoAnswer) {
  return status !== undefined && MENDABLE.has(status) ? EXIT.usage : EXIT.noVerdict;
}

const MENDABLE: ReadonlySet<number> = new Set([400, 404, 405, 409, 413, 415, 422]);

/** Why, and what to do when the service wants a token. */
export function reasonOf({ status, reason }: NoAnswer): string {
  const said = reason.replace(/^\d{3}: /, '');
  if (status !== 401 && status !== 403) return said;
  const remedy = process.env.HALDANE_TOKEN ? 'HALDANE_TOKEN is not accepted there' : 'set HALDANE_TOKEN to a token';
  return `${status}: ${said}; ${remedy}`;
}
