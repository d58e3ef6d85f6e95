import { z } from 'zod';
import { NextStep } from '../../domain/ramp.ts';
import { EXIT, type ExitCode } from '../command-error.ts';
import { printable } from '../terminal/text-table.ts';
import { exitCodeOf } from './verdict-policy.ts';

/** What a service says of the next step of a ramp; a newer one may say more. */
export const Step = z.looseObject(NextStep.shape);
export type Step = z.infer<typeof Step>;

/** Exit codes of commands that end with whether a ramp may go on. */
export const STEP_EXIT_CODES = {
  [EXIT.ok]: 'yes: the step was judged and passed, so the traffic may rise',
  [EXIT.findings]: 'no: the step failed, so roll back',
  [EXIT.inconclusive]: 'no: the step is marginal, or there was too little data',
  [EXIT.noVerdict]: 'not judged yet, error, canceled, timeout, or the service cannot be reached',
} as const;

/** 0 only for a yes. */
export function exitCodeOfStep({ go, verdict, score }: Step, failIfUnavailable: boolean): ExitCode {
  const policy = { marginalIs: 'marginal', noDataIs: 'inconclusive', failIfUnavailable } as const;
  const exitCode = exitCodeOf({ verdict, score, done: go !== 'wait' }, policy);
  return exitCode === EXIT.ok && go !== 'yes' ? EXIT.noVerdict : exitCode;
}

/** The answer, the reason and the page, a line each. */
export function stepText({ go, rollback, reason, links }: Step): string {
  return `${rollback ? 'no, roll back' : go}\n${printable(reason)}\n${printable(links.report)}\n`;
}
