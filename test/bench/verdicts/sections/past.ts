import { drawsOf } from '../../../support/samples/random-series.ts';
import { type BenchMetric, judgeCanary } from '../judged-canary.ts';
import { ALONE } from '../pair-trials.ts';
import { inWords, percent } from '../proportion.ts';
import { type Report, type Section, table } from '../section.ts';
import { FAMILIES } from '../simulated-families.ts';

const LENGTHS = [12, 31, 60];
/** A day of minutes. */
const PAST = 1440;
const SETTINGS = { ...ALONE, arms: { traffic: 'equal' } };

interface Task {
  readonly family: string;
  readonly points: number;
  readonly trials: number;
}

interface Result extends Task {
  readonly alarms: readonly [number, number];
  readonly found: readonly [number, number];
}

/** What the control's day before changes: false alarms and what is found, without it and with it. */
export const past: Section<Task, Result> = {
  tasksOf: ({ unchanged }) =>
    LENGTHS.flatMap((points) =>
      FAMILIES.map(({ name: family }) => ({ family, points, trials: Math.ceil(unchanged / FAMILIES.length) })),
    ),

  run: async (task) => {
    const count = async (change: number, isRight: (alarm: string | undefined) => boolean) => {
      let [without, with_] = [0, 0];
      for (let trial = 0; trial < task.trials; trial++) {
        const { history: _, ...metric } = metricOf(task, trial, change);
        if (isRight((await judgeCanary('Haldane', [metric], SETTINGS)).metrics[0]?.alarm)) without++;
        const known = metricOf(task, trial, change);
        if (isRight((await judgeCanary('Haldane', [known], SETTINGS)).metrics[0]?.alarm)) with_++;
      }
      return [without, with_] as const;
    };
    return {
      ...task,
      alarms: await count(1, (alarm) => alarm !== undefined),
      found: await count(1.1, (alarm) => alarm === 'High'),
    };
  },

  report: (results): Report => {
    const total = (points: number, of: 'alarms' | 'found', which: 0 | 1) => {
      const own = results.filter((result) => result.points === points);
      return {
        hits: own.reduce((all, result) => all + result[of][which], 0),
        trials: own.reduce((all, { trials }) => all + trials, 0),
      };
    };
    const lengths = LENGTHS.filter((points) => results.some((result) => result.points === points));
    const cell = ({ alarms, trials }: Result) => alarms.map((hits) => percent(hits / trials)).join(' / ');
    return {
      markdown: [
        "## With the control's day before",
        '',
        'The simulated metrics, each by itself, error budget 0.01, the arms declared equal; without `history` and with a day of',
        'minutes. Percent with exact 95 % intervals.',
        '',
        ...table(
          ['points', 'judge', 'false alarms', 'with history', '+10 % found', 'with history'],
          lengths.map((points) => [
            String(points),
            'Haldane',
            ...(['alarms', 'found'] as const).flatMap((of) =>
              [0, 1].map((i) => inWords(total(points, of, i as 0 | 1))),
            ),
          ]),
        ),
        ...table(
          ['false alarms without / with history', ...lengths.map((points) => `${points} points`)],
          FAMILIES.map(({ name }) => [
            name,
            ...lengths.map((points) => {
              const result = results.find(({ family, points: n }) => family === name && n === points);
              return result ? cell(result) : '-';
            }),
          ]),
        ),
      ],
    };
  },
};

/** One series is drawn for the past and the canary; only the canary's part is changed. */
function metricOf({ family: name, points }: Task, trial: number, change: number): BenchMetric {
  const family = FAMILIES.find((one) => one.name === name);
  if (family === undefined) throw new Error(`There is no family '${name}'.`);
  const factor = (t: number) => (t < PAST ? 1 : change);
  const { control, experiment } = family.make(drawsOf('past', name, points, trial), PAST + points, factor);
  return { control: control.slice(PAST), experiment: experiment.slice(PAST), history: control.slice(0, PAST) };
}
