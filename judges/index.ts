import type { CanaryJudge } from '../src/domain/canary-judge.ts';
import { drift } from './drift/index.ts';
import { haldane } from './haldane/index.ts';
import { mannWhitney } from './mann-whitney.ts';
import { netflixAca } from './netflix-aca/index.ts';
import { createRemoteJudge, type RemoteJudgeSettings } from './remote.ts';
import { threshold } from './threshold/index.ts';
import { welchT } from './welch-t.ts';

export interface JudgeSettings {
  /** the remote judge; without it there is no `RemoteJudge-v1.0` */
  readonly remoteJudge?: RemoteJudgeSettings;
}

/** Every judge a config can name. The first is the default of requests that name none, as with Kayenta. */
export function createJudges({ remoteJudge }: JudgeSettings): readonly CanaryJudge[] {
  const remote = remoteJudge === undefined ? [] : [createRemoteJudge(remoteJudge)];
  return [netflixAca, haldane, welchT, mannWhitney, threshold, drift, ...remote];
}
