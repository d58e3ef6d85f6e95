import type { KnownChangeName } from '../../domain/backtest-report.ts';
import type { BacktestTally, MetricTally } from '../../domain/backtest-tally.ts';
import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../domain/canary-judge.ts';
import type { CanaryAnalysisResult, CanaryJudgeResult, Verdict } from '../../domain/canary-judge-result.ts';
import { SIDES, type Side } from '../../domain/canary-scope.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { createTurns } from '../../waiting/turns.ts';
import { toRunException } from '../failure.ts';
import { isWorseLow } from '../judging/allowed-change.ts';
import { findJudge } from '../judging/find-judge.ts';
import { judgeSeries } from '../judging/judge-series.ts';
import type { BacktestPlan } from './backtest-plan.ts';
import { partsOf, worsened } from './known-changes.ts';
import { type PastWindow, windowPoints } from './past-windows.ts';
import { judgeTallyOf, measure, metricTallyOf, noteData, seriesTallyOf } from './tally.ts';

/** Alarms that are told with their windows. */
const MOST_ALARMS = 50;

/**
 * Judges one window as it is with every judge, then with each metric made worse in every known way, and counts what they
 * say. A window without data of any metric is only counted as such.
 */
export async function judgeWindow(
  plan: BacktestPlan,
  window: PastWindow,
  tally: BacktestTally,
  signal: AbortSignal,
): Promise<void> {
  const tries = tally.windows % plan.everyWindow === 0;
  tally.windows++;
  const withData = noteData(plan.config, window.pairs, tally);
  if (withData.size === 0) {
    tally.withoutData++;
    return;
  }
  for (const name of plan.names) {
    signal.throwIfAborted();
    const result = await judged(plan, window, name, tally, signal);
    if (result === undefined) continue;
    const alarmed = noteResult({ window, name, withData, tally }, result);
    if (name === HALDANE_JUDGE) for (const one of result.results) measure(seriesTallyOf(tally, one.name), one);
    // Another service is not asked thousands of times.
    if (!tries || findJudge(plan.judges, name).passesSettingsOn) continue;
    for (const metric of plan.config.metrics ?? []) {
      if (!withData.has(metric.name ?? '') || alarmed.has(metric.name ?? '')) continue;
      await tryChanges({ plan, pairs: window.pairs, name, metric }, tally, signal);
    }
  }
}

async function judged(
  { judges, config, thresholds }: BacktestPlan,
  { pairs }: PastWindow,
  judge: string,
  tally: BacktestTally,
  signal: AbortSignal,
): Promise<CanaryJudgeResult | undefined> {
  try {
    return await judgeSeries({ judges, config, thresholds, pairs, judge }, signal);
  } catch (failure) {
    signal.throwIfAborted();
    const counts = judgeTallyOf(tally, judge);
    counts.failed++;
    counts.failure ??= toRunException(failure, 0).details.errors[0];
    return undefined;
  }
}

interface Noting {
  readonly window: PastWindow;
  readonly name: string;
  readonly withData: ReadonlySet<string>;
  readonly tally: BacktestTally;
}

/** @returns the metrics with an alarm */
function noteResult({ window, name, withData, tally }: Noting, { results, score }: CanaryJudgeResult): Set<string> {
  const counts = judgeTallyOf(tally, name);
  const alarming = results.filter(isAlarm);
  const alarmed = new Set(alarming.map((one) => one.name));
  const verdict = score.classification as Verdict;
  counts.judged++;
  if (verdict === 'Fail') counts.fails++;
  if (verdict === 'Marginal') counts.marginals++;
  if (alarming.some(({ muted }) => !muted)) counts.flagged++;
  if (verdict === 'Fail' && counts.alarms.length < MOST_ALARMS) {
    const { startMillis, run } = window;
    const failing = results.filter((one) => isAlarm(one) || one.classification === 'NodataFailMetric');
    const metrics = [...new Set(failing.map((one) => one.name))];
    const start = startMillis === undefined ? {} : { start: toInstant(startMillis) };
    counts.alarms.push({ ...start, ...(run === undefined ? {} : { run }), verdict, metrics });
  }
  for (const metric of withData) {
    const own = metricTallyOf(seriesTallyOf(tally, metric), name);
    own.judged++;
    if (alarmed.has(metric)) own.alarms++;
  }
  return alarmed;
}

function isAlarm({ classification }: CanaryAnalysisResult): boolean {
  return classification === 'High' || classification === 'Low';
}

interface Trial {
  readonly plan: BacktestPlan;
  readonly pairs: readonly MetricSetPair[];
  readonly name: string;
  readonly metric: CanaryMetricConfig;
}

async function tryChanges(trial: Trial, tally: BacktestTally, signal: AbortSignal): Promise<void> {
  const { plan, pairs, name, metric } = trial;
  const judge = findJudge(plan.judges, name);
  const metricName = metric.name ?? '';
  const alone = judge.oneMetric?.(plan.config, pairs, metricName) ?? { ...plan.config, metrics: [metric] };
  const kept = new Set((alone.metrics ?? []).map((one) => one.name ?? ''));
  const counts = metricTallyOf(seriesTallyOf(tally, metricName), name);
  const turn = createTurns();
  for (const change of plan.changes) {
    for (const part of partsOf(change)) {
      const seen = pairs
        .filter((pair) => kept.has(pair.name))
        .map((pair) => upTo(pair.name === metricName ? changed(pair, metric, change) : pair, plan.windowMillis * part));
      await turn();
      noteTrial(counts, change, part, await finds({ ...trial, alone, seen }, signal));
    }
  }
}

interface Seen extends Trial {
  readonly alone: CanaryConfig;
  readonly seen: readonly MetricSetPair[];
}

async function finds({ plan, name, metric, alone, seen }: Seen, signal: AbortSignal): Promise<boolean> {
  const { judges, thresholds } = plan;
  const { results } = await judgeSeries({ judges, config: alone, thresholds, pairs: seen, judge: name }, signal);
  const worse = isWorseLow(metric) ? 'Low' : 'High';
  return results.some((one) => one.name === metric.name && one.classification === worse);
}

function noteTrial(counts: MetricTally, change: KnownChangeName, part: number, found: boolean): void {
  counts.trials[change] ??= partsOf(change).map((one) => ({ part: one, tried: 0, found: 0 }));
  const trial = counts.trials[change].find((one) => one.part === part);
  if (trial === undefined) return;
  trial.tried++;
  if (found) trial.found++;
}

function changed(pair: MetricSetPair, metric: CanaryMetricConfig, change: KnownChangeName): MetricSetPair {
  const { experiment = [] } = pair.values;
  return { ...pair, values: { ...pair.values, experiment: worsened(experiment, change, isWorseLow(metric)) } };
}

/** The start of a window, as a judge would have had it then. */
function upTo(pair: MetricSetPair, millis: number): MetricSetPair {
  const points = windowPoints(pair, millis);
  const first = (values: MetricSetPair['values']) =>
    Object.fromEntries(SIDES.map((side: Side) => [side, values[side]?.slice(0, points)]));
  const { denominator, traffic } = pair;
  return {
    ...pair,
    values: first(pair.values),
    ...(denominator && { denominator: { ...denominator, values: first(denominator.values) } }),
    ...(traffic && { traffic: { ...traffic, values: first(traffic.values) } }),
  };
}
