import { drawsOf } from '../../../support/samples/random-series.ts';
import { JUDGES, type JudgeName } from '../judged-canary.ts';
import { type PairTrials, tryPairs } from '../pair-trials.ts';
import { inWords, type Proportion, percent, shareOf, sum } from '../proportion.ts';
import { type Report, type Section, table } from '../section.ts';
import { SIGNED_FAMILIES } from '../signed-families.ts';

const LENGTHS = [12, 30, 60];
/** In typical sizes, which are the mean absolute value. */
const CHANGES: Readonly<Record<string, (t: number, points: number) => number>> = {
  unchanged: () => 0,
  '+25 %': () => 0.25,
  '+50 %': () => 0.5,
  '+100 %': () => 1,
  '+200 % in the last quarter': (t, points) => (t < points - Math.floor(points / 4) ? 0 : 2),
};

interface Task {
  readonly family: string;
  readonly points: number;
  readonly change: string;
  readonly trials: number;
}

interface Result extends Task {
  readonly judged: PairTrials;
}

/** Single metrics with values of either sign, such as temperatures and balances. */
export const signedValues: Section<Task, Result> = {
  tasksOf: ({ unchanged, trials }) =>
    LENGTHS.flatMap((points) =>
      SIGNED_FAMILIES.flatMap(({ name: family }) =>
        Object.keys(CHANGES).map((change) => {
          const count = change === 'unchanged' ? unchanged / SIGNED_FAMILIES.length : trials / 2;
          return { family, points, change, trials: Math.ceil(count) };
        }),
      ),
    ),

  run: async (task) => {
    const { points, change, trials } = task;
    const family = SIGNED_FAMILIES.find(({ name }) => name === task.family);
    if (family === undefined) throw new Error(`There is no family '${task.family}'.`);
    const shift = (t: number) => CHANGES[change]?.(t, points) ?? 0;
    const pairs = Array.from({ length: trials }, (_, trial) =>
      family.make(drawsOf('signed', family.name, points, change, trial), points, shift),
    );
    return { ...task, judged: await tryPairs(pairs) };
  },

  report: (results): Report => {
    const [unchanged = '', ...changed] = Object.keys(CHANGES);
    const of = (name: JudgeName, wanted: Partial<Task>): Proportion =>
      sum(
        results
          .filter((result) => Object.entries(wanted).every(([key, value]) => result[key as keyof Task] === value))
          .map(({ change, trials, judged }) => {
            return { hits: change === unchanged ? judged[name].alarms : judged[name].high, trials };
          }),
      );
    const points = LENGTHS.filter((length) => results.some((result) => result.points === length));
    return {
      markdown: [
        '## Values of either sign',
        '',
        `${SIGNED_FAMILIES.length} families; a metric alone, error budget 0.01. Changes are shares of the typical size, the mean absolute`,
        'value. Percent; false alarms with exact 95 % intervals.',
        '',
        ...table(
          ['points', 'judge', 'false alarms', ...changed],
          points.flatMap((length) =>
            JUDGES.map((name) => [
              String(length),
              name,
              inWords(of(name, { points: length, change: unchanged })),
              ...changed.map((change) => percent(shareOf(of(name, { points: length, change })))),
            ]),
          ),
        ),
        ...table(
          ['false alarms of HaldaneJudge', ...points.map((length) => `${length} points`)],
          SIGNED_FAMILIES.map(({ name: family }) => [
            family,
            ...points.map((length) => percent(shareOf(of('Haldane', { family, points: length, change: unchanged })))),
          ]),
        ),
      ],
    };
  },
};
