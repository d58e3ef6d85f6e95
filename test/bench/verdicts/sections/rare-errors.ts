import { drawsOf, seriesOf } from '../../../support/samples/random-series.ts';
import { type BenchMetric, judgeCanary } from '../judged-canary.ts';
import { type Report, type Section, table } from '../section.ts';

const SHARES = [0, 0.0001, 0.0003, 0.001, 0.01];
const TIMES = [1, 2, 5];
const LENGTHS = [12, 60];
/** Requests a point of both arms. */
const REQUESTS = 1000;
const JUDGED = ['Haldane', 'NetflixACA'] as const;
const VERDICTS = ['Pass', 'Marginal', 'Fail'] as const;

interface Task {
  readonly points: number;
  readonly share: number;
  readonly times: number;
  readonly trials: number;
}

interface Result extends Task {
  readonly judged: readonly Readonly<Record<string, number>>[];
}

/** Canaries of a steady latency and a critical share of errors, which are rare: whole verdicts. */
export const rareErrors: Section<Task, Result> = {
  tasksOf: ({ trials }) =>
    LENGTHS.flatMap((points) =>
      SHARES.flatMap((share) => TIMES.map((times) => ({ points, share, times, trials }))),
    ).filter(({ share, times }) => share > 0 || times === 1),

  run: async (task) => {
    const judged = JUDGED.map(() => Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])));
    for (let trial = 0; trial < task.trials; trial++) {
      const canary = canaryOf(task, trial);
      for (const [index, name] of JUDGED.entries()) {
        const { verdict } = await judgeCanary(name, canary);
        const counts = judged[index] as Record<string, number>;
        counts[verdict] = (counts[verdict] ?? 0) + 1;
      }
    }
    return { ...task, judged };
  },

  report: (results): Report => {
    const cell = ({ judged, trials }: Result, index: number) =>
      VERDICTS.map((verdict) => ((100 * (judged[index]?.[verdict] ?? 0)) / trials).toFixed(0)).join(' / ');
    return {
      markdown: [
        '## A critical metric of rare errors',
        '',
        `The share of errors of ${REQUESTS} requests a point on each side, beside an unchanged latency. Percent of canaries that`,
        'are Pass / Marginal / Fail.',
        '',
        ...table(
          ['points', 'errors of the baseline', 'canary', ...JUDGED],
          results.map((result) => [
            String(result.points),
            `${Number((100 * result.share).toPrecision(3))} %`,
            result.times === 1 ? 'the same' : `${result.times} times`,
            ...JUDGED.map((_, index) => cell(result, index)),
          ]),
        ),
      ],
    };
  },
};

function canaryOf({ points, share, times }: Task, trial: number): BenchMetric[] {
  const draws = drawsOf('rare errors', points, share, times, trial);
  const errors = (mean: number) => seriesOf(points, () => draws.poisson(mean) / REQUESTS);
  const latency = () => seriesOf(points, () => 100 * Math.exp(0.05 * draws.normal()));
  return [
    {
      control: errors(share * REQUESTS),
      experiment: errors(times * share * REQUESTS),
      canary: { direction: 'increase', critical: true },
    },
    { control: latency(), experiment: latency(), canary: { direction: 'increase' } },
  ];
}
