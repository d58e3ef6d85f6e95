import type { CanaryAnalysisResult, CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import { EXECUTION_STATUS, type RunLine } from '../../src/domain/run.ts';
import type { VerdictName } from '../../src/domain/verdict-report.ts';
import { type Labels, tagText } from './run-labels.ts';

/** What came of a run. Only pass, marginal and fail are verdicts. */
export type Outcome = Exclude<VerdictName, 'running'>;

/** A run that has ended. */
export interface EndedRun {
  readonly line: RunLine;
  readonly outcome: Outcome;
  /** absent where no metric that is asked for needs it, and where there is none */
  readonly result?: CanaryJudgeResult | undefined;
}

export interface Sample {
  /** beside those of the run */
  readonly labels: Labels;
  readonly value: number;
}

/** Series that are made of runs: all of them gauges. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** its labels beside those of the run */
  readonly labels?: readonly string[];
  /** whether it needs the whole result, which is larger by far than the rest */
  readonly needsResult?: true;
  /** of a run that has not ended; absent: no sample */
  readonly going?: (line: RunLine) => readonly Sample[];
  readonly ended: (run: EndedRun) => readonly Sample[];
}

const CODES: Readonly<Partial<Record<Outcome, number>>> = { fail: 0, marginal: 1, pass: 2 };

export const METRICS: readonly Metric[] = [
  {
    name: 'haldane_score',
    help: 'Score of the canary, 0 to 100. No sample while a run is going, nor of one without a verdict.',
    ended: ({ line, outcome }) => (CODES[outcome] === undefined ? [] : one(line.score)),
  },
  {
    name: 'haldane_verdict',
    help: '1, with the label verdict: pass, marginal, fail, nodata, error or canceled. No sample for the others.',
    labels: ['verdict'],
    ended: ({ outcome }) => one(1, { verdict: outcome }),
  },
  {
    name: 'haldane_verdict_code',
    help: '2 pass, 1 marginal, 0 fail. No sample while a run is going, nor of one without a verdict.',
    ended: ({ outcome }) => one(CODES[outcome]),
  },
  {
    name: 'haldane_pass_threshold',
    help: 'The score that passes, of a run with a verdict.',
    ended: ({ line, outcome }) => (CODES[outcome] === undefined ? [] : one(line.request.thresholds?.pass)),
  },
  {
    name: 'haldane_marginal_threshold',
    help: 'The score below which a canary fails, of a run with a verdict.',
    ended: ({ line, outcome }) => (CODES[outcome] === undefined ? [] : one(line.request.thresholds?.marginal)),
  },
  {
    name: 'haldane_run_done',
    help: '0 while the newest run is going or waits, 1 once it has ended, with or without a verdict.',
    going: () => one(0),
    ended: () => one(1),
  },
  {
    name: 'haldane_run_info',
    help: '1, with the id of the newest run as run (its report is /reports/{run}.html) and of its config as config_id.',
    labels: ['run', 'config_id'],
    going: infoOf,
    ended: ({ line }) => infoOf(line),
  },
  {
    name: 'haldane_group_score',
    help: 'Score of a group of metrics, 0 to 100.',
    labels: ['group'],
    needsResult: true,
    ended: ({ result }) => (result?.groupScores ?? []).flatMap(({ name, score }) => one(score, { group: name })),
  },
  {
    name: 'haldane_metric_effect_ratio',
    help: 'Canary over baseline of a metric, as its judge estimates it: 1.2 is 20 % more.',
    labels: ['metric', 'tags'],
    needsResult: true,
    ended: ofMetrics(({ evidence, resultMetadata }) => evidence?.ratioEstimate ?? resultMetadata?.ratio),
  },
  {
    name: 'haldane_metric_effect_ratio_lower',
    help: 'Lower end of the confidence interval of haldane_metric_effect_ratio.',
    labels: ['metric', 'tags'],
    needsResult: true,
    ended: ofMetrics(({ evidence }) => evidence?.ratioInterval?.lower),
  },
  {
    name: 'haldane_metric_effect_ratio_upper',
    help: 'Upper end of the confidence interval of haldane_metric_effect_ratio.',
    labels: ['metric', 'tags'],
    needsResult: true,
    ended: ofMetrics(({ evidence }) => evidence?.ratioInterval?.upper),
  },
  {
    name: 'haldane_metric_classification',
    help: '1, with the label classification: Pass, High, Low, Nodata, NodataFailMetric or Error.',
    labels: ['metric', 'tags', 'classification'],
    needsResult: true,
    ended: ({ result }) =>
      (result?.results ?? []).flatMap((metric) =>
        one(1, { ...metricLabels(metric), classification: metric.classification }),
      ),
  },
];

/** What came of a run that has ended, as far as a line tells; undefined where only the whole run does. */
export function outcomeOf({ status, verdict, overNothing }: RunLine): Outcome | undefined {
  if (status === 'canceled') return 'canceled';
  if (status !== 'succeeded') return 'error';
  if (verdict !== 'Pass' || overNothing === undefined) return undefined;
  return overNothing ? 'nodata' : 'pass';
}

export function hasEnded({ status }: RunLine): boolean {
  return EXECUTION_STATUS[status].complete;
}

function infoOf({ id, canaryConfigId }: RunLine): readonly Sample[] {
  return one(1, { run: id, config_id: canaryConfigId });
}

function ofMetrics(ratioOf: (result: CanaryAnalysisResult) => number | undefined): Metric['ended'] {
  return ({ result }) => (result?.results ?? []).flatMap((metric) => one(ratioOf(metric), metricLabels(metric)));
}

function metricLabels({ name, tags }: CanaryAnalysisResult): Labels {
  return { metric: name, tags: tagText(tags ?? {}) };
}

/** A number that is none, such as a score of an older version, is no sample. */
function one(value: number | undefined, labels: Labels = {}): readonly Sample[] {
  return value === undefined || Number.isNaN(value) ? [] : [{ labels, value }];
}
