import type { CanaryConfig } from '../domain/canary-config.ts';
import type { CanaryJudge } from '../domain/canary-judge.ts';
import { SIDES, type Side } from '../domain/canary-scope.ts';
import type { Companion } from '../domain/companion-series.ts';
import type { ExecutionStatus, StageStatus } from '../domain/run.ts';
import { companionsForJudge } from '../domain/series-for-judge.ts';

export const SETUP = 'setupContext';
export const MIX = 'mixMetrics';
export const JUDGE = 'judge';

/** The stage that fetches the N-th metric of one side, or a companion of it: `fetchControl0`, `fetchControl0Traffic`. */
export function fetchStage(side: Side, metricIndex: number, companion?: Companion): string {
  const what = companion === undefined ? '' : companion.charAt(0).toUpperCase() + companion.slice(1);
  return `fetch${side === 'control' ? 'Control' : 'Experiment'}${metricIndex}${what}`;
}

/** The stages of a run under Kayenta's names, none started; those of companions, which Kayenta has not, after its own. */
export function initialStages(config: CanaryConfig, judges: readonly CanaryJudge[]): StageStatus {
  const indexes = (config.metrics ?? []).map((_, index) => index);
  const names = [
    SETUP,
    ...SIDES.flatMap((side) => indexes.map((index) => fetchStage(side, index))),
    ...companionsForJudge(judges, config).flatMap(({ metricIndex, companion }) =>
      (companion === 'history' ? (['control'] as const) : SIDES).map((side) =>
        fetchStage(side, metricIndex, companion),
      ),
    ),
    MIX,
    JUDGE,
  ];
  return Object.fromEntries(names.map((name): [string, ExecutionStatus] => [name, 'not_started']));
}

/** The stages of a run that ended early: running ones get the run's status, those not started keep theirs. */
export function endStages(stages: StageStatus, status: ExecutionStatus): StageStatus {
  return Object.fromEntries(
    Object.entries(stages).map(([name, stage]) => [name, stage === 'running' ? status : stage]),
  );
}
