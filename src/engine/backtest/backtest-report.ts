import type { BacktestMetric, BacktestReport, KnownChangeName } from '../../domain/backtest-report.ts';
import type { BacktestTally, JudgeTally, MetricTally, SeriesTally } from '../../domain/backtest-tally.ts';
import type { CanaryMetricConfig } from '../../domain/canary-config.ts';
import { allowedChangeOf } from '../judging/allowed-change.ts';
import { advise } from './advise.ts';
import type { BacktestPlan } from './backtest-plan.ts';
import { binomialShare } from './binomial-share.ts';
import { levelChange, partsOf } from './known-changes.ts';
import { judgeTallyOf, metricTallyOf, seriesTallyOf } from './tally.ts';

type ReportPlan = Pick<BacktestPlan, 'config' | 'names' | 'windowMillis' | 'changes' | 'everyWindow' | 'arms'>;
type JudgeOfMetric = BacktestMetric['judges'][number];
type FoundChange = JudgeOfMetric['changes'][number];

/** What else would be taken for a proof. */
const CHOSEN =
  'These releases are here because they passed: the judge and the config that passed them alarm in few of them whatever ' +
  'they are worth, so their share says little; it says something of a config that was changed since, and of other judges.';

/** A change counts as found from this share on. */
const POWER = 0.9;
const FEWEST_FOR_RATES = 100;

/** What has been counted so far, as shares with their intervals, and what follows from it. */
export function backtestReport(plan: ReportPlan, tally: BacktestTally): BacktestReport {
  const { config, names, windowMillis } = plan;
  const metrics = (config.metrics ?? []).map((metric) => metricReport(plan, metric, tally));
  const [own] = names;
  const alarmsOf = ({ judges }: BacktestMetric) => judges.find(({ judge }) => judge === own)?.falseAlarms.count ?? 0;
  const noisy = metrics.filter((metric) => alarmsOf(metric) > 0).sort((a, b) => alarmsOf(b) - alarmsOf(a));
  return {
    windowMinutes: windowMillis / 60_000,
    windows: tally.windows,
    judged: tally.windows - tally.withoutData,
    withoutData: tally.withoutData,
    judges: names.map((judge) => canaryReport(judge, judgeTallyOf(tally, judge))),
    noisiest: noisy.map(({ name }) => name),
    metrics,
    notes: notesOf(plan, tally),
  };
}

function canaryReport(judge: string, tally: JudgeTally): BacktestReport['judges'][number] {
  const { judged, fails, marginals, flagged, failed, failure, alarms } = tally;
  return {
    judge,
    falseAlarms: binomialShare(fails, judged),
    marginal: binomialShare(marginals, judged),
    anyMetric: binomialShare(flagged, judged),
    failed,
    ...(failure === undefined ? {} : { failure }),
    alarms,
  };
}

function metricReport(plan: ReportPlan, metric: CanaryMetricConfig, tally: BacktestTally): BacktestMetric {
  const { name = '' } = metric;
  const series = seriesTallyOf(tally, name);
  const { measured, judged, withoutData } = series;
  const windowMinutes = plan.windowMillis / 60_000;
  const now = median(measured.smallestNow);
  const ever = median(measured.smallestEver);
  const more = median(measured.minutes.map((minutes) => minutes ?? Number.POSITIVE_INFINITY));
  const report = {
    name,
    judged,
    withoutData,
    missing: { control: missingOf(series, 'control'), experiment: missingOf(series, 'experiment') },
    ...optional('autocorrelation', median(measured.autocorrelation)),
    ...optional('points', median(measured.points)),
    ...optional('effectivePoints', median(measured.effectivePoints)),
    ...(now === undefined || ever === undefined ? {} : { smallestChange: { now, ever } }),
    ...(more === undefined || more === Number.POSITIVE_INFINITY ? {} : { minutesToDecision: windowMinutes + more }),
    ...optional('usualDifference', quantile(measured.difference, 0.95)),
    allowedChange: allowedChangeOf(metric),
    judges: plan.names.map((judge) => judgeReport(plan, judge, metricTallyOf(series, judge))),
  };
  return { ...report, advice: advise(report, windowMinutes) };
}

function optional<Name extends string>(name: Name, value: number | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: number };
}

function missingOf({ points, missing }: SeriesTally, side: 'control' | 'experiment'): number {
  return points[side] === 0 ? 1 : missing[side] / points[side];
}

function judgeReport(plan: ReportPlan, judge: string, tally: MetricTally): JudgeOfMetric {
  const tried = plan.changes.filter((change) => tally.trials[change] !== undefined);
  const changes = tried.map((change) => changeReport(change, tally, plan.windowMillis / 60_000));
  const falseAlarms = binomialShare(tally.alarms, tally.judged);
  return { judge, falseAlarms, changes, ...optional('smallestFound', smallestFound(changes)) };
}

function changeReport(change: KnownChangeName, { trials }: MetricTally, windowMinutes: number): FoundChange {
  const counted = trials[change] ?? [];
  const byTime = partsOf(change).map((part) => {
    const { tried = 0, found = 0 } = counted.find((trial) => trial.part === part) ?? {};
    return { minutes: part * windowMinutes, found: binomialShare(found, tried) };
  });
  const whole = byTime.at(-1)?.found ?? binomialShare(0, 0);
  return { change, found: whole, byTime, ...optional('minutes', byTime.find(isFound)?.minutes) };
}

function isFound({ found }: Pick<FoundChange, 'found'>): boolean {
  return (found.share ?? 0) >= POWER;
}

/** Where the line through the shares of the levels that were tried reaches 90 %; nothing is found of no change. */
function smallestFound(changes: readonly FoundChange[]): number | undefined {
  let [before, shareBefore] = [0, 0];
  for (const { change, found } of changes) {
    const level = levelChange(change);
    const { share } = found;
    if (level === undefined || share === undefined) continue;
    if (share >= POWER) return before + ((level - before) * (POWER - shareBefore)) / (share - shareBefore);
    [before, shareBefore] = [level, share];
  }
  return undefined;
}

function notesOf({ everyWindow, changes, arms }: ReportPlan, { windows, withoutData }: BacktestTally): string[] {
  const judged = windows - withoutData;
  if (windows === 0) return [];
  return [
    ...(judged === 0 ? ['No window had data: nothing was judged, and nothing is known of this config.'] : []),
    ...(withoutData > 0 && judged > 0
      ? [`${withoutData} of ${windows} windows had no data; they are in no share.`]
      : []),
    ...(judged > 0 && judged < FEWEST_FOR_RATES
      ? [`${judged} windows are few: no false alarm among them still leaves up to ${upTo(judged)} possible.`]
      : []),
    ...(everyWindow > 1 && changes.length > 0
      ? [
          `Known changes were tried in one window of ${everyWindow}: more would be more judgements than the budget allows.`,
        ]
      : []),
    ...(arms === 'releases' ? [CHOSEN] : []),
    'Intervals take the windows for independent; a difference that lasts from window to window makes them too narrow.',
  ];
}

function upTo(judged: number): string {
  return `${((binomialShare(0, judged).upper ?? 1) * 100).toFixed(1)} %`;
}

function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

/** The value that this share of the values does not exceed; one of them. */
function quantile(values: readonly number[], share: number): number | undefined {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)];
}
