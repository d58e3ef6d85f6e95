import type { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { compareVerdicts, type VerdictComparison } from './compare-verdicts.ts';
import type { JudgeSource } from './judge-source.ts';
import { type ArchivedRun, type KayentaRun, type Read, readKayentaPairs, readKayentaRun } from './kayenta-objects.ts';
import type { Found } from './kayenta-source.ts';
import type { LastRun } from './last-runs.ts';
import { type RefetchOptions, type Remains, refetchRun } from './refetch-run.ts';

/** A run of Kayenta with its comparison, or why there is none. */
export interface RunComparison {
  readonly application: string;
  readonly config: string;
  readonly runId: string;
  readonly comparison?: VerdictComparison;
  readonly unjudgeable?: string;
  /** of the run on Haldane, when the series were fetched anew */
  readonly refetched?: Remains;
  /** why only the verdicts of a run that was fetched anew are compared: Kayenta's series cannot be read */
  readonly notRecorded?: string;
}

export interface CompareContext {
  readonly judgeSource: JudgeSource;
  /** absent: the judge of the original run */
  readonly judge: string | undefined;
  /** the series of a run */
  readonly pairs: (id: string, run: ArchivedRun) => Promise<Found>;
  /** absent: the series that Kayenta recorded are judged */
  readonly refetch?: RefetchOptions | undefined;
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

type Comparison = Pick<RunComparison, 'comparison' | 'unjudgeable' | 'refetched' | 'notRecorded'>;

async function judgeAgain(run: KayentaRun, context: CompareContext): Promise<Comparison> {
  const { judgeSource, judge, refetch } = context;
  const verdict = run.result?.judgeResult;
  if (verdict === undefined) return { unjudgeable: `it ended ${run.status}, without a verdict` };
  const judgeName = judge ?? verdict.judgeName;
  if (!judgeSource.judges.includes(judgeName)) {
    return {
      unjudgeable: `was judged by '${judgeName}', which is not here; --judge takes ${judgeSource.judges.join(', ')}`,
    };
  }
  const recorded = await recordedPairs(run, context);
  if (refetch !== undefined) return compareRefetched(run, verdict, { recorded, judgeName, refetch });
  if (!recorded.ok) return { unjudgeable: recorded.reason };
  const judged = await judgeSource.judge({
    canaryConfig: { ...run.config, judge: { ...run.config.judge, name: judgeName } },
    scoreThresholds: run.canaryExecutionRequest.thresholds ?? {},
    metricSetPairList: recorded.value,
  });
  return judged.ok ? { comparison: compareVerdicts(verdict, judged.value) } : { unjudgeable: judged.reason };
}

interface Refetching {
  readonly recorded: Read<MetricSetPair[]>;
  readonly judgeName: string;
  readonly refetch: RefetchOptions;
}

async function compareRefetched(
  run: KayentaRun,
  verdict: CanaryJudgeResult,
  { recorded, judgeName, refetch }: Refetching,
): Promise<Comparison> {
  const fetched = await refetchRun(run, judgeName, refetch);
  const { runId, left } = fetched;
  const refetched = runId === undefined ? {} : { refetched: { runId, ...(left === undefined ? {} : { left }) } };
  if (!fetched.ok) return { unjudgeable: fetched.reason, ...refetched };
  const series = { kayenta: recorded.ok ? recorded.value : undefined, haldane: fetched.value.pairs };
  return {
    comparison: compareVerdicts(verdict, fetched.value.verdict, series),
    ...refetched,
    ...(recorded.ok ? {} : { notRecorded: recorded.reason }),
  };
}

async function recordedPairs(run: KayentaRun, { pairs }: CompareContext): Promise<Read<MetricSetPair[]>> {
  if (run.metricSetPairListId === undefined) return { ok: false, reason: 'it names no series' };
  const found = await pairs(run.metricSetPairListId, run);
  const read = found.kind === 'found' ? readKayentaPairs(found.value) : ({ ok: false, reason: found.reason } as const);
  return read.ok ? read : { ok: false, reason: `its series: ${read.reason}` };
}
