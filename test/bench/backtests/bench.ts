import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { KnownChangeName } from '../../../src/domain/backtest-report.ts';
import { type LabelledPair, pairsOf } from '../verdicts/labelled-series.ts';
import { inWords } from '../verdicts/proportion.ts';
import { table } from '../verdicts/section.ts';
import { type LabelledWindows, reproduced } from './reproduced.ts';

// Whether a backtest says of labelled series what is known of them: `npm run bench:backtest -- <folder>`. The folder is
// that of `bench:verdicts`; its series stay where they are.

/** How the families of the series call what a backtest does; their late changes begin earlier than its. */
const CHANGES = { 'shift +0.1': '10 %', 'shift +0.25': '25 %', 'shift +0.5': '50 %' } as const;
type Labelled = keyof typeof CHANGES;

const { positionals } = parseArgs({ allowPositionals: true });
const [folder] = positionals;
if (folder === undefined || !existsSync(folder)) {
  throw new Error(`There is no folder '${folder ?? ''}' of labelled series; write its path.`);
}
for (const { file, pairs } of pairsOf(folder)) {
  console.log(
    `## ${file}\n\nPercent with exact 95 % intervals: of a backtest of the unchanged windows / window by window.\n`,
  );
  for (const [points, members] of Map.groupBy(pairs, ({ control }) => control.length)) {
    const rows = (await reproduced(windowsOf(points, members))).map(({ judge, change, backtest, direct }) => {
      return [`${judge}, ${change ?? 'nothing changed'}`, inWords(backtest), inWords(direct)];
    });
    console.log(table([`${points} points`, 'backtest', 'window by window'], rows).join('\n'));
  }
}

function windowsOf(points: number, members: readonly LabelledPair[]): LabelledWindows {
  const worse = new Map<KnownChangeName, readonly LabelledPair[]>();
  for (const [name, change] of Object.entries(CHANGES) as [Labelled, KnownChangeName][]) {
    const own = members.filter(({ family }) => family.includes(`| ${name} |`));
    if (own.length > 0) worse.set(change, own);
  }
  return { points, same: members.filter(({ label }) => label === 'same'), worse };
}
