import { drawsOf } from '../../../support/samples/random-series.ts';
import { type BenchMetric, type JudgeName, judgeCanary } from '../judged-canary.ts';
import { clopperPearson, inWords, type Proportion, percent, shareOf, sum } from '../proportion.ts';
import { type Report, type Section, table } from '../section.ts';
import { STUDY_FAMILIES, type StudyMetric } from '../study-families.ts';

const EQUAL = { arms: { traffic: 'equal' } };

/** Who judges, and what they are told. */
const JUDGED: Readonly<Record<string, (metrics: readonly StudyMetric[]) => Promise<string>>> = {
  'Haldane, defaults': (metrics) => verdictOf('Haldane', withoutHistory(metrics)),
  '+ traffic, history': (metrics) => verdictOf('Haldane', metrics, EQUAL),
  '+ policies': (metrics) => verdictOf('Haldane', metrics, { ...EQUAL, recovered: 'pass', marginal: 'fail' }),
  NetflixACA: (metrics) => verdictOf('NetflixACA', withoutHistory(metrics)),
  WelchT: (metrics) => verdictOf('WelchT', withoutHistory(metrics)),
  MannWhitney: (metrics) => verdictOf('MannWhitney', withoutHistory(metrics)),
};

async function verdictOf(name: JudgeName, metrics: readonly BenchMetric[], settings = {}): Promise<string> {
  return (await judgeCanary(name, metrics, settings)).verdict;
}

function withoutHistory(metrics: readonly StudyMetric[]): BenchMetric[] {
  return metrics.map(({ history: _, ...metric }) => metric);
}

interface Task {
  readonly family: string;
  readonly trials: number;
}

interface Result extends Task {
  readonly right: Readonly<Record<string, number>>;
}

/** The nine families of a published study: whole canaries of three metrics, right or wrong as a whole. */
export const study: Section<Task, Result> = {
  tasksOf: ({ trials }) => STUDY_FAMILIES.map(({ name }) => ({ family: name, trials })),

  run: async (task) => {
    const family = STUDY_FAMILIES.find(({ name }) => name === task.family);
    if (family === undefined) throw new Error(`There is no family '${task.family}'.`);
    const right: Record<string, number> = {};
    for (const [name, judge] of Object.entries(JUDGED)) {
      let hits = 0;
      for (let trial = 0; trial < task.trials; trial++) {
        if ((await judge(family.make(drawsOf('study', task.family, trial)))) === family.right) hits++;
      }
      right[name] = hits;
    }
    return { ...task, right };
  },

  report: (results): Report => {
    const names = Object.keys(JUDGED);
    const shareFor = ({ right, trials }: Result, name: string): Proportion => ({ hits: right[name] ?? 0, trials });
    const rows = results.map((result) => [
      result.family,
      STUDY_FAMILIES.find(({ name }) => name === result.family)?.right ?? '',
      ...names.map((name) => percent(shareOf(shareFor(result, name)))),
    ]);
    const all = (name: string) => sum(results.map((result) => shareFor(result, name)));
    return {
      markdown: [
        '## Nine families of a published study',
        '',
        `Three metrics (latency, memory, errors) of 31 points; ${results[0]?.trials ?? 0} canaries a family. Percent with the right`,
        'verdict; Marginal is wrong everywhere. "+ traffic, history": the arms are declared equal and the control of the day',
        'before is given. "+ policies": also `recovered: pass` and `marginal: fail`.',
        '',
        ...table(['family', 'right', ...names], [...rows, ['**all**', '', ...names.map((name) => inWords(all(name)))]]),
      ],
      drawings: [
        {
          file: 'verdicts-study',
          title: 'nine families of a published study, right verdicts',
          rows: [
            {
              name: 'all families',
              bars: names.map((judge) => ({ judge, share: shareOf(all(judge)), ...clopperPearson(all(judge)) })),
            },
          ],
        },
      ],
    };
  },
};
