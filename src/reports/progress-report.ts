import { z } from 'zod';
import { ExecutionStatus, type StageStatus } from '../domain/run.ts';

/** One kind of stage of a run, and its progress. */
export const ProgressStep = z
  .object({ name: z.string(), done: z.number().int(), total: z.number().int(), status: ExecutionStatus })
  .meta({ id: 'ProgressStep' });
export type ProgressStep = z.infer<typeof ProgressStep>;

const STEPS = [
  ['Set up', /^setupContext$/],
  ['Fetch baseline', /^fetchControl\d+$/],
  ['Fetch canary', /^fetchExperiment\d+$/],
  ['Fetch companions', /^fetch(Control|Experiment)\d+[A-Z]/],
  ['Pair the series', /^mixMetrics$/],
  ['Judge', /^judge$/],
] as const;

/** The stages of a run, grouped by kind. */
export function reportProgress(stages: StageStatus): ProgressStep[] {
  return STEPS.map(([name, pattern]) => {
    const own = Object.entries(stages).flatMap(([stage, status]) => (pattern.test(stage) ? [status] : []));
    const done = own.filter((status) => status === 'succeeded').length;
    return { name, done, total: own.length, status: statusOf(own, done) };
  }).filter(({ total }) => total > 0);
}

function statusOf(stages: readonly ExecutionStatus[], done: number): ExecutionStatus {
  const bad = stages.find((status) => status === 'terminal' || status === 'canceled');
  if (bad !== undefined) return bad;
  if (done === stages.length) return 'succeeded';
  return done > 0 || stages.includes('running') ? 'running' : 'not_started';
}
