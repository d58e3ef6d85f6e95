import { drawsOf } from '../../../support/samples/random-series.ts';
import { type BenchMetric, type Judged, judgeCanary } from '../judged-canary.ts';
import { inWords, percent } from '../proportion.ts';
import { type Report, type Section, table } from '../section.ts';
import { CHANGES, FAMILIES } from '../simulated-families.ts';

/** How many metrics the canary has; the first is the critical one. */
const METRICS = [3, 8, 20];
const POINTS = 30;
const WORSE = 1.1;
const MADE_WORSE = ['none', 'the critical one', 'a normal one'] as const;

interface Task {
  readonly metrics: number;
  readonly worse: (typeof MADE_WORSE)[number];
  readonly trials: number;
}

interface Result extends Task {
  /** With the first metric critical, and with all alike: called High, or, of an unchanged canary, any alarm. */
  readonly critical: number;
  readonly alike: number;
}

/** Whether a critical metric gains by a family of its own, and what the others lose. */
export const criticalFamilies: Section<Task, Result> = {
  tasksOf: ({ trials }) =>
    METRICS.flatMap((metrics) => MADE_WORSE.map((worse) => ({ metrics, worse, trials: 2 * trials }))),

  run: async (task) => {
    let [critical, alike] = [0, 0];
    for (let trial = 0; trial < task.trials; trial++) {
      const canary = canaryOf(task, trial);
      const [first, ...others] = canary;
      const ofCritical = first ? [{ ...first, canary: { critical: true } }, ...others] : others;
      if (isFound(task, await judgeCanary('Haldane', ofCritical))) critical++;
      if (isFound(task, await judgeCanary('Haldane', canary))) alike++;
    }
    return { ...task, critical, alike };
  },

  report: (results): Report => ({
    markdown: [
      '## A critical metric among others',
      '',
      `A critical metric is tested at half of the error budget, the others share the other half. Replica-like metrics of`,
      `${POINTS} points; one is ${percent(WORSE - 1)} % worse. Percent of canaries with an alarm, or where the worse metric is found.`,
      '',
      ...table(
        ['metrics', 'worse', 'Haldane, the first critical', 'Haldane, all alike'],
        results.map(({ metrics, worse, trials, critical, alike }) => [
          String(metrics),
          worse,
          inWords({ hits: critical, trials }),
          inWords({ hits: alike, trials }),
        ]),
      ),
    ],
  }),
};

function isFound({ worse }: Task, { metrics }: Judged): boolean {
  if (worse === 'none') return metrics.some(({ alarm }) => alarm !== undefined);
  return metrics[worse === 'the critical one' ? 0 : 1]?.alarm === 'High';
}

function canaryOf({ metrics, worse }: Task, trial: number): BenchMetric[] {
  const draws = drawsOf('critical', metrics, worse, trial);
  const family = FAMILIES.find(({ name }) => name.startsWith('replica-like: '));
  const place = MADE_WORSE.indexOf(worse) - 1;
  return Array.from({ length: metrics }, (_, index) => {
    const change = index === place ? () => WORSE : CHANGES.unchanged;
    return family?.make(draws, POINTS, change) ?? { control: [], experiment: [] };
  });
}
