import type { Side } from '../domain/canary-scope.ts';
import type { ExecutionStatus, StageStatus } from '../domain/run.ts';

export const SETUP = 'setupContext';
export const MIX = 'mixMetrics';
export const JUDGE = 'judge';

/** The stage that fetches the N-th metric of one side: `fetchControl0`. */
export function fetchStage(side: Side, metricIndex: number): string {
  return `fetch${side === 'control' ? 'Control' : 'Experiment'}${metricIndex}`;
}

/** The stages of a run under Kayenta's names, none started. */
export function initialStages(metricCount: number): StageStatus {
  const indexes = Array.from({ length: metricCount }, (_, index) => index);
  const names = [
    SETUP,
    ...indexes.map((index) => fetchStage('control', index)),
    ...indexes.map((index) => fetchStage('experiment', index)),
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
