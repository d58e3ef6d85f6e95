import { REMOTE_JUDGE } from '../../domain/canary-judge.ts';
import { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { Replay } from '../../domain/judge-diff.ts';
import type { Run } from '../../domain/run.ts';
import { excerpt } from '../../domain/values/excerpt.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { CanaryError } from '../../errors.ts';
import type { Runs } from '../runs/runs.ts';
import { firstDifference } from './first-difference.ts';
import { type JudgeAgainParts, judgeAgain, storedSeries } from './judge-again.ts';

export interface ReplayParts extends JudgeAgainParts {
  readonly runs: Pick<Runs, 'get'>;
  /** of this Haldane */
  readonly version: string;
}

/**
 * Judges a stored run once more as it was: the same config and series must give the same bytes.
 *
 * @throws CanaryError EXECUTION_NOT_FOUND, REQUEST_INVALID when the run has no verdict
 */
export async function replayRun(parts: ReplayParts, id: string, signal: AbortSignal): Promise<Replay> {
  const run = await parts.runs.get(id);
  const { judgeResult: stored, haldaneVersion } = run.result ?? {};
  if (stored === undefined) {
    throw new CanaryError('REQUEST_INVALID', `The run '${id}' is ${run.status} and has no verdict to judge again.`);
  }
  const said = {
    ...{ runId: run.id, version: parts.version, mayDiffer: mayDiffer(parts, run) },
    ...(haldaneVersion === undefined ? {} : { judgedByVersion: haldaneVersion }),
  };
  const series = await storedSeries(parts, run);
  if (!('pairs' in series)) return { ...said, same: false, notReplayed: series.reason };
  const again = await judgeAgain(parts, { run, pairs: series.pairs }, signal);
  if (again.result === undefined) return { ...said, same: false, notReplayed: again.reason };
  return { ...said, ...compareBytes(stored, again.result) };
}

function mayDiffer({ judges }: ReplayParts, { config }: Run): string[] {
  const judge = judges.find(({ name }) => name === config.judge?.name);
  const readsHistory = judge?.needs?.includes('history') && (judge.readsHistory?.(config) ?? true);
  return [
    ...(readsHistory
      ? [
          'its judge reads earlier runs of the config: some may be deleted since, or have ended only after it was judged',
        ]
      : []),
    ...(judge?.name === REMOTE_JUDGE ? ['its judge is another service, which may have changed'] : []),
  ];
}

/** As they are written and read: numbers that JSON does not have are words, fields are in the order of their schema. */
function compareBytes(stored: CanaryJudgeResult, replayed: CanaryJudgeResult): Pick<Replay, 'same'> & Partial<Replay> {
  const [one, other] = [asStored(stored), asStored(replayed)];
  if (one === other) return { same: true };
  const difference = firstDifference(JSON.parse(one), JSON.parse(other));
  if (difference === undefined) return { same: false, differsAt: 'the order of fields' };
  const { path, left, right } = difference;
  return { same: false, differsAt: path, stored: inWords(left), replayed: inWords(right) };
}

function asStored(result: CanaryJudgeResult): string {
  return toWireJson(CanaryJudgeResult.parse(JSON.parse(toWireJson(result))));
}

function inWords(value: unknown): string {
  return value === undefined ? 'absent' : excerpt(value);
}
