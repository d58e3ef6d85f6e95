import { JUDGES, type JudgeName } from '../judged-canary.ts';
import { pairsOf } from '../labelled-series.ts';
import { type PairTrials, tryPairs } from '../pair-trials.ts';
import { inWords, sum } from '../proportion.ts';
import { pieces, type Report, type Section, table } from '../section.ts';

const PIECE = 100;

interface Task {
  readonly folder: string;
  readonly file: string;
  readonly family: string;
  readonly from: number;
  readonly to: number;
}

interface Result extends Task {
  readonly label: string;
  readonly trials: number;
  readonly judged: PairTrials;
}

/** Single labelled metrics, as the folder groups them. */
export const realPairs: Section<Task, Result> = {
  tasksOf: ({ folder }) => {
    if (folder === undefined) return [];
    return pairsOf(folder).flatMap(({ file, pairs }) => {
      const families = Map.groupBy(pairs, ({ family }) => groupOf(family));
      return [...families].flatMap(([family, members]) =>
        pieces(members.length, PIECE).map((piece) => ({ folder, file, family, ...piece })),
      );
    });
  },

  run: async (task) => {
    const { pairs = [] } = pairsOf(task.folder).find(({ file }) => file === task.file) ?? {};
    const wanted = pairs.filter(({ family }) => groupOf(family) === task.family).slice(task.from, task.to);
    const label = wanted[0]?.label ?? 'same';
    return { ...task, label, trials: wanted.length, judged: await tryPairs(wanted) };
  },

  report: (results): Report => {
    if (results.length === 0) return { markdown: [] };
    const families = Map.groupBy(results, ({ file, family }) => `${file}: ${family}`);
    const rows = [...families].map(([family, parts]) => {
      const share = (name: JudgeName) =>
        inWords(sum(parts.map((part) => ({ hits: hitsOf(part, name), trials: part.trials }))));
      return [family.replaceAll(' | ', ', '), ...JUDGES.map(share)];
    });
    return {
      markdown: [
        '## Labelled metrics, each by itself',
        '',
        'The series of the folder. Unchanged (A/A): percent with an alarm. Worse: percent with an alarm on the right side.',
        '',
        ...table(['series', ...JUDGES], rows),
      ],
    };
  },
};

/** Many small families are one: 'all simulated, shift +0.1, n=60'. */
function groupOf(family: string): string {
  const [first = '', ...rest] = family.split(' | ');
  return [first.startsWith('real') ? first : 'all families', ...rest].join(' | ');
}

function hitsOf({ label, judged }: Result, name: JudgeName): number {
  if (label === 'same') return judged[name].alarms;
  return label === 'worse-low' ? judged[name].low : judged[name].high;
}
