import { z } from 'zod';
import { CommandError, EXIT, type ExitCode } from '../command-error.ts';
import { choice, unknownWord } from '../options.ts';
import type { Verdict } from './verdict.ts';

const NO_DATA = ['inconclusive', 'fail', 'no-verdict'] as const;

/** What verdicts mean for the exit code. */
export const PolicyOptions = z.object({
  marginalIs: choice(['marginal', 'pass', 'fail']).default('marginal').describe('how a marginal verdict counts'),
  noDataIs: z
    .enum(NO_DATA, { error: ({ input }) => refusedNoData(String(input)) })
    .default('inconclusive')
    .describe('how too little data counts; never as a pass'),
  failIfUnavailable: z
    .boolean()
    .default(false)
    .describe('exit 1 instead of 3 when there is no verdict: error, timeout, unreachable'),
});
export type PolicyOptions = z.output<typeof PolicyOptions>;

/** Exit codes of every command that ends with a verdict. */
export const VERDICT_EXIT_CODES = {
  [EXIT.ok]: 'pass',
  [EXIT.findings]: 'fail',
  [EXIT.inconclusive]: 'marginal, or inconclusive for lack of data',
  [EXIT.noVerdict]: 'no verdict: error, canceled, timeout, or the service cannot be reached',
} as const;

/** Only what was judged, and passed, is 0. */
export function exitCodeOf(
  { verdict, done, score }: Pick<Verdict, 'verdict' | 'done' | 'score'>,
  policy: PolicyOptions,
): ExitCode {
  if (!done) return withoutVerdict(policy);
  switch (verdict) {
    case 'pass':
      return score === null ? withoutVerdict(policy) : EXIT.ok;
    case 'marginal':
      return { marginal: EXIT.inconclusive, pass: EXIT.ok, fail: EXIT.findings }[policy.marginalIs];
    case 'fail':
      return EXIT.findings;
    case 'nodata':
      if (policy.noDataIs === 'no-verdict') return withoutVerdict(policy);
      return policy.noDataIs === 'fail' ? EXIT.findings : EXIT.inconclusive;
    default:
      return withoutVerdict(policy);
  }
}

/** Runs work that ends with a verdict: that there is none counts as the policy says. */
export async function withPolicy<Result>(policy: PolicyOptions, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!policy.failIfUnavailable || !(error instanceof CommandError) || error.exitCode !== EXIT.noVerdict) throw error;
    throw new CommandError(EXIT.findings, error.message, error);
  }
}

function withoutVerdict({ failIfUnavailable }: PolicyOptions): ExitCode {
  return failIfUnavailable ? EXIT.findings : EXIT.noVerdict;
}

function refusedNoData(word: string): string {
  if (word !== 'pass') return unknownWord(word, NO_DATA);
  return `'pass' would let a version go on of which nothing is known; known: ${NO_DATA.join(', ')}`;
}
