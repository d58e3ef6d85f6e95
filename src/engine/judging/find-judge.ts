import type { CanaryJudge } from '../../domain/canary-judge.ts';
import { CanaryError } from '../../errors.ts';

/** The judge of that name; the first one when a config names none. @throws CanaryError JUDGE_UNKNOWN */
export function findJudge(judges: readonly CanaryJudge[], name: string | undefined): CanaryJudge {
  const judge = name ? judges.find((candidate) => candidate.name === name) : judges[0];
  if (judge !== undefined) return judge;
  const known = judges.map((candidate) => candidate.name).join(', ');
  throw new CanaryError('JUDGE_UNKNOWN', `Unable to resolve canary judge '${name}'. Known judges: ${known}.`);
}
