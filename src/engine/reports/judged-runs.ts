import type { RunLine } from '../../domain/run.ts';
import { type JudgedRun, judgedRun } from '../../reports/config-history.ts';
import { createTurns } from '../../waiting/turns.ts';
import type { Runs } from '../runs/runs.ts';

/** Which runs are of one config. */
export interface SameConfig {
  /** `ad-hoc`: those of the same name in the application */
  readonly canaryConfigId: string;
  /** absent: whatever its name was */
  readonly configName?: string | undefined;
  /** absent: of any application */
  readonly application?: string | undefined;
  /** only of any of these; absent: of all */
  readonly within?: readonly string[] | undefined;
  /** accepted before this, in milliseconds since 1970; absent: until now */
  readonly to?: number | undefined;
  /** so many, at most 24 */
  readonly most?: number | undefined;
}

/** Results of many metrics are large, and more runs are no easier to read. */
const MOST_RUNS = 24;
/** Runs that are looked at for those of the same config, and those that were judged. */
const MOST_LOOKED_AT = 60;

/** The newest judged runs of a config, newest first, without what is large of them. */
export async function judgedLines(
  runs: Pick<Runs, 'lines'>,
  { configName, most: _, ...filter }: SameConfig,
): Promise<RunLine[]> {
  const lines = await runs.lines({ ...filter, limit: MOST_LOOKED_AT });
  return lines.filter(
    ({ score, verdict, configName: name }) =>
      score !== undefined && verdict !== undefined && (configName === undefined || (name ?? '') === configName),
  );
}

/** The newest judged runs of a config with what they found of each metric, oldest first. */
export async function judgedRuns(runs: Pick<Runs, 'lines' | 'find'>, same: SameConfig): Promise<JudgedRun[]> {
  const turn = createTurns();
  const found: JudgedRun[] = [];
  for (const { id } of (await judgedLines(runs, same)).slice(0, Math.min(MOST_RUNS, same.most ?? MOST_RUNS))) {
    const run = await runs.find(id);
    found.push(...(run === undefined ? [] : [judgedRun(run) ?? []].flat()));
    await turn();
  }
  return found.toReversed();
}
