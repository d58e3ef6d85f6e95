import { drawsOf } from '../../../support/samples/random-series.ts';
import { JUDGES, type JudgeName, judgeCanary, ofEveryJudge } from '../judged-canary.ts';
import { ALONE } from '../pair-trials.ts';
import { SCENARIOS } from '../scenarios.ts';
import { type Report, type Section, table } from '../section.ts';

interface Task {
  readonly name: string;
  readonly trials: number;
}

interface Result extends Task {
  readonly judged: Readonly<Record<JudgeName, { readonly high: number; readonly low: number }>>;
}

/** Situations one by one. */
export const situations: Section<Task, Result> = {
  tasksOf: ({ trials }) => SCENARIOS.map(({ name }) => ({ name, trials })),

  run: async (task) => {
    const scenario = SCENARIOS.find(({ name }) => name === task.name);
    if (scenario === undefined) throw new Error(`There is no situation '${task.name}'.`);
    const judged = await ofEveryJudge(async (name) => {
      const settings = name === 'Haldane' ? { ...ALONE, ...scenario.settings } : {};
      let [high, low] = [0, 0];
      for (let trial = 0; trial < task.trials; trial++) {
        const [first] = (await judgeCanary(name, scenario.make(drawsOf(task.name, trial)), settings)).metrics;
        if (first?.alarm === 'High') high++;
        if (first?.alarm === 'Low') low++;
      }
      return { high, low };
    });
    return { ...task, judged };
  },

  report: (results): Report => {
    const rows = results.map(({ name, trials, judged }) => {
      const right = SCENARIOS.find((scenario) => scenario.name === name)?.right ?? 'no alarm';
      const cell = (judge: JudgeName) => {
        const { high, low } = judged[judge];
        return inPercent(right === 'High' ? high : high + low, trials);
      };
      return [name, right === 'High' ? 'High' : 'no alarm', ...JUDGES.map(cell)];
    });
    return {
      markdown: [
        '## Situations',
        '',
        `${results[0]?.trials ?? 0} pairs a row, 60 points unless said, a metric alone with an error budget of 0.01. Percent with an`,
        'alarm: where "no alarm" is right, to either side; where High is right, High.',
        '',
        ...table(['situation', 'right', ...JUDGES], rows),
      ],
    };
  },
};

function inPercent(hits: number, trials: number): string {
  return ((100 * hits) / trials).toFixed(0);
}
