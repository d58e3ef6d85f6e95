import type { BacktestAnswer } from '../../domain/backtest.ts';
import type { BacktestMetric, BinomialShare } from '../../domain/backtest-report.ts';
import { printable, textTable } from './text-table.ts';

/** A backtest as tables: the judges, the metrics, what is found, and what to do. */
export function backtestText({ report }: BacktestAnswer): string {
  const { judges, metrics, notes, judged, windows, windowMinutes } = report;
  const head = `${judged} of ${windows} windows of ${windowMinutes} minutes had data and were judged.\n`;
  const ofCanary = textTable(
    ['JUDGE', 'FALSE ALARMS', 'MARGINAL', 'ANY METRIC'],
    judges.map(({ judge, falseAlarms, marginal, anyMetric, failed, failure }) => [
      judge,
      ...[falseAlarms, marginal, anyMetric].map(shareText),
      ...(failed === 0 ? [] : [`could not judge ${failed}: ${failure}`]),
    ]),
  );
  const ofMetrics = textTable(
    ['METRIC', 'FALSE ALARMS', 'NO DATA', 'FINDS NOW', 'AUTOCORRELATION', 'POINTS'],
    metrics.map((metric) => metricRow(metric)),
  );
  const advice = metrics.map(
    ({ name, advice: { action, sentence } }) => `${printable(name)}: ${action}. ${sentence}\n`,
  );
  const told = notes.map((note) => `note: ${note}\n`);
  return [head, ofCanary, ofMetrics, foundText(metrics), advice.join(''), told.join('')]
    .filter((part) => part !== '')
    .join('\n');
}

function metricRow({ name, judged, withoutData, judges, smallestChange, autocorrelation, ...metric }: BacktestMetric) {
  const { points, effectivePoints } = metric;
  return [
    name,
    shareText(judges[0]?.falseAlarms ?? { count: 0, of: 0 }),
    `${withoutData} of ${judged + withoutData}`,
    smallestChange === undefined ? '-' : percent(smallestChange.now),
    autocorrelation === undefined ? '-' : autocorrelation.toFixed(2),
    points === undefined ? '-' : `${points} (${Math.round(effectivePoints ?? points)} independent)`,
  ];
}

/** What each judge finds of each change in the whole window. */
function foundText(metrics: readonly BacktestMetric[]): string {
  const rows = metrics.flatMap(({ name, judges }) =>
    judges.flatMap(({ judge, changes }) =>
      changes.map(({ change, found, minutes }) => [
        name,
        judge,
        change,
        shareText(found),
        minutes === undefined ? '' : `${minutes} min`,
      ]),
    ),
  );
  return rows.length === 0 ? '' : textTable(['METRIC', 'JUDGE', 'WORSE BY', 'FOUND', '90 % AFTER'], rows);
}

function shareText({ share, lower = 0, upper = 1, count, of }: BinomialShare): string {
  return share === undefined ? '-' : `${percent(share)} (${count} of ${of}; ${percent(lower)} to ${percent(upper)})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
