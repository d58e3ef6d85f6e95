import { z } from 'zod';
import type { CanaryAnalysisResult } from '../domain/canary-judge-result.ts';
import { CanaryScope, type Side } from '../domain/canary-scope.ts';
import type { MetricSetPair } from '../domain/metric-set-pair.ts';
import type { AskedQuery } from '../domain/metrics-provider.ts';
import { RampTime } from '../domain/ramp-times.ts';
import { type CanaryExecutionStatusResponse, ExecutionStatus } from '../domain/run.ts';
import { SampleRatio } from '../domain/sample-ratio.ts';
import { TimeToDecision } from '../domain/time-to-decision.ts';
import { EpochMillis } from '../domain/values/instant.ts';
import { VerdictDelivery } from '../domain/verdict-delivery.ts';
import { reportWaiting, WaitingReport } from '../domain/waiting-report.ts';
import { createTurns } from '../waiting/turns.ts';
import { CoverageReport, reportCoverage } from './coverage-report.ts';
import { rampOf } from './decision-time.ts';
import {
  costsOf,
  GroupReport,
  PassNeeds,
  passNeeds,
  reportGroups,
  ScoreWithout,
  scoresWithout,
} from './group-report.ts';
import { headlineOf, unreported } from './headline.ts';
import { HistoryReport, reportHistory } from './history-report.ts';
import { MetricReport, reportMetric, STANDINGS } from './metric-report.ts';
import { partialInWords } from './open-window.ts';
import { ProgressStep, reportProgress } from './progress-report.ts';
import { warningsOf } from './run-warnings.ts';
import { seriesWords } from './series-words.ts';

const ScopeReport = z
  .object({ name: z.string(), control: CanaryScope.optional(), experiment: CanaryScope.optional() })
  .meta({ id: 'ScopeReport' });
export type ScopeReport = z.infer<typeof ScopeReport>;

/** The scores at which a canary is marginal and passes. */
export const ThresholdsReport = z.object({ pass: z.number().optional(), marginal: z.number().optional() });
export type ThresholdsReport = z.infer<typeof ThresholdsReport>;

/** Why there is no verdict. */
export const FailureReport = z
  .object({ operation: z.string(), code: z.string(), message: z.string() })
  .meta({ id: 'FailureReport' });
export type FailureReport = z.infer<typeof FailureReport>;

/** The report of a run; its page and files show this and nothing else. */
export const RunReport = z
  .object({
    kind: z.literal('run'),
    id: z.string(),
    application: z.string(),
    status: ExecutionStatus,
    complete: z.boolean(),
    verdict: z.string().optional().describe('Pass, Marginal or Fail; absent until judged'),
    score: z.number().optional().describe('0 to 100'),
    headline: z.string().describe('in a few sentences: what decided, and how much could be judged'),
    waitsUntilMillis: EpochMillis.optional().describe('while the run waits for the end of its window'),
    partial: z
      .string()
      .optional()
      .describe('that the window had not ended, and how many of its points there were; absent: it had ended'),
    coverage: CoverageReport.optional().describe('absent until judged'),
    warnings: z.array(z.string()).describe('what weakens the verdict, one sentence each'),
    thresholds: ThresholdsReport,
    judge: z.string(),
    config: z.object({ id: z.string(), name: z.string().optional() }),
    scopes: z.array(ScopeReport),
    history: HistoryReport.optional().describe('absent: the baseline ran beside the canary, or its scope said when'),
    metricsAccountName: z.string(),
    metadata: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .describe("the request's `metadata` that is not hidden, such as the commit and the CI job"),
    series: z.array(z.string()).describe('how the series were fetched, where that is not the usual way; for people'),
    acceptedMillis: EpochMillis,
    startedMillis: EpochMillis.optional(),
    endedMillis: EpochMillis.optional(),
    progress: z.array(ProgressStep),
    timeToDecision: TimeToDecision.optional().describe(
      'how long its metrics need; absent: the judge forecasts nothing',
    ),
    ramp: z
      .array(RampTime)
      .optional()
      .describe('how long the steps of a ramp must be, from that; absent: not known, or the window had not ended'),
    sampleRatio: SampleRatio.optional().describe('how the requests were split; absent: not known how they should be'),
    waiting: z.array(WaitingReport).describe('why queries wait, of a run in progress; most queries first'),
    groups: z.array(GroupReport).describe('heaviest first'),
    metrics: z.array(MetricReport).describe('most important first'),
    scoresWithout: z
      .array(ScoreWithout)
      .describe('what the score would have been if one failed metric had passed; largest gain first'),
    deliveries: z.array(VerdictDelivery).describe('whom processes beside Haldane told of the verdict'),
    passNeeds: PassNeeds.optional().describe('which failed metrics would all have to pass for a pass'),
    failure: FailureReport.optional(),
  })
  .meta({ id: 'RunReport' });
export type RunReport = z.infer<typeof RunReport>;

export interface RunParts {
  readonly run: CanaryExecutionStatusResponse;
  /** the judged series; empty when the run did not get that far, or they are deleted */
  readonly pairs: readonly MetricSetPair[];
  /** the page of an account's store for a query; absent: no links */
  readonly linkTo?: ((accountName: string, asked: AskedQuery) => string | undefined) | undefined;
  /** the run's queries, when no series says them */
  readonly planned?: readonly PlannedQuery[];
}

export interface PlannedQuery {
  readonly metricIndex: number;
  readonly side: Side;
  readonly text: string;
}

