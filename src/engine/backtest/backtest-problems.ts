import { isDeepStrictEqual } from 'node:util';
import type { BacktestAnswer } from '../../domain/backtest.ts';
import type { BacktestMetric, BinomialShare } from '../../domain/backtest-report.ts';
import { CanaryConfig } from '../../domain/canary-config.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { type LintRule, problemOf } from '../../domain/lint-rules.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { binomialShare } from './binomial-share.ts';

/** A file may hold anything. */
type Linted = Readonly<Record<string, unknown>>;
/** What verdicts depend on. */
const JUDGED_BY = ['judge', 'metrics', 'templates', 'classifier'] as const;

/**
 * What a backtest says against a config, as advice.
 *
 * @param most false alarms that a config may have, as a share: 0.05 is 5 %. It has more when the whole interval is above
 */
export function backtestProblems(
  config: Linted,
  backtest: BacktestAnswer | undefined,
  { most }: { readonly most: number },
): ConfigProblem[] {
  if (backtest === undefined) {
    return [problemOf('backtest-missing', '', 'None of the backtests is of this config; hand in its own')];
  }
  const { report, status, windows, id } = backtest;
  if (report.judged === 0 || status !== 'succeeded') {
    const message = `The backtest ${id} is ${status}: ${windows.done} of ${windows.planned} windows, ${report.judged} with data; let one end`;
    return [problemOf('backtest-unfinished', '', message)];
  }
  return [
    ...outdated(config, backtest),
    ...fewWindows(report.judged, most),
    ...tooManyAlarms(report.judges[0]?.falseAlarms, most),
    ...report.metrics.flatMap((metric) => metricProblems(config, metric)),
  ];
}

/** Of a config that takes metrics from a template pack, only the judge can be compared: the pack is where the service is. */
function outdated(config: Linted, { canaryConfig, id }: BacktestAnswer): ConfigProblem[] {
  const [written, tried] = [plain(config), plain(canaryConfig)];
  const keys = 'use' in config ? (['judge'] as const) : JUDGED_BY;
  const changed = keys.filter((key) => !isDeepStrictEqual(written?.[key], tried?.[key]));
  if (changed.length === 0) return [];
  const message = `The backtest ${id} tried another ${changed.join(', ')} than this config has; run it again`;
  return [problemOf('backtest-outdated', changed[0] ?? '', message)];
}

/** As it is stored, so that equal ones are equal. */
function plain(config: unknown): Linted | undefined {
  const { data } = CanaryConfig.safeParse(JSON.parse(toWireJson(config)));
  return data && (JSON.parse(toWireJson(data)) as Linted);
}

function fewWindows(judged: number, most: number): ConfigProblem[] {
  const { upper = 1 } = binomialShare(0, judged);
  if (upper <= most) return [];
  const message = `${judged} windows had data: no false alarm among so many still leaves ${percent(upper)} possible, and ${percent(most)} are allowed; try more of the past`;
  return [problemOf('backtest-few-windows', '', message)];
}

function tooManyAlarms(falseAlarms: BinomialShare | undefined, most: number): ConfigProblem[] {
  if (falseAlarms === undefined || (falseAlarms.lower ?? 0) <= most) return [];
  const message = `It fails ${told(falseAlarms)} in which nothing had changed, and ${percent(most)} are allowed; see what its noisiest metrics need`;
  return [problemOf('false-alarms', '', message)];
}

const RULE_OF = {
  blind: 'metric-blind',
  noisy: 'metric-noisy',
  silent: 'metric-without-data',
} as const satisfies Record<NonNullable<BacktestMetric['advice']['reason']>, LintRule>;

function metricProblems(config: Linted, { name, advice }: BacktestMetric): ConfigProblem[] {
  if (advice.reason === undefined) return [];
  const metrics = Array.isArray(config.metrics) ? (config.metrics as readonly unknown[]) : [];
  const index = metrics.findIndex((metric) => (metric as { name?: unknown } | null)?.name === name);
  const path = index < 0 ? '' : `metrics[${index}]`;
  return [problemOf(RULE_OF[advice.reason], path, index < 0 ? `${name}: ${advice.sentence}` : advice.sentence)];
}

function told({ count, of, share = 0, lower = 0, upper = 1 }: BinomialShare): string {
  return `${count} of ${of} windows (${percent(share)}; ${percent(lower)} to ${percent(upper)})`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
