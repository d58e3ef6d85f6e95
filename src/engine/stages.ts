import type { CanaryConfig } from '../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../domain/canary-execution-request.ts';
import type { CanaryJudge } from '../domain/canary-judge.ts';
import { SIDES, type Side } from '../domain/canary-scope.ts';
import type { Companion } from '../domain/companion-series.ts';
import type { ExecutionStatus, StageStatus } from '../domain/run.ts';
import { companionsForJudge, earlierWindowsForJudge } from '../domain/series-for-judge.ts';

export const SETUP = 'setupContext';
export const MIX = 'mixMetrics';
export const JUDGE = 'judge';

/** What a stage fetches. */
export interface FetchPlace {
  readonly side: Side;
  readonly metricIndex: number;
  readonly companion?: Companion;
  /** the number of a further window of the baseline, from 1 on */
  readonly earlier?: number;
}

/** Of the N-th metric of one side, or a companion of it: `fetchControl0`, `fetchControl0Traffic`, `fetchControl0Earlier1`. */
export function fetchStage({ side, metricIndex, companion, earlier }: FetchPlace): string {
  const beside = companion === undefined ? '' : companion.charAt(0).toUpperCase() + companion.slice(1);
  const what = `${beside}${earlier === undefined ? '' : `Earlier${earlier}`}`;
  return `fetch${side === 'control' ? 'Control' : 'Experiment'}${metricIndex}${what}`;
}

/** The stages of a run under Kayenta's names, none started; what Kayenta does not fetch comes after its own. */
export function initialStages(
  config: CanaryConfig,
  judges: readonly CanaryJudge[],
  request: Pick<CanaryExecutionRequest, 'baseline'>,
): StageStatus {
  const indexes = (config.metrics ?? []).map((_, metricIndex) => ({ metricIndex }));
  const planned = companionsForJudge(judges, config);
  const companions = planned.flatMap(({ metricIndex, companion }) =>
    (companion === 'history' ? (['control'] as const) : SIDES).map((side) => ({ side, metricIndex, companion })),
  );
  const again = [...indexes, ...planned.filter(({ companion }) => companion !== 'history')];
  const earlier = earlierWindowsForJudge(judges, config, request).flatMap((_, index) =>
    again.map((place) => ({ ...place, side: 'control' as const, earlier: index + 1 })),
  );
  const own = SIDES.flatMap((side) => indexes.map((place) => ({ side, ...place })));
  const names = [SETUP, ...[...own, ...companions, ...earlier].map(fetchStage), MIX, JUDGE];
  return Object.fromEntries(names.map((name): [string, ExecutionStatus] => [name, 'not_started']));
}

/** The stages of a run that ended early: running ones get the run's status, those not started keep theirs. */
export function endStages(stages: StageStatus, status: ExecutionStatus): StageStatus {
  return Object.fromEntries(
    Object.entries(stages).map(([name, stage]) => [name, stage === 'running' ? status : stage]),
  );
}
