import { drawsOf } from '../../../support/samples/random-series.ts';
import { atEqualAlarms } from '../equal-alarms.ts';
import { JUDGES, type JudgeName } from '../judged-canary.ts';
import { type PairTrials, tryPairs } from '../pair-trials.ts';
import { inWords, type Proportion, percent, shareOf, sum } from '../proportion.ts';
import { type Options, type Report, type Section, table } from '../section.ts';
import { CHANGES, type ChangeName, FAMILIES } from '../simulated-families.ts';

const LENGTHS = [12, 30, 60, 180];
/** A change of scale is no change of a count: those families are judged by the factor on their mean alone. */
const CHANGED = Object.keys(CHANGES).filter((name) => name !== 'unchanged') as ChangeName[];

interface Task {
  readonly family: string;
  readonly points: number;
  readonly change: ChangeName;
  readonly trials: number;
}

interface Result extends Task {
  readonly judged: PairTrials;
}

/** Single metrics of every simulated family, each with the error budget of one of five. */
export const simulatedPairs: Section<Task, Result> = {
  tasksOf: ({ unchanged, trials }) => {
    const ofFamily = Math.ceil(unchanged / FAMILIES.length);
    return LENGTHS.flatMap((points) =>
      FAMILIES.flatMap(({ name: family }) => [
        { family, points, change: 'unchanged' as const, trials: ofFamily },
        ...CHANGED.map((change) => ({ family, points, change, trials: Math.ceil(trials / 5) })),
      ]),
    );
  },

  run: async (task) => {
    const { points, change, trials } = task;
    const family = FAMILIES.find(({ name }) => name === task.family);
    if (family === undefined) throw new Error(`There is no family '${task.family}'.`);
    const pairs = Array.from({ length: trials }, (_, trial) => {
      return family.make(drawsOf(family.name, points, change, trial), points, CHANGES[change]);
    });
    return { ...task, judged: await tryPairs(pairs) };
  },

  report,
};

function report(results: readonly Result[], { unchanged }: Options): Report {
  const judged = (name: JudgeName, wanted: Partial<Task>) =>
    results
      .filter((result) => Object.entries(wanted).every(([key, value]) => result[key as keyof Task] === value))
      .map((result) => ({
        ...result.judged[name],
        right: result.change === 'unchanged' ? result.judged[name].alarms : rightOf(result, name),
        trials: result.trials,
      }));
  const alarms = (name: JudgeName, wanted: Partial<Task>): Proportion =>
    sum(judged(name, wanted).map(({ right, trials }) => ({ hits: right, trials })));
  const head = ['points', 'judge', 'false alarms', ...CHANGED];
  const rows = LENGTHS.flatMap((points) =>
    JUDGES.map((name) => [
      String(points),
      name,
      inWords(alarms(name, { points, change: 'unchanged' })),
      ...CHANGED.map((change) => percent(shareOf(alarms(name, { points, change })))),
    ]),
  );
  const families = FAMILIES.map(({ name: family }) => [
    family,
    ...LENGTHS.map((points) =>
      (['Haldane', 'NetflixACA'] as const)
        .map((name) => percent(shareOf(alarms(name, { family, points, change: 'unchanged' }))))
        .join(' / '),
    ),
    ...LENGTHS.map((points) =>
      (['Haldane', 'NetflixACA'] as const)
        .map((name) => percent(shareOf(alarms(name, { family, points, change: '+25 %' }))))
        .join(' / '),
    ),
  ]);
  const strengths = (name: JudgeName, wanted: Partial<Task>) => judged(name, wanted).flatMap((one) => one.strengths);
  const equal = LENGTHS.flatMap((points) => {
    const allowed = alarms('Haldane', { points, change: 'unchanged' }).hits;
    return JUDGES.map((name) => {
      const at = (change: ChangeName) =>
        atEqualAlarms(strengths(name, { points, change: 'unchanged' }), strengths(name, { points, change }), allowed);
      return [
        String(points),
        name,
        inWords(at('+10 %').alarms),
        ...(['+10 %', '+25 %', '+50 %'] as const).map((change) => inWords(at(change).found)),
      ];
    });
  });
  return {
    markdown: [
      '## Simulated metrics, each by itself',
      '',
      `${FAMILIES.length} families, at least ${unchanged} unchanged pairs a length. A metric alone, error budget 0.01; the`,
      'other judges with their defaults. Percent; false alarms with exact 95 % intervals.',
      '',
      ...table(head, rows),
      '### At equal false alarms',
      '',
      'Every threshold is moved until the judge raises no more false alarms than HaldaneJudge with its own: a p-value, or the',
      "width of Kayenta's interval in standard errors.",
      '',
      ...table(['points', 'judge', 'false alarms', '+10 % found', '+25 % found', '+50 % found'], equal),
      '### By family: HaldaneJudge / NetflixACAJudge',
      '',
      ...table(['family', ...LENGTHS.map((n) => `false, ${n}`), ...LENGTHS.map((n) => `+25 %, ${n}`)], families),
    ],
  };
}

function rightOf({ change, judged }: Result, name: JudgeName): number {
  return change.startsWith('-') ? judged[name].low : judged[name].high;
}
