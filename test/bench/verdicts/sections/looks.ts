import { JUDGES, type JudgeName } from '../judged-canary.ts';
import { LOOKED_AT, LOOKS, type LookTrials, tryLooks } from '../look-trials.ts';
import { inWords } from '../proportion.ts';
import { type Report, type Section, table } from '../section.ts';
import { type CanaryTask, canariesOfTask, canaryTasks } from './canaries.ts';

interface Result extends CanaryTask {
  readonly judged: LookTrials;
}

/** Twelve looks at canaries that grow to 60 points. */
export const looks: Section<CanaryTask, Result> = {
  tasksOf: (options) => canaryTasks({ ...options, trials: Math.min(options.trials, 250) }, 60),
  run: async (task) => ({ ...task, judged: await tryLooks(canariesOfTask(task)) }),
  report: (results): Report => {
    const sources = [...new Set(results.map(({ source }) => source))];
    const rows = sources.flatMap((source) =>
      JUDGES.map((name) => {
        const first = (change: (typeof LOOKED_AT)[number]) => firstAlarms(results, { source, name, change });
        return [
          source,
          name,
          ...LOOKED_AT.map((change) => {
            const all = first(change);
            return inWords({ hits: all.filter((look) => look !== null).length, trials: all.length });
          }),
          medianLook(first('+10 %')),
          medianLook(first('+25 %')),
        ];
      }),
    );
    const head = ['canaries', 'judge', 'any false alarm', '+10 % found', '+25 % found'];
    return {
      markdown: [
        '## Twelve looks',
        '',
        `Canaries of 60 points, judged after every ${60 / LOOKS}. Percent; the median is over all canaries, in points.`,
        '',
        ...table([...head, 'median of +10 %', 'median of +25 %'], rows),
      ],
    };
  },
};

interface Wanted {
  readonly source: string;
  readonly name: JudgeName;
  readonly change: (typeof LOOKED_AT)[number];
}

function firstAlarms(results: readonly Result[], { source, name, change }: Wanted): (number | null)[] {
  return results.filter((result) => result.source === source).flatMap(({ judged }) => judged[name][change]);
}

function medianLook(first: readonly (number | null)[]): string {
  const sorted = first.map((look) => look ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b);
  const look = sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(look) ? String((look * 60) / LOOKS) : 'never';
}
