import type { BaselineWindow } from './baseline.ts';
import type { CanaryConfig } from './canary-config.ts';
import type { CanaryExecutionRequest } from './canary-execution-request.ts';
import { type CanaryJudge, REMOTE_JUDGE } from './canary-judge.ts';
import { NO_COMPANIONS, type PlannedCompanion, plannedCompanions } from './companion-series.ts';
import { type SeriesShape, USUAL_SERIES } from './series-shape.ts';

/**
 * The series the judge of a config needs. With the remote judge, what the judge named for the other service needs; a
 * judge that is not known gets the usual series.
 */
export function seriesForJudge(judges: readonly CanaryJudge[], config: CanaryConfig): SeriesShape {
  return readerOf(judges, config)?.series ?? USUAL_SERIES;
}

/** The further series of its metrics that the judge of a config reads; of one that is not known, none. */
export function companionsForJudge(judges: readonly CanaryJudge[], config: CanaryConfig): PlannedCompanion[] {
  const judge = readerOf(judges, config);
  return plannedCompanions(config, (metric) => judge?.companions?.(config, metric) ?? NO_COMPANIONS);
}

/** The windows of a baseline that is history, beyond the newest, that the judge of a config compares with. */
export function earlierWindowsForJudge(
  judges: readonly CanaryJudge[],
  config: CanaryConfig,
  { baseline }: Pick<CanaryExecutionRequest, 'baseline'>,
): readonly BaselineWindow[] {
  return readerOf(judges, config)?.readsEarlierWindows ? (baseline?.windows ?? []).slice(1) : [];
}

/** Who judges the series in the end. */
export function readerOf(judges: readonly CanaryJudge[], { judge }: CanaryConfig): CanaryJudge | undefined {
  const isRemote = judge?.name === REMOTE_JUDGE;
  const name = isRemote ? judge.judgeConfigurations?.remoteJudge : judge?.name;
  return name || isRemote ? judges.find((candidate) => candidate.name === name) : judges[0];
}
