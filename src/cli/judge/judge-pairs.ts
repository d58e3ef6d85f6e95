import { createJudges } from '../../../judges/index.ts';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { judgeSeries } from '../../engine/judging/judge-series.ts';
import { CanaryError, messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { unknownWord } from '../options.ts';

export interface JudgedPairs {
  readonly pairs: readonly MetricSetPair[];
  readonly config: CanaryConfig;
  readonly thresholds: { readonly pass: number; readonly marginal: number };
}

/** Judges with the judges of this program. @throws CommandError usage when it cannot be judged */
export async function judgePairs({ pairs, config, thresholds }: JudgedPairs): Promise<CanaryJudgeResult> {
  const judges = createJudges({});
  const names = judges.map(({ name }) => name);
  const { name } = config.judge ?? {};
  if (name !== undefined && !names.includes(name)) throw new CommandError(EXIT.usage, unknownJudge(name, names));
  const judgement = { judges, config, thresholds, pairs };
  return judgeSeries(judgement, new AbortController().signal).catch((error: { cause?: unknown }) => {
    const cause = error.cause ?? error;
    if (cause instanceof CanaryError) throw new CommandError(EXIT.usage, messageOf(cause), error);
    throw error;
  });
}

function unknownJudge(name: string, known: readonly string[]): string {
  return `judge: ${unknownWord(name, known)}`;
}

/** A config for series that come without one: every metric counts alike. */
export function configFor(pairs: readonly MetricSetPair[], judge: string, direction: string): CanaryConfig {
  const names = [...new Set(pairs.map(({ name }) => name))];
  return {
    name: 'judge',
    applications: [],
    judge: { name: judge, judgeConfigurations: {} },
    metrics: names.map((name) => ({
      name,
      groups: ['metrics'],
      analysisConfigurations: { canary: { direction } },
    })),
    classifier: { groupWeights: { metrics: 100 } },
  };
}

/** The result in the form of a run, which reports are written from. */
export function asRun(
  { config, thresholds }: JudgedPairs,
  judgeResult: CanaryJudgeResult,
): CanaryExecutionStatusResponse {
  return {
    application: config.applications?.[0] ?? 'judge',
    pipelineId: 'judge',
    stageStatus: {},
    complete: true,
    status: 'succeeded',
    result: { judgeResult },
    config,
    canaryConfigId: 'ad-hoc',
    canaryExecutionRequest: { scopes: {}, thresholds },
    buildTimeMillis: 0,
    buildTimeIso: '1970-01-01T00:00:00Z',
    storageAccountName: '',
    metricsAccountName: '',
  };
}
