import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { draw } from './drawing.ts';
import type { Options } from './section.ts';
import { SECTIONS } from './sections/index.ts';
import { doInThreads, type Order } from './threads.ts';

// How right the judges are: false alarms and what is found, of every judge over the same series. Every seed is fixed, so
// that a second run prints the same.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A fraction of the trials, for a first look. */
    quick: { type: 'boolean', default: false },
    threads: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    /** Only these sections, separated by commas. */
    only: { type: 'string' },
    /** A folder to write the report and the drawings into. */
    write: { type: 'string' },
  },
});
const [folder] = positionals;
if (folder !== undefined && !existsSync(folder)) throw new Error(`There is no folder '${folder}' of labelled series.`);
const threads = Number(values.threads);
if (!(Number.isInteger(threads) && threads > 0)) throw new Error(`--threads is '${values.threads}'; write a number.`);
const size = values.quick ? { unchanged: 360, trials: 50 } : { unchanged: 2160, trials: 250 };
const options: Options = { ...size, ...(folder !== undefined && { folder }) };

const wanted = values.only?.split(',') ?? Object.keys(SECTIONS);
const unknown = wanted.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) throw new Error(`--only knows ${Object.keys(SECTIONS).join(', ')}, not ${unknown.join(', ')}.`);

const sections = Object.entries(SECTIONS).filter(([name]) => wanted.includes(name));
const orders = sections.flatMap(([section, { tasksOf }]) => tasksOf(options).map((task): Order => ({ section, task })));
const results = await doInThreads(orders, threads);

const reports = sections.map(([name, { report }]) => {
  const own = results.filter((_, place) => orders[place]?.section === name);
  return report(own, options);
});
const command = [
  'npm run bench:verdicts',
  ...(folder === undefined ? [] : ['-- <labelled series>']),
  ...(values.quick ? ['--quick'] : []),
];
const markdown = [
  '# What the judges find, measured',
  '',
  `Written by \`${command.join(' ')} --write docs\`.`,
  'Seeds are fixed: the same command gives the same figures.',
  '[What is tested, and what the numbers mean](judge.md).',
  '',
  ...reports.flatMap((report) => report.markdown),
].join('\n');
console.log(markdown);

if (values.write !== undefined) {
  mkdirSync(`${values.write}/images`, { recursive: true });
  writeFileSync(`${values.write}/judge-measured.md`, `${markdown.trimEnd()}\n`);
  for (const drawing of reports.flatMap((report) => report.drawings ?? [])) {
    writeFileSync(`${values.write}/images/${drawing.file}.svg`, draw(drawing));
  }
}
