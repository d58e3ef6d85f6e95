import type { CanaryJudge } from '../src/domain/canary-judge.ts';
import { mannWhitney } from './mann-whitney.ts';
import { netflixAca } from './netflix-aca/index.ts';
import { createRemoteJudge, type RemoteJudgeSettings } from './remote.ts';
import { welchT } from './welch-t.ts';

export interface JudgeSettings {
  /** the remote judge; without it there is no `RemoteJudge-v1.0` */
  readonly remoteJudge?: RemoteJudgeSettings;
}

/** Every judge a config can name. The first is the default. */
export function createJudges({ remoteJudge }: JudgeSettings): readonly CanaryJudge[] {
  return [netflixAca, welchT, mannWhitney, ...(remoteJudge === undefined ? [] : [createRemoteJudge(remoteJudge)])];
}
