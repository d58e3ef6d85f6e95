import { drawsOf } from '../../../support/samples/random-series.ts';
import { type CanaryTrial, type CanaryTrials, INJECTED, simulatedCanary, tryCanaries } from '../canary-trials.ts';
import { atEqualAlarms } from '../equal-alarms.ts';
import { JUDGES, type JudgeName } from '../judged-canary.ts';
import { canariesOf, type LabelledCanary } from '../labelled-series.ts';
import { clopperPearson, inWords, type Proportion, shareOf } from '../proportion.ts';
import { type Drawing, type Options, pieces, type Report, type Section, table } from '../section.ts';

const LENGTHS = [12, 60];
const PIECE = 25;

/** Some canaries of one source: simulated, or those of a file. */
export interface CanaryTask {
  readonly source: string;
  readonly folder?: string;
  readonly points: number;
  readonly from: number;
  readonly to: number;
}

interface Result extends CanaryTask {
  readonly judged: CanaryTrials;
}

/** Whole canaries with the default error budget: simulated ones, and those of the labelled data. */
export const canaries: Section<CanaryTask, Result> = {
  tasksOf: (options) => LENGTHS.flatMap((points) => canaryTasks(options, points)),
  run: async (task) => ({ ...task, judged: await tryCanaries(canariesOfTask(task)) }),
  report,
};

export function canaryTasks({ folder, trials }: Options, points: number): CanaryTask[] {
  const simulated = pieces(trials, PIECE).map((piece) => ({ source: 'simulated', points, ...piece }));
  if (folder === undefined) return simulated;
  const given = canariesOf(folder).flatMap(({ file, canaries: all }) => {
    const count = all.filter((canary) => canary.points === points).length;
    return pieces(count, PIECE).map((piece) => ({ source: file, folder, points, ...piece }));
  });
  return [...simulated, ...given];
}

export function canariesOfTask({ source, folder, points, from, to }: CanaryTask): LabelledCanary[] {
  if (folder === undefined) {
    return Array.from({ length: to - from }, (_, i) => simulatedCanary(drawsOf('canary', points, from + i), points));
  }
  const found = canariesOf(folder).find(({ file }) => file === source);
  return (found?.canaries ?? []).filter((canary) => canary.points === points).slice(from, to);
}

function report(results: readonly Result[]): Report {
  const sources = [...new Set(results.map(({ source }) => source))];
  const cells = LENGTHS.flatMap((points) => sources.map((source) => ({ points, source })));
  const trialsOf = (name: JudgeName, cell: { points: number; source: string }) =>
    results
      .filter(({ points, source }) => points === cell.points && source === cell.source)
      .flatMap(({ judged }) => judged[name]);
  const rows = cells.flatMap((cell) =>
    JUDGES.map((name) => {
      const trials = trialsOf(name, cell);
      return [
        String(cell.points),
        cell.source,
        name,
        inWords(falseAlarms(trials)),
        inWords(count(trials, ({ unchanged }) => unchanged.fails)),
        ...INJECTED.map((change) => inWords(count(trials, ({ injected }) => injected[change].alarm))),
        inWords(count(trials, ({ injected }) => injected['+25 %'].fails)),
      ];
    }),
  );
  const equal = cells.flatMap((cell) => {
    const allowed = falseAlarms(trialsOf('Haldane', cell)).hits;
    return JUDGES.map((name) => {
      const trials = trialsOf(name, cell);
      const at = (change: (typeof INJECTED)[number]) =>
        atEqualAlarms(
          trials.map(({ unchanged }) => unchanged.strength),
          trials.map(({ injected }) => injected[change].strength),
          allowed,
        );
      return [
        String(cell.points),
        cell.source,
        name,
        inWords(at('+10 %').alarms),
        ...INJECTED.map((change) => inWords(at(change).found)),
      ];
    });
  });
  const found = INJECTED.map((change) => `${change} found`);
  return {
    markdown: [
      '## Whole canaries',
      '',
      'Percent of canaries, with exact 95 % intervals. A false alarm is any metric called High or Low although nothing has',
      'changed; found means that the one metric which was made worse is called High. "Fail" is the verdict on the canary,',
      'unchanged and with one metric 25 % worse: of Kayenta and the other two it comes from the average score.',
      '',
      ...table(['points', 'canaries', 'judge', 'false alarm', 'unchanged: Fail', ...found, '+25 %: Fail'], rows),
      '### At equal false alarms',
      '',
      ...table(['points', 'canaries', 'judge', 'false alarm', ...found], equal),
    ],
    drawings: LENGTHS.map((points) => drawingOf(points, sources.at(-1) ?? 'simulated', trialsOf)),
  };
}

function count(trials: readonly CanaryTrial[], is: (trial: CanaryTrial) => boolean): Proportion {
  return { hits: trials.filter(is).length, trials: trials.length };
}

function falseAlarms(trials: readonly CanaryTrial[]): Proportion {
  return count(trials, ({ unchanged }) => unchanged.alarm);
}

function drawingOf(
  points: number,
  source: string,
  trialsOf: (name: JudgeName, cell: { points: number; source: string }) => readonly CanaryTrial[],
): Drawing {
  const row = (name: string, is: (trial: CanaryTrial) => boolean) => ({
    name,
    bars: JUDGES.map((judge) => {
      const proportion = count(trialsOf(judge, { points, source }), is);
      return { judge, share: shareOf(proportion), ...clopperPearson(proportion) };
    }),
  });
  const of = source === 'simulated' ? 'simulated' : 'real';
  return {
    file: `verdicts-${points}-points`,
    title: `${of} canaries of ${points} points`,
    rows: [
      row('nothing changed: false alarm', ({ unchanged }) => unchanged.alarm),
      ...INJECTED.map((change) => row(`${change}: found`, ({ injected }) => injected[change].alarm)),
    ],
  };
}
