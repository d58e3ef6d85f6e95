import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { drawsOf, seriesOf } from '../../support/samples/random-series.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { draw } from './drawing.ts';
import type { Options } from './section.ts';
import { SECTIONS } from './sections/index.ts';

const values = (name: string) => {
  const draws = drawsOf(name);
  return seriesOf(12, () => 100 + draws.normal()).map((value, t) => (t === 3 ? null : value));
};

/** A folder as the bench takes it: two pairs of one family, and a canary. */
function labelledFolder(): string {
  const folder = temporaryDirectory();
  const write = (file: string, lines: readonly unknown[]) =>
    writeFileSync(join(folder, file), gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  const pair = (name: string) => ({ control: values(`${name} c`), experiment: values(`${name} e`) });
  write('kept-replicas.jsonl.gz', [
    { family: 'real replicas | A/A | n=12', label: 'same', ...pair('a') },
    { family: 'real replicas | A/A | n=12', label: 'same', ...pair('b') },
  ]);
  write('kept-canaries.jsonl.gz', [{ points: 12, inject: 1, metrics: [pair('c'), pair('d')] }]);
  writeFileSync(join(folder, 'README.md'), 'not a series');
  return folder;
}

async function reportOf(name: string, options: Options, most: number): Promise<string> {
  const section = SECTIONS[name];
  if (section === undefined) throw new Error(`There is no section '${name}'.`);
  const results = [];
  for (const task of section.tasksOf(options).slice(0, most)) results.push(await section.run(structuredClone(task)));
  // As they come back from a thread.
  return section.report(structuredClone(results), options).markdown.join('\n');
}

describe('every section of the bench', () => {
  it.each(Object.keys(SECTIONS))('%s runs without labelled series, and reports what it found', async (name) => {
    const report = await reportOf(name, { unchanged: 18, trials: 1 }, 2);
    // Without a folder there are no real pairs.
    if (name !== 'realPairs') expect(report).toMatch(/^## /);
    if (name !== 'realPairs') expect(report).toContain('| Haldane');
  });

  it('takes every file of a folder whose name ends as the labelled series do', async () => {
    const options = { folder: labelledFolder(), unchanged: 18, trials: 1 };
    expect(await reportOf('realPairs', options, 9)).toContain(
      'kept-replicas.jsonl.gz: real replicas, A/A, n=12 | 0.0 [0.0, 84.2]',
    );
    expect(await reportOf('canaries', options, 2)).toContain(
      '| 12 | kept-canaries.jsonl.gz | Haldane | 0.0 [0.0, 97.5]',
    );
  });
});

it('a drawing is readable on light and on dark pages, and what it says cannot break it', () => {
  const bar = { judge: 'a "judge" <b>', share: 0.5, lower: 0.4, upper: 0.6 };
  const svg = draw({ file: 'x', title: '1 < 2 & 3', rows: [{ name: 'row', bars: [bar] }] });
  expect(svg).toContain('prefers-color-scheme: dark');
  expect(svg).toContain('1 &lt; 2 &amp; 3');
  expect(svg).not.toContain('<b>');
});