/** Many metrics with many points take seconds, in which others have their turns. */
export async function reportRun(parts: RunParts): Promise<RunReport> {
  const { exception, config, canaryExecutionRequest: request, result, ...run } = parts.run;
  const metrics = await reportMetrics(parts);
  const { score, classification } = result?.judgeResult.score ?? {};
  const partial = partialInWords(parts.run, parts.pairs);
  return {
    kind: 'run',
    id: run.pipelineId,
    application: run.application,
    status: run.status,
    complete: run.complete,
    verdict: classification,
    score,
    headline: headlineOf(parts.run, metrics, partial),
    waitsUntilMillis: run.waitsUntilMillis,
    partial,
    coverage: result && reportCoverage(result.judgeResult.results, unreported(metrics).length),
    warnings: warningsOf(parts.run, metrics),
    thresholds: { pass: request.thresholds?.pass, marginal: request.thresholds?.marginal },
    judge: result?.judgeResult.judgeName ?? config.judge?.name ?? '',
    config: { id: run.canaryConfigId, name: config.name },
    scopes: Object.entries(request.scopes ?? {}).map(([name, { controlScope, experimentScope }]) => {
      return { name, control: controlScope, experiment: experimentScope };
    }),
    history: reportHistory(request.baseline),
    timeToDecision: result?.judgeResult.timeToDecision,
    ramp: partial === undefined ? rampOf(request, result?.judgeResult.timeToDecision) : undefined,
    sampleRatio: result?.judgeResult.sampleRatio,
    metricsAccountName: run.metricsAccountName,
    metadata: (request.metadata ?? []).filter(({ hidden }) => !hidden).map(({ name, value }) => ({ name, value })),
    series: seriesWords(parts.pairs),
    acceptedMillis: run.buildTimeMillis,
    startedMillis: run.startTimeMillis,
    endedMillis: run.endTimeMillis,
    progress: reportProgress(run.stageStatus),
    waiting: run.complete ? [] : reportWaiting(run.fetchReport ?? []),
    groups: reportGroups(parts.run),
    metrics,
    scoresWithout: scoresWithout(parts.run),
    deliveries: run.deliveries ?? [],
    passNeeds: passNeeds(parts.run),
    failure: exception && reportFailure(exception),
  };
}

export function reportFailure({
  operation,
  exceptionType,
  details,
}: NonNullable<CanaryExecutionStatusResponse['exception']>): FailureReport {
  return { operation, code: exceptionType, message: details.errors[0] ?? details.error };
}

async function reportMetrics({ run, pairs, linkTo, planned = [] }: RunParts): Promise<MetricReport[]> {
  const results = Map.groupBy(run.result?.judgeResult.results ?? [], ({ name }) => name);
  const pairsOf = Map.groupBy(pairs, ({ name }) => name);
  const fetchesOf = Map.groupBy(run.fetchReport ?? [], ({ stage }) => Number(/\d+/.exec(stage)?.[0]));
  const plannedOf = Map.groupBy(planned, ({ metricIndex }) => metricIndex);
  const told = new Set<string>();
  const turn = createTurns();
  const costs = costsOf(run);
  const reports: Omit<MetricReport, 'anchor'>[] = [];
  for (const [index, metric] of (run.config.metrics ?? []).entries()) {
    const name = metric.name ?? '';
    // Metrics with the same name, which ad-hoc configs may have, are judged as one.
    if (told.has(name)) continue;
    told.add(name);
    const account = metric.query?.accountName ?? run.metricsAccountName;
    const shared = {
      metric,
      pairs,
      linkTo: linkTo && ((asked: AskedQuery) => linkTo(account, asked)),
      fetches: fetchesOf.get(index) ?? [],
      planned: Object.fromEntries((plannedOf.get(index) ?? []).map(({ side, text }) => [side, text])),
      scopes: run.canaryExecutionRequest.scopes?.[metric.scopeName ?? ''],
    };
    const own = pairsOf.get(name) ?? [];
    const judged = results.get(name) ?? [];
    for (const part of judgedParts(judged, own)) {
      const cost = part.result && costs.get(part.result);
      reports.push({ ...reportMetric({ ...shared, ...part }), ...(cost === undefined ? {} : { cost }) });
      await turn();
    }
  }
  return reports.toSorted(byImportance).map((report, index) => ({ ...report, anchor: `m${index + 1}` }));
}

/** By standing; failures by what they cost the score, then by their size. */
function byImportance(one: Omit<MetricReport, 'anchor'>, other: Omit<MetricReport, 'anchor'>): number {
  const places = STANDINGS.indexOf(one.standing) - STANDINGS.indexOf(other.standing);
  if (places !== 0 || one.cost === undefined || other.cost === undefined) return places;
  const size = ({ effect }: typeof one) => Math.abs(effect?.change ?? 0);
  const costs = Math.round(1e6 * (other.cost - one.cost));
  return costs === 0 ? size(other) - size(one) : costs;
}

/** Each result with its series; then the series without a result, of which the judge said nothing. */
function judgedParts(results: readonly CanaryAnalysisResult[], pairs: readonly MetricSetPair[]) {
  const byId = new Map(pairs.map((pair) => [pair.id, pair]));
  const [only] = pairs.length === 1 ? pairs : [];
  const judged = results.map((result) => ({ result, pair: byId.get(result.id ?? '') ?? only }));
  const ids = new Set(results.map(({ id }) => id));
  const isKnown = results.every(({ id = '' }) => byId.has(id));
  const silent = isKnown ? pairs.filter(({ id }) => !ids.has(id)) : [];
  const nothing = results.length + pairs.length === 0 ? [undefined] : [];
  return [...judged, ...[...silent, ...nothing].map((pair) => ({ result: undefined, pair }))];
}
