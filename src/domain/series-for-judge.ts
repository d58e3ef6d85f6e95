import type { CanaryConfig } from './canary-config.ts';
import { type CanaryJudge, REMOTE_JUDGE } from './canary-judge.ts';
import { type SeriesShape, USUAL_SERIES } from './series-shape.ts';

/**
 * The series the judge of a config needs. With the remote judge, what the judge named for the other service needs; a
 * judge that is not known gets the usual series.
 */
export function seriesForJudge(judges: readonly CanaryJudge[], { judge }: CanaryConfig): SeriesShape {
  const isRemote = judge?.name === REMOTE_JUDGE;
  const name = isRemote ? judge.judgeConfigurations?.remoteJudge : judge?.name;
  const chosen = name || isRemote ? judges.find((candidate) => candidate.name === name) : judges[0];
  return chosen?.series ?? USUAL_SERIES;
}
