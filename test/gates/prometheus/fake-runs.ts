import { hasEnded } from '../../../gates/prometheus/metrics.ts';
import type { RunSource } from '../../../gates/prometheus/run-source.ts';
import type { CanaryAnalysisResult, CanaryJudgeResult } from '../../../src/domain/canary-judge-result.ts';
import type { RunLine } from '../../../src/domain/run.ts';
import type { VerdictName } from '../../../src/domain/verdict-report.ts';

/** A whole minute; the runs of the tests are told by how many minutes before it they began and ended. */
export const NOW = Date.parse('2026-06-01T12:00:00Z');
const MINUTE = 60_000;

export interface RunSketch {
  readonly id?: string;
  readonly application?: string;
  readonly config?: string;
  readonly canary?: string;
  readonly location?: string;
  /** minutes before NOW */
  readonly began: number;
  /** absent: the run is going */
  readonly ended?: number;
  readonly status?: RunLine['status'];
  readonly verdict?: string;
  readonly score?: number;
  readonly overNothing?: boolean | undefined;
  readonly result?: CanaryJudgeResult;
  /** what pipelines are told, where a line does not tell it; absent: the verdict */
  readonly told?: VerdictName;
}

export function lineOf(run: RunSketch, index = 0): RunLine {
  const { application = 'shop', config = 'checkout', canary = 'v2', location = '', verdict, score } = run;
  const scopes = { default: { controlScope: { scope: 'v1' }, experimentScope: { scope: canary, location } } };
  return {
    id: run.id ?? `run-${index}`,
    application,
    canaryConfigId: `id-of-${config}`,
    configName: config,
    request: { scopes, thresholds: { pass: 95, marginal: 75 } } as RunLine['request'],
    status: run.status ?? (run.ended === undefined ? 'running' : 'succeeded'),
    stageStatus: {},
    verdict,
    score,
    overNothing: 'overNothing' in run ? run.overNothing : false,
    buildTime: NOW - run.began * MINUTE,
    endTime: run.ended === undefined ? undefined : NOW - run.ended * MINUTE,
  };
}

/** Runs in memory, as a store answers; `reads` are the results that were read. */
export function fakeRuns(...sketches: RunSketch[]): RunSource & { readonly reads: string[] } {
  const lines = sketches.map(lineOf);
  const reads: string[] = [];
  return {
    reads,
    async lines({ application, within, after, until, limit }) {
      const wanted = lines.filter(
        (line) =>
          (application ?? line.application) === line.application && (within?.includes(line.application) ?? true),
      );
      const ended = wanted.filter(({ endTime }) => endTime !== undefined && endTime > after && endTime <= until);
      return [...ended.slice(0, limit), ...wanted.filter((line) => !hasEnded(line)).slice(0, limit)];
    },
    async result(id) {
      reads.push(id);
      return sketches[lines.findIndex((line) => line.id === id)]?.result;
    },
    async verdict(id) {
      const sketch = sketches[lines.findIndex((line) => line.id === id)];
      return sketch?.told ?? (sketch?.verdict?.toLowerCase() as VerdictName | undefined);
    },
  };
}

const STATS = { count: 10, mean: 1, min: 1, std: 0, max: 1 };

/** A result with these metrics, by name their ratio. */
export function resultOf(ratios: Readonly<Record<string, number>>, count = 10): CanaryJudgeResult {
  const stats = { ...STATS, count };
  return {
    judgeName: 'fake',
    results: Object.entries(ratios).map(
      ([name, ratio]): CanaryAnalysisResult => ({
        name,
        tags: { zone: 'a' },
        classification: ratio > 1.1 ? 'High' : 'Pass',
        experimentMetadata: { stats },
        controlMetadata: { stats },
        resultMetadata: { ratio },
        critical: false,
        muted: false,
      }),
    ),
    groupScores: [{ name: 'latency', score: 50, classification: 'Fail', classificationReason: '' }],
    score: { score: 50, classification: 'Fail', classificationReason: '' },
  };
}
