import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import { findJudge } from './find-judge.ts';

/** What a config says when its series are judged elsewhere: here, when it comes to `POST /judge`. */
const REMOTE = 'RemoteJudge-v1.0';

/**
 * The judge for a request from another service. Its config names the remote judge, which is this service; then
 * `judge.judgeConfigurations.remoteJudge` says which judge that is, and without it the default judges.
 *
 * @throws CanaryError JUDGE_UNKNOWN
 */
export function findInboundJudge(judges: readonly CanaryJudge[], { judge }: CanaryConfig): CanaryJudge {
  if (judge?.name !== REMOTE) return findJudge(judges, judge?.name);
  const chosen = judge.judgeConfigurations?.remoteJudge;
  return findJudge(
    judges.filter(({ name }) => name !== REMOTE),
    typeof chosen === 'string' ? chosen : undefined,
  );
}
