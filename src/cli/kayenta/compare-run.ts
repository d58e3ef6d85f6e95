import { compareVerdicts, type VerdictComparison } from './compare-verdicts.ts';
import type { JudgeSource } from './judge-source.ts';
import { type ArchivedRun, readKayentaPairs, readKayentaRun } from './kayenta-objects.ts';
import type { Found } from './kayenta-source.ts';
import type { LastRun } from './last-runs.ts';

/** A run of Kayenta with its comparison, or why there is none. */
export interface RunComparison {
  readonly application: string;
  readonly config: string;
  readonly runId: string;
  readonly comparison?: VerdictComparison;
  readonly unjudgeable?: string;
}

export interface CompareContext {
  readonly judgeSource: JudgeSource;
  /** absent: the judge of the original run */
  readonly judge: string | undefined;
  /** the series of a run */
  readonly pairs: (id: string, run: ArchivedRun) => Promise<Found>;
}

/** Judges one run again and compares. */
export async function compareRun(lastRun: LastRun, context: CompareContext): Promise<RunComparison> {
  const found = await lastRun.read();
  const unnamed = { application: '', config: '', runId: lastRun.id };
  if (found.kind !== 'found') return { ...unnamed, unjudgeable: found.reason };
  const read = readKayentaRun(lastRun.id, found.value);
  if (!read.ok) return { ...unnamed, unjudgeable: read.reason };
  const run = read.value;
  const named = { ...unnamed, application: run.application, config: run.config.name ?? run.canaryConfigId };
  return { ...named, ...(await judgeAgain(run, context)) };
}

type Comparison = Pick<RunComparison, 'comparison' | 'unjudgeable'>;

async function judgeAgain(run: ArchivedRun, { judgeSource, judge, pairs }: CompareContext): Promise<Comparison> {
  const verdict = run.result?.judgeResult;
  if (verdict === undefined) return { unjudgeable: `it ended ${run.status}, without a verdict` };
  const judgeName = judge ?? verdict.judgeName;
  if (!judgeSource.judges.includes(judgeName)) {
    return {
      unjudgeable: `was judged by '${judgeName}', which is not here; --judge takes ${judgeSource.judges.join(', ')}`,
    };
  }
  if (run.metricSetPairListId === undefined) return { unjudgeable: 'it names no series' };
  const found = await pairs(run.metricSetPairListId, run);
  if (found.kind !== 'found') return { unjudgeable: `its series: ${found.reason}` };
  const read = readKayentaPairs(found.value);
  if (!read.ok) return { unjudgeable: `its series: ${read.reason}` };
  const judged = await judgeSource.judge({
    canaryConfig: { ...run.config, judge: { ...run.config.judge, name: judgeName } },
    scoreThresholds: run.canaryExecutionRequest.thresholds ?? {},
    metricSetPairList: read.value,
  });
  return judged.ok ? { comparison: compareVerdicts(verdict, judged.value) } : { unjudgeable: judged.reason };
}
