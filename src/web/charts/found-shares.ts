import { type BacktestMetric, KNOWN_CHANGES, type KnownChangeName } from '../../domain/backtest-report.ts';
import { formatNumber } from '../../reports/format.ts';
import { MOST_LINES, type ShareLine, shareChart } from './share-chart.ts';

type JudgeOfMetric = BacktestMetric['judges'][number];

/**
 * The operating characteristic of a metric: how often each judge calls it worse, over how much worse it was made; none at
 * the left are its false alarms. More judges than can be told apart are in the table only.
 */
export function foundShares({ name, judges }: BacktestMetric): string {
  const tried = judges.filter(({ changes }) => changes.some(({ change }) => isLevel(change)));
  const more =
    tried.length > MOST_LINES ? ` The first ${MOST_LINES} of ${tried.length} judges; all are in the table.` : '';
  return shareChart({
    words: `${name}: how often each judge calls it worse, over how much worse it was made`,
    caption: `Called worse, over how much worse it was made.${more}`,
    lines: tried.map((judge) => ({ name: judge.judge, points: bySize(judge) })),
  });
}

/** How often one judge calls a metric worse after each part of the window, a line for each size of the change. */
export function foundOverTime({ name }: BacktestMetric, { judge, changes }: JudgeOfMetric): string {
  const levels = changes.filter(({ change }) => isLevel(change));
  const lines: ShareLine[] = levels.map(({ change, byTime }) => ({
    name: change,
    points: byTime.map(({ minutes, found }) => ({ label: `${formatNumber(minutes)} min`, share: found })),
  }));
  return shareChart({
    words: `${name}: how often ${judge} calls it worse, over the time since the change`,
    caption: `Called worse by ${judge}, over the time since the change; worse by`,
    lines,
  });
}

function isLevel(change: KnownChangeName): boolean {
  return KNOWN_CHANGES[change].level !== undefined;
}

function bySize({ falseAlarms, changes }: JudgeOfMetric) {
  const levels = changes.filter(({ change }) => isLevel(change));
  return [
    { label: '0 %', share: falseAlarms },
    ...levels.map(({ change, found }) => ({ label: change, share: found })),
  ];
}
