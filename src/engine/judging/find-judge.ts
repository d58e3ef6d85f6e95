import type { CanaryConfig } from '../../domain/canary-config.ts';
import { type CanaryJudge, REMOTE_JUDGE } from '../../domain/canary-judge.ts';
import { excerpt } from '../../domain/values/excerpt.ts';
import { CanaryError } from '../../errors.ts';

/** The judge of that name; the first one when a config names none. @throws CanaryError JUDGE_UNKNOWN */
export function findJudge(judges: readonly CanaryJudge[], name: string | undefined): CanaryJudge {
  const judge = name ? judges.find((candidate) => candidate.name === name) : judges[0];
  if (judge !== undefined) return judge;
  const known = judges.map((candidate) => candidate.name).join(', ');
  throw new CanaryError('JUDGE_UNKNOWN', `Unable to resolve canary judge '${name}'. Known judges: ${known}.`);
}

/**
 * The judge for a request from another service. If its config names the remote judge, which is this service,
 * `judge.judgeConfigurations.remoteJudge` names the judge here; default: the first judge.
 *
 * @throws CanaryError JUDGE_UNKNOWN
 */
export function judgeForRequest(judges: readonly CanaryJudge[], { judge }: CanaryConfig): CanaryJudge {
  if (judge?.name !== REMOTE_JUDGE) return findJudge(judges, judge?.name);
  const chosen = judge.judgeConfigurations?.remoteJudge;
  if (chosen !== undefined && chosen !== null && typeof chosen !== 'string') {
    const field = 'judge.judgeConfigurations.remoteJudge';
    throw new CanaryError('JUDGE_UNKNOWN', `${field} is ${excerpt(chosen)}; write the name of a judge, in quotes.`);
  }
  return findJudge(
    judges.filter(({ name }) => name !== REMOTE_JUDGE),
    chosen ?? undefined,
  );
}

/** Whether a judge has its series paired as Kayenta does; so has one that is not known, which a preview may name. */
export function pairsLikeKayenta(judges: readonly CanaryJudge[], name: string | undefined): boolean {
  const judge = name ? judges.find((candidate) => candidate.name === name) : judges[0];
  return judge?.pairsLikeKayenta ?? judge === undefined;
}
